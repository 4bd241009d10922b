import assert from "node:assert/strict";
import { syncAddress } from "../../client/sync_address.ts";

const page = "https://shop.test/app/orders?page=2#top";

Deno.test("syncAddress: an address without a host is the page's, and http is ws", () => {
  for (
    const [url, base, address] of [
      ["/ws/socksync", page, "wss://shop.test/ws/socksync"],
      ["socksync?room=7", page, "wss://shop.test/app/socksync?room=7"],
      ["//other.test/ws", page, "wss://other.test/ws"],
      ["/ws", "http://127.0.0.1:8000/", "ws://127.0.0.1:8000/ws"],
      ["ws://other.test/ws", page, "ws://other.test/ws"],
      ["https://other.test/ws#part", undefined, "wss://other.test/ws"],
      ["http://other.test:81/ws", undefined, "ws://other.test:81/ws"],
      [new URL("wss://other.test/ws?a=b"), undefined, "wss://other.test/ws?a=b"],
    ] as const
  ) assert.equal(syncAddress(url, base), address);
});

Deno.test("syncAddress: what is no address of a socket is refused with a sentence", () => {
  assert.throws(() => syncAddress("/ws", undefined), {
    name: "TypeError",
    message: 'Cannot connect to "/ws" without its host: there is no page here whose host it could be.',
  });
  assert.throws(() => syncAddress("http://[", page), {
    name: "TypeError",
    message: `Cannot connect to "http://[" from ${page}.`,
  });
  for (const url of ["ftp://shop.test/", "file:///ws", "data:text/plain,", "javascript:alert(1)"]) {
    assert.throws(() => syncAddress(url, page), {
      name: "TypeError",
      message: `Cannot connect to ${url}: it is no address of a socket.`,
    });
  }
  assert.throws(() => syncAddress("/ws", "blob:https://shop.test/1"), TypeError);
});
