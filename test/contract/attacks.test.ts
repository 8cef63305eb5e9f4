import { expect, test } from "bun:test";
import { sources } from "./source.ts";

/**
 * The attacks on people, sessions and redirects that have to fail; a test is named by the one it tries, so that
 * `grep -rn '"E8'` finds it.
 */
const attacks: Readonly<Record<string, string>> = {
  E1: "learning by an answer who has an account",
  E2: "learning it by how long an answer takes; bench/enumeration.ts measures it",
  E3: "registering another's address, and waiting for its owner",
  E4: "setting of oneself what only the service sets",
  E5: "writing another's address with other characters",
  E6: "one address twice, at once or in another case",
  E7: "passwords that are weak, cut off, or too long to hash",
  E8: "a link to a new password that was used, replaced or outlived",
  E9: "a new password instead of the second factor",
  E10: "changing what is sensitive in a stolen session",
  E11: "changing the address by one of its two mails",
  S1: "a session that was planted before its person signed in",
  S2: "a session, key or token after its end",
  S3: "a session that nobody has used for long",
  S4: "cookies that scripts, other hosts or plain http can read",
  S5: "a second session's cookie beside one's own",
  S6: "credentials that were tampered with",
  S7: "a change that another site sends with one's cookie",
  S8: "a sign-in that another site sends",
  S9: "a change by GET or HEAD",
  S10: "reading an answer from another site",
  S11: "framing a page, or running a script in it",
  S12: "a cache that keeps what is about a person",
  S13: "a secret in a URL, a log or a referrer",
  H1: "leading people elsewhere after a form",
  H2: "a host of one's own in mails and redirects",
  H3: "a provider that answers to somewhere else",
  A5: "guessing a code, or using one again",
  A6: "using what works once many times at once",
  A7: "shutting somebody out by failing in their name",
  A22: "markup in mails and pages",
};

test("every attack in the list is tried by a test that is named after it, and no test by one that isn't", async () => {
  const names = (await sources("test")).flatMap(({ text }) =>
    [...text.matchAll(/^ *(?:test|describe)\b[^"`\n]*\(\s*"([A-Z]\d+): /gm)].map(([, row = ""]) => row),
  );
  expect(Object.keys(attacks).filter((row) => !names.includes(row))).toEqual([]);
  expect(names.filter((row) => !(row in attacks))).toEqual([]);
});
