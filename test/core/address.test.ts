import { describe, expect, test } from "bun:test";
import { addressBucket, addressRange, plainAddress } from "../../src/core/address.ts";

describe("plainAddress", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
    ["0000:0000:0000:0000:0000:ffff:c000:0201", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["64:ff9b::ffff:192.0.2.1", "64:ff9b::ffff:192.0.2.1"],
    ["nonsense:", "nonsense:"],
    ["", ""],
  ])("%p is %p", (given, plain) => expect(plainAddress(given)).toBe(plain));
});

describe("addressBucket", () => {
  test("IPv4 addresses are apart, however they are written", () => {
    expect(addressBucket("192.0.2.1")).toBe(addressBucket("::ffff:192.0.2.1"));
    expect(addressBucket("192.0.2.1")).not.toBe(addressBucket("192.0.2.2"));
  });

  test.each(["2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:0001:0002::", "2001:db8:1:2::1%eth0"])(
    "%p is of its /64",
    (address) => expect(addressBucket(address)).toBe("2001:db8:1:2::/64"),
  );

  test("networks are apart", () => expect(addressBucket("2001:db8:1:3::1")).toBe("2001:db8:1:3::/64"));

  test("the shortest and the longest address are read", () => {
    expect(addressBucket("::")).toBe("0:0:0:0::/64");
    expect(addressBucket("::1")).toBe("0:0:0:0::/64");
    expect(addressBucket("1::")).toBe("1:0:0:0::/64");
    expect(addressBucket("1:2:3:4:5:6:7::")).toBe("1:2:3:4::/64");
    expect(addressBucket("64:ff9b::192.0.2.1")).toBe("64:ff9b:0:0::/64");
  });

  test.each(["", "nonsense", "1.2.3", "::g", "127.0.0.1:80"])("%p, which is no address, is one bucket", (address) =>
    expect(addressBucket(address)).toBe("unknown"),
  );
});

describe("addressRange", () => {
  test.each([
    ["192.0.2.129", "192.0.2.0/24"],
    ["::ffff:192.0.2.129", "192.0.2.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"],
    ["2001:DB8:0001::1%eth0", "2001:db8:1::/48"],
    ["::1", "0:0:0::/48"],
    ["", null],
    ["1.2.3", null],
    ["nonsense", null],
  ])("%p is in %p", (address, range) => expect(addressRange(address)).toBe(range));
});
