// Where the list comes from, and its licence, stand at its head.
import list from "./common.txt" with { type: "text" };

const known = new Set(list.split("\n").filter((line) => line !== "" && !line.startsWith("# ")));

/** Whether a password is among the 10,000 commonest ones of at least eight characters, in whatever case. */
export const isCommon = (password: string): boolean => known.has(password.normalize("NFKC").toLowerCase());
