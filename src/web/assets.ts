import { brotliCompressSync } from "node:zlib";
import { Hono } from "hono";
import { NotFound } from "../core/problem.ts";
import type { PageEnv, Site } from "../http/page.ts";
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import copyText from "./islands/copy.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import indexText from "./islands/index.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import liveText from "./islands/live.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import mailedSecretText from "./islands/mailed-secret.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import passkeySignInText from "./islands/passkey-sign-in.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import passkeyAddText from "./islands/passkey-add.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import sendOnceText from "./islands/send-once.ts" with { type: "text" };
// @ts-expect-error -- the text of the file, which the compiler takes for its module
import timesText from "./islands/times.ts" with { type: "text" };
import areas from "./styles/areas.css" with { type: "text" };
import base from "./styles/base.css" with { type: "text" };
import components from "./styles/components.css" with { type: "text" };
import tokens from "./styles/tokens.css" with { type: "text" };

const islands: Readonly<Record<string, string>> = {
  "index.ts": indexText,
  "copy.ts": copyText,
  "live.ts": liveText,
  "mailed-secret.ts": mailedSecretText,
  "passkey-sign-in.ts": passkeySignInText,
  "passkey-add.ts": passkeyAddText,
  "send-once.ts": sendOnceText,
  "times.ts": timesText,
};

type Encoded = {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  br: Uint8Array<ArrayBuffer>;
};

/**
 * The one stylesheet and the one script, with where they are. Their names change with what is in them, so browsers keep
 * them for a year. The script is bundled when it is first asked for.
 */
export function openAssets(brand: Site["brand"]) {
  const css = [tokens, `:root{--brand:${brand.color};--brand-ink:${brand.ink}}`, base, components, areas].join("\n");
  const paths = { css: `/assets/${nameOf(css)}.css`, js: `/assets/${nameOf(JSON.stringify(islands))}.js` };
  const made = new Map<string, () => Promise<Encoded>>([
    [paths.css, once(async () => encoded("text/css; charset=utf-8", css))],
    [paths.js, once(async () => encoded("text/javascript; charset=utf-8", await bundled()))],
  ]);
  const routes = new Hono<PageEnv>().get("/assets/:name", async (c) => {
    const make = made.get(c.req.path);
    if (!make) throw NotFound("There is nothing at this path.");
    const { type, ...bodies } = await make();
    const accepted = c.req.header("accept-encoding") ?? "";
    const encoding = (["br", "gzip"] as const).find((each) => new RegExp(`\\b${each}\\b`).test(accepted));
    return c.body(bodies[encoding ?? "plain"], 200, {
      "Content-Type": type,
      "Cache-Control": "public, max-age=31536000, immutable",
      Vary: "Accept-Encoding",
      ...(encoding === undefined ? {} : { "Content-Encoding": encoding }),
    });
  });
  return { paths, routes };
}

const nameOf = (text: string): string => Bun.hash(text).toString(36);

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** The islands as one script. From memory, so that an executable, which has no files, can do it too. */
async function bundled(): Promise<string> {
  const files = Object.fromEntries(Object.entries(islands).map(([name, text]) => [`/islands/${name}`, text]));
  const { outputs } = await Bun.build({ entrypoints: ["/islands/index.ts"], files, minify: true, target: "browser" });
  return (await outputs[0]?.text()) ?? "";
}

function encoded(type: string, text: string): Encoded {
  const plain = new TextEncoder().encode(text);
  return { type, plain, gzip: Bun.gzipSync(plain, { level: 9 }), br: new Uint8Array(brotliCompressSync(plain)) };
}
