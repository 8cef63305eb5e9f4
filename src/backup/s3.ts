import { OperatorError } from "../core/operator-error.ts";
import { manifestFile, timeIn } from "./manifest.ts";
import { measured, type Store, unusable } from "./store.ts";

/** How a bucket is reached. What isn't given is AWS's. */
export type S3Access = {
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
};

const partSize = 8 * 1024 * 1024;

/** Backups in a bucket, some objects each under a common prefix. One is there when its manifest is, which comes last. */
export function openS3(to: string, { endpoint, region, accessKeyId, secretAccessKey }: S3Access): Store {
  const [, bucket = "", folder = ""] = /^s3:\/\/([^/]+)\/?(.*?)\/?$/.exec(to) ?? [];
  if (bucket === "") throw new OperatorError(`${to} names no bucket: it must look like s3://bucket/prefix`);
  const client = new Bun.S3Client({
    bucket,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(accessKeyId && { accessKeyId }),
    ...(secretAccessKey && { secretAccessKey }),
  });
  const under = folder === "" ? "" : `${folder}/`;
  const keyOf = (name: string, file: string) => `${under}${name}/${file}`;
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (err) {
      throw unusable(to, err);
    }
  };
  /** The files under each name, with every page of the list. */
  const listed = async (prefix = under): Promise<Map<string, string[]>> => {
    const found = new Map<string, string[]>();
    for (let startAfter: string | undefined, more = true; more;) {
      const page = await client.list({ prefix, ...(startAfter && { startAfter }) });
      for (const { key } of page.contents ?? []) {
        const [name = "", file] = key.slice(under.length).split("/");
        if (file !== undefined && timeIn(name) !== null) found.set(name, [...(found.get(name) ?? []), file]);
        startAfter = key;
      }
      more = page.isTruncated === true;
    }
    return found;
  };
  const whole = (files: readonly string[]) => files.includes(manifestFile);
  // The manifest goes first: what is left of an interrupted removal is unfinished.
  const removed = async (name: string, files: readonly string[]) => {
    for (const file of files.toSorted((a, b) => Number(b === manifestFile) - Number(a === manifestFile)))
      await client.delete(keyOf(name, file));
  };
  return {
    place: to,
    names: () =>
      told(async () => [...(await listed())].flatMap(([name, files]) => (whole(files) ? [name] : [])).toSorted()),
    begin: async (name) => {
      // A bucket that refuses says so before the database is read.
      await told(() => client.list({ prefix: under }));
      const files: string[] = [];
      return {
        put: (file, chunks) =>
          told(async () => {
            files.push(file);
            const { passed, sum } = measured(chunks);
            const writer = client.file(keyOf(name, file)).writer({ partSize, queueSize: 2, retry: 3 });
            for await (const chunk of passed) {
              await writer.write(chunk);
              await writer.flush();
            }
            await writer.end();
            return sum();
          }),
        finish: (manifest) => told(async () => void (await client.write(keyOf(name, manifestFile), manifest))),
        discard: () => removed(name, files).catch(() => {}),
      };
    },
    async *read(name, file) {
      try {
        yield* client.file(keyOf(name, file)).stream();
      } catch (err) {
        throw unusable(to, err);
      }
    },
    remove: (name) => told(async () => removed(name, (await listed(`${under}${name}/`)).get(name) ?? [])),
    removeUnfinished: (before) =>
      told(async () => {
        const begun = [...(await listed())].filter(([name, files]) => {
          const at = timeIn(name);
          return !whole(files) && at !== null && at < before;
        });
        for (const [name, files] of begun) await removed(name, files);
        return begun.length;
      }),
  };
}
