import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "@20minutes/s3rver";

/** A local S3 server with one bucket, `backups`. */
export type Bucket = AsyncDisposable & {
  readonly access: { endpoint: string; accessKeyId: string; secretAccessKey: string };
  /** What it stores, as files below. */
  readonly directory: string;
};

export async function openBucket(): Promise<Bucket> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-s3-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    // It signs the path of a list with a slash that clients don't send. An unknown key is refused all the same.
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: "backups", configs: [] }],
  });
  const { port } = await server.run();
  return {
    access: { endpoint: `http://127.0.0.1:${port}`, accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    directory: join(directory, "backups"),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
