import { randomBytes } from "node:crypto";
import { note, Refusal } from "./run.ts";

/** A password that nobody has to think up: 24 characters, 144 bits. */
export const makePassword = (): string => randomBytes(18).toString("base64url");

/**
 * Reads a password: from the terminal, unseen and twice, or the first line of what is piped in.
 *
 * @returns it, or "" where none was given.
 * @throws Refusal when the second time differs.
 */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await Bun.stdin.text()).split(/\r?\n/, 1)[0] ?? "";
  const first = await ask("Password (leave empty to have one made): ");
  if (first !== "" && (await ask("Again: ")) !== first) throw new Refusal("the two passwords differ");
  return first;
}

const [enter, lineFeed, end, interrupt, backspace, erase] = ["\r", "\n", "\u0004", "\u0003", "\u0008", "\u007f"];

function ask(prompt: string): Promise<string> {
  const { stdin } = process;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line = "";
  const hear = (chunk: Buffer) => {
    for (const key of chunk.toString()) {
      if (key === interrupt) return reject(new Refusal("interrupted"));
      if (key === enter || key === lineFeed || key === end) return resolve(line);
      line = key === backspace || key === erase ? line.slice(0, -1) : line + key;
    }
  };
  process.stderr.write(prompt);
  stdin.setRawMode(true).on("data", hear).resume();
  return promise.finally(() => {
    stdin.off("data", hear).setRawMode(false).pause();
    note("");
  });
}
