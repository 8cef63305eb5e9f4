import { isIPv4, isIPv6 } from "node:net";

/** The eight groups of an IPv6 address; null for anything else. */
function groups(address: string): number[] | null {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return null;
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const [a = 0, b = 0, c = 0, d = 0] = (dotted ?? []).slice(1).map(Number);
  const whole = dotted ? `${bare.slice(0, dotted.index)}${pair(a, b)}:${pair(c, d)}` : bare;
  const [left = "", right] = whole.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const gap = Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...gap, ...tail].map((group) => Number.parseInt(group, 16));
}

const pair = (high: number, low: number): string => (high * 256 + low).toString(16);

/** An IPv4 address written as IPv6 (RFC 4291, 2.5.5.2: `::ffff:192.0.2.1`) as the IPv4 address that it is. */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  const all = groups(address);
  if (all === null || all[5] !== 0xffff || all.slice(0, 5).some((group) => group !== 0)) return address;
  const [high = 0, low = 0] = all.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/**
 * What stands for a client where addresses are counted: an IPv4 address, or the /64 of an IPv6 address, which is what
 * one subscriber has. Anything that isn't an address is one bucket.
 */
export function addressBucket(address: string): string {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return plain;
  const all = groups(plain);
  if (all === null) return "unknown";
  const network = all.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/**
 * The network that an address is in, which says where it is without saying whose: the /24 of an IPv4 address, the /48 of
 * an IPv6 address, in CIDR notation. Null for anything that isn't an address.
 */
export function addressRange(address: string): string | null {
  const plain = plainAddress(address);
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf("."))}.0/24`;
  const network = groups(plain)?.slice(0, 3);
  return network ? `${network.map((group) => group.toString(16)).join(":")}::/48` : null;
}
