import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian keeps the one family that pages are drawn with in tests, so that they look the same on every machine. */
const folder = "/usr/share/fonts/truetype/dejavu";

/** The environment of a browser that knows one family of fonts. */
export function oneFont(): Record<string, string> {
  const own = mkdtempSync(join(tmpdir(), "gatehouse-fonts-"));
  const prefer = (family: string, font: string) =>
    `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`;
  const config = [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>${folder}</dir><cachedir>${own}</cachedir>`,
    prefer("system-ui", "DejaVu Sans"),
    prefer("sans-serif", "DejaVu Sans"),
    prefer("ui-monospace", "DejaVu Sans Mono"),
    prefer("monospace", "DejaVu Sans Mono"),
    '<match target="pattern"><edit name="family" mode="append" binding="strong"><string>DejaVu Sans</string></edit></match>',
    "</fontconfig>",
  ];
  const file = join(own, "fonts.conf");
  writeFileSync(file, config.join("\n"));
  return { FONTCONFIG_FILE: file };
}
