import { openDirectory } from "./directory.ts";
import { openS3, type S3Access } from "./s3.ts";
import type { Store } from "./store.ts";

/** @param to a directory, or `s3://bucket/prefix`. @throws OperatorError for an s3 URL without a bucket. */
export function openPlace(to: string, access: S3Access): Store {
  return to.startsWith("s3://") ? openS3(to, access) : openDirectory(to);
}
