import { hash } from "node:crypto";

type Options = {
  /** The range API's base URL, without a slash at its end. */
  url: string;
  /** Hears why it couldn't be asked. */
  failed: (err: unknown) => void;
};

const deadlineMs = 1_000;
/** A range has some 40 KB. */
const longestAnswer = 1024 * 1024;

/**
 * Asks a range API whether passwords were in a breach. It learns five hexadecimal digits of a password's SHA-1, which
 * some hundreds of thousands of passwords share, and answers the rest of each: `GET URL/range/21BD1`.
 *
 * @returns a function that answers false where the API can't be asked within a second: a password isn't refused
 * for an outage.
 */
export function openBreachCheck({ url, failed }: Options): (password: string) => Promise<boolean> {
  return async (password) => {
    const digest = hash("sha1", password, "hex").toUpperCase();
    try {
      const response = await fetch(`${url}/range/${digest.slice(0, 5)}`, {
        headers: { "add-padding": "true", "user-agent": "gatehouse" },
        redirect: "error",
        signal: AbortSignal.timeout(deadlineMs),
      });
      if (!response.ok) throw new Error(`the range API answered ${response.status}`);
      const suffix = digest.slice(5);
      // A line with the count 0 is padding.
      return (await textOf(response)).split(/\r?\n/).some((line) => {
        const [end = "", count = ""] = line.split(":");
        return end.toUpperCase() === suffix && Number(count) > 0;
      });
    } catch (err) {
      failed(err);
      return false;
    }
  };
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > longestAnswer) throw new Error("the range API's answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
