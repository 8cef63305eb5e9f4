import type { Verified } from "../core/principal.ts";

/**
 * What a verified credential takes in memory, about: its texts and its lists of permissions, twice, since an answer that
 * was prepared from it may be kept beside it.
 */
export function bytesOf({ principal, organization }: Verified): number {
  let bytes = 0;
  for (const part of [principal, organization])
    for (const value of Object.values(part ?? {}) as unknown[]) {
      if (typeof value === "string") bytes += 2 * value.length;
      else if (value instanceof Set || value instanceof Map) bytes += 64 * value.size;
      else bytes += 16;
    }
  return 2 * bytes;
}
