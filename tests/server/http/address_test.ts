import assert from "node:assert/strict";
import fc from "fast-check";
import { readProxies, senderOf } from "../../../server/http/address.ts";

function direct(hostname: string): string | undefined {
  const request = new Request("http://shop.test/", { headers: { "x-forwarded-for": "192.0.2.99" } });
  return senderOf(request, { remoteAddr: { transport: "tcp", hostname, port: 1 } }, 0);
}

function behind(header: string | undefined, proxies: number): string | undefined {
  const headers: Record<string, string> = header === undefined ? {} : { "x-forwarded-for": header };
  const info = { remoteAddr: { transport: "tcp", hostname: "203.0.113.5", port: 1 } };
  return senderOf(new Request("http://shop.test/", { headers }), info, proxies);
}

Deno.test("senderOf: without proxies it is the other end, where that is a public address; the header counts for nothing", () => {
  const table: [string, string | undefined][] = [
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    // A proxy may stand there: this machine, its network, its carrier's.
    ["127.0.0.1", undefined],
    ["127.8.0.1", undefined],
    ["::1", undefined],
    ["::ffff:127.0.0.1", undefined],
    ["10.1.2.3", undefined],
    ["172.16.0.1", undefined],
    ["172.31.255.255", undefined],
    ["172.32.0.1", "172.32.0.1"],
    ["192.168.1.1", undefined],
    ["169.254.169.254", undefined],
    ["100.64.0.1", undefined],
    ["100.128.0.1", "100.128.0.1"],
    ["::ffff:10.0.0.1", undefined],
    ["fd00::1", undefined],
    ["fe80::1", undefined],
    ["0.0.0.0", undefined],
    ["", undefined],
    ["/run/app.sock", undefined],
  ];
  for (const [hostname, address] of table) assert.equal(direct(hostname), address, hostname);
});

Deno.test("senderOf: who says nothing of the other end says nothing", () => {
  const request = new Request("http://shop.test/");
  for (
    const info of [undefined, null, {}, { remoteAddr: undefined }, {
      remoteAddr: { transport: "unix", path: "/x" },
    }]
  ) {
    assert.equal(senderOf(request, info, 0), undefined);
  }
});

Deno.test("senderOf: behind proxies it is what the outermost has seen, counted from the right", () => {
  const table: [string | undefined, number, string | undefined][] = [
    ["203.0.113.7", 1, "203.0.113.7"],
    ["1.1.1.1, 203.0.113.7", 1, "203.0.113.7"], // whoever writes the first is the client itself
    ["203.0.113.7, 198.51.100.2", 2, "203.0.113.7"],
    ["evil, 203.0.113.7,198.51.100.2", 2, "203.0.113.7"],
    ["10.0.0.7", 1, "10.0.0.7"], // somebody in the house, and our proxy says so
    ["203.0.113.7:50123", 1, "203.0.113.7"],
    ["[2001:db8:1:2::5]:50123", 1, "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::5]", 1, "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::5", 1, "2001:db8:1:2::/64"],
    ["203.0.113.7", 2, undefined],
    [undefined, 1, undefined],
    ["", 1, undefined],
    ["203.0.113.7,", 1, undefined],
    ["unknown", 1, undefined],
    ["203.0.113.256", 1, undefined],
    ["203.0.113", 1, undefined],
    ["0xcb.0.113.7", 1, undefined],
    ["203.0.113.7 evil", 1, undefined],
    ["fe80::1%eth0", 1, undefined],
    ["::ffff:203.0.113.7/x", 1, undefined],
    ["]:80/[", 1, undefined],
    ["1:2:3:4:5:6:7:8:9", 1, undefined],
  ];
  for (const [header, proxies, address] of table) {
    assert.equal(behind(header, proxies), address, `${header}, ${proxies}`);
  }
});

Deno.test("senderOf: no header throws, and no client chooses what the outermost proxy has seen", () => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:[], ;="%'), maxLength: 60 });
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 3 }), (forged, proxies) => {
    const seen = Array.from({ length: proxies }, (_, i) => `198.51.100.${i}`).join(", ");
    assert.equal(behind(`${forged}, ${seen}`, proxies), "198.51.100.0");
    behind(forged, proxies);
  }));
});

Deno.test("senderOf: every address of one network of 64 bits is one", () => {
  fc.assert(fc.property(fc.ipV6(), (address) => {
    const name = behind(address, 1);
    assert.ok(name !== undefined, address);
    if (!name.endsWith("::/64")) return; // an IPv4 address in it
    assert.equal(behind(name.replace("::/64", ":1:2:3:4"), 1), name);
  }));
});

Deno.test("readProxies: a number of them", () => {
  assert.equal(readProxies(0), 0);
  assert.equal(readProxies(2), 2);
  for (const wrong of [-1, 0.5, NaN, true as unknown as number]) {
    assert.throws(() => readProxies(wrong), /^TypeError: Cannot trust .+ proxies: trustProxy is how many/);
  }
});
