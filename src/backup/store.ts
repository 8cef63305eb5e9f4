import { createHash } from "node:crypto";
import { OperatorError } from "../core/operator-error.ts";

export type Written = { readonly bytes: number; readonly sha256: string };

/** A backup while it is made. What isn't finished isn't there, whatever ends the process. */
export type Draft = {
  put(file: string, chunks: AsyncIterable<Uint8Array>): Promise<Written>;
  /** Writes the manifest, with which the backup is there. */
  finish(manifest: string): Promise<void>;
  discard(): Promise<void>;
};

/** Where backups lie. Every method rejects with an OperatorError that names the place and what to do. */
export type Store = {
  readonly place: string;
  /** The names of what is there, oldest first. */
  names(): Promise<string[]>;
  begin(name: string): Promise<Draft>;
  /** The bytes of a file. @throws for a file that isn't there, also in the middle. */
  read(name: string, file: string): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
  /** Removes what was begun before `before` and never finished. @returns how many. */
  removeUnfinished(before: Date): Promise<number>;
};

/** Passes `chunks` on and counts them. */
export function measured(chunks: AsyncIterable<Uint8Array>): {
  passed: AsyncIterable<Uint8Array>;
  sum: () => Written;
} {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* passed() {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  return { passed: passed(), sum: () => ({ bytes, sha256: hash.digest("hex") }) };
}

/** Why a place of backups can't be used, in one line. */
export const unusable = (place: string, err: unknown): OperatorError => {
  if (err instanceof OperatorError) return err;
  const { code, message } = err as NodeJS.ErrnoException;
  const advice = advices[code ?? ""] ?? "correct --to, --from or BACKUP_TO";
  return new OperatorError(`the backups in ${place} can't be used (${code ?? message}): ${advice}`, { cause: err });
};

const room = "make room, or remove old ones with db backups prune";
const access = "correct S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or what that user may do";
const advices: Readonly<Record<string, string>> = {
  ENOSPC: room,
  EDQUOT: room,
  EACCES: "give it to the user that runs this, or name another place",
  EPERM: "give it to the user that runs this, or name another place",
  EROFS: "it is read-only; name another place",
  ENOENT: "it isn't there; correct the place, or see db backups",
  NoSuchKey: "there is no such thing; see db backups",
  NoSuchBucket: "there is no such bucket; make it, or correct its name",
  ConnectionRefused: "it doesn't answer; correct S3_ENDPOINT",
  AccessDenied: access,
  InvalidAccessKeyId: access,
  SignatureDoesNotMatch: access,
  ERR_S3_MISSING_CREDENTIALS: "set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY",
};
