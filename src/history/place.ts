import { mkdir, rename, rm } from "node:fs/promises";
import { S3Client } from "bun";
import { OperatorError } from "../core/operator-error.ts";

/** Where files go that outlive the database: a directory, or a bucket. */
export type Place = {
  /** Writes a file, whole or not at all. @throws OperatorError where it can't be written. */
  write(name: string, content: Uint8Array | string): Promise<void>;
};

/** @param at a directory, or `s3://bucket/prefix`, with the endpoint and the keys where Bun's S3 client looks for them. */
export function openPlace(at: string): Place {
  const { bucket, prefix } = /^s3:\/\/(?<bucket>[^/]+)\/?(?<prefix>.*?)\/?$/.exec(at)?.groups ?? {};
  const write = bucket === undefined ? intoDirectory(at) : intoBucket(bucket, prefix ?? "");
  return {
    async write(name, content) {
      try {
        await write(name, content);
      } catch (err) {
        const { code = "failed" } = err as NodeJS.ErrnoException;
        throw new OperatorError(
          `${name} can't be written to ${at} (${code}): correct AUDIT_TO, or who may write there`,
          {
            cause: err,
          },
        );
      }
    },
  };
}

function intoDirectory(directory: string): Place["write"] {
  return async (name, content) => {
    const draft = `${directory}/.${name}.${process.pid}`;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      await Bun.write(draft, content);
      await rename(draft, `${directory}/${name}`);
    } finally {
      await rm(draft, { force: true });
    }
  };
}

function intoBucket(bucket: string, prefix: string): Place["write"] {
  const client = new S3Client({ bucket });
  return async (name, content) => {
    await client.write(prefix === "" ? name : `${prefix}/${name}`, content);
  };
}
