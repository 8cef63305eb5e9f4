/** Whose password it is. */
export type Person = { email: string; name: string };

// Shorter parts are in too many words.
const leastOfPart = 3;
/** A name may be long, and each part of it costs a pass over the password. */
const mostParts = 50;

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();
const lettersAndDigits = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, "");

/** What a person is called: address and name, whole and in their parts, the longest first. */
function callings({ email, name }: Person): string[] {
  const whole = [email, email.slice(0, email.lastIndexOf("@")), name].map(plain);
  const parts = whole.flatMap((text) => [...text.split(/[^\p{L}\p{N}]+/u), ...text.split(/[^\p{L}]+/u)]);
  return [...new Set([...whole, ...parts].map(lettersAndDigits))]
    .filter((part) => part.length >= leastOfPart)
    .toSorted((a, b) => b.length - a.length)
    .slice(0, mostParts);
}

/** Whether a password is nothing but its person's name or address, or parts of these, with digits and signs. */
export function isPersonal(password: string, person: Person): boolean {
  const text = lettersAndDigits(plain(password));
  const rest = callings(person).reduce((left, part) => left.replaceAll(part, " "), text);
  return rest !== text && !/\p{L}/u.test(rest);
}
