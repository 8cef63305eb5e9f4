/** What a client says that it is, in the names that people know. */
export type Device = { browser: string | null; system: string | null };

// The first that matches: most browsers name those too that they descend from, and most systems theirs.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS|e)?\//, "Edge"],
  [/\b(?:OPR|OPT|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iOS"],
  [/\biPad\b/, "iPadOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

const named = (text: string, of: readonly (readonly [RegExp, string])[]): string | null =>
  of.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/**
 * Reads a User-Agent (RFC 9110, 10.1.5). Anybody can send any: it helps to recognize a device and proves nothing.
 *
 * @returns null for what it doesn't tell.
 */
export function deviceOf(userAgent: string): Device {
  // What browsers send is shorter; what isn't one may be long.
  const text = userAgent.slice(0, 512);
  return { browser: named(text, browsers), system: named(text, systems) };
}
