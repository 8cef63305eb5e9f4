import type { Format } from "./format.ts";

const form = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const cost = { least: 4, most: 14 };
/** bcrypt reads so many bytes, and Bun would hash a longer password by SHA-512 before, as no other system does. */
const bytesRead = 72;

/** bcrypt as PHP, Python, Ruby and Node write it: `$2a$`, `$2b$` or `$2y$`. */
export const bcrypt: Format = (text) => {
  if (!/^\$2[abxy]?\$/.test(text)) return null;
  const rounds = Number(form.exec(text)?.[1]);
  if (Number.isNaN(rounds)) return { fault: "isn't a bcrypt hash of the form $2b$12$ and 53 characters" };
  if (rounds < cost.least || rounds > cost.most)
    return { fault: `has a bcrypt cost of ${rounds}; it may be ${cost.least} to ${cost.most}` };
  return { matches: (password) => Bun.password.verifySync(Buffer.from(password).subarray(0, bytesRead), text) };
};
