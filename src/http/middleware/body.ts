import type { MiddlewareHandler } from "hono";
import { addressBucket } from "../../core/address.ts";
import { Malformed, problem, TooLarge, Unavailable } from "../../core/problem.ts";
import type { Env } from "../env.ts";

export const BodyTimeout = problem("request_timeout", 408, "The body didn't arrive in time");

const [kiB, MiB] = [1024, 1024 * 1024];

/** How long a body may take to arrive, whatever its size. */
const arrivalMs = 15_000;

/** Bodies up to this size have room of their own, so that a few large ones that arrive slowly don't keep them out. */
const smallBytes = 64 * kiB;

/**
 * Reads each body whole before anything else looks at it, up to its mount's limit, and answers 413 beyond it, 408 for
 * one that takes too long and 503 where all that are being handled take more room than there is.
 *
 * @param options.deadlineMs how long a body may take to arrive.
 * @param options.roomBytes what small bodies may take together, and large ones; one address has a quarter of each.
 */
export function receiveBody({ deadlineMs = arrivalMs, roomBytes = 32 * MiB } = {}): MiddlewareHandler<Env> {
  const [small, large] = [new Room(roomBytes), new Room(roomBytes)];
  return async function receiveBody(c, next) {
    const { raw } = c.req;
    const { method } = raw;
    if (method === "GET" || method === "HEAD" || raw.body === null) return next();
    const most = c.var.mount.maxBodyBytes;
    const who = addressBucket(c.var.origin.ipAddress);
    let [held, over] = [0, false];
    const hold = (bytes: number): void => {
      // What still comes of a body that is late is read by nobody.
      if (over) cutOff();
      if (bytes > most) throw TooLarge(`A body has at most ${most / MiB} MiB.`);
      roomFor(held).leave(who, held);
      held = 0;
      if (!roomFor(bytes).enter(who, bytes))
        throw Unavailable("Too much is being sent at the moment. Try again in a moment.", {
          headers: { "Retry-After": "1" },
        });
      held = bytes;
    };
    const roomFor = (bytes: number): Room => (bytes <= smallBytes ? small : large);
    const length = c.req.header("content-length") ?? "";
    try {
      const body = await inTime(
        deadlineMs,
        /^\d+$/.test(length) ? whole(raw, Number(length), hold) : parts(raw.body, hold),
      );
      c.req.raw = new Request(raw, { method, body });
      await next();
    } finally {
      over = true;
      roomFor(held).leave(who, held);
    }
  };
}

/** Bytes that are held at the same time, in all and by address. */
class Room {
  #taken = 0;
  readonly #by = new Map<string, number>();

  constructor(readonly bytes: number) {}

  /** @returns whether there was room, which `leave` gives back. */
  enter(who: string, bytes: number): boolean {
    const own = (this.#by.get(who) ?? 0) + bytes;
    if (own > this.bytes / 4 || this.#taken + bytes > this.bytes) return false;
    if (bytes > 0) this.#by.set(who, own);
    this.#taken += bytes;
    return true;
  }

  leave(who: string, bytes: number): void {
    this.#taken -= bytes;
    const own = (this.#by.get(who) ?? 0) - bytes;
    if (own > 0) this.#by.set(who, own);
    else this.#by.delete(who);
  }
}

type Body = Uint8Array<ArrayBuffer>;

async function inTime(deadlineMs: number, arriving: Promise<Body>): Promise<Body> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seconds = Math.ceil(deadlineMs / 1000);
    // What still comes is read by nobody, so the connection can't carry another request.
    const headers = { Connection: "close" };
    late.reject(BodyTimeout(`A body has ${seconds} seconds to arrive. Send it again.`, { headers }));
  }, deadlineMs);
  try {
    return await Promise.race([arriving, late.promise]);
  } finally {
    clearTimeout(timer);
    arriving.catch(() => {});
  }
}

/** A body of announced length, to which the server holds it. */
async function whole(request: Request, bytes: number, hold: (bytes: number) => void): Promise<Body> {
  hold(bytes);
  return await request.bytes().catch(cutOff);
}

/** A body that ends when it ends. */
async function parts(stream: ReadableStream<Uint8Array>, hold: (bytes: number) => void): Promise<Body> {
  const read: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(cutOff);
      if (done) return Buffer.concat(read);
      hold((size += value.length));
      read.push(value);
    }
  } catch (err) {
    void reader.cancel().catch(() => {});
    throw err;
  }
}

/** Only the client can have ended it early. */
function cutOff(): never {
  throw Malformed("The body was cut off.");
}
