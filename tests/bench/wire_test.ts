import assert from "node:assert/strict";
import { echo } from "../../bench/floors/echo.ts";
import { Wire } from "../../bench/wire.ts";

function serve(handler: (request: Request) => Response) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return { url: `ws://127.0.0.1:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("rally: each text goes out when the answer to the last is there", async () => {
  await using server = serve(echo);
  await using wire = await Wire.open(server.url);
  assert.deepEqual(await wire.rally(["a", "b", "a"]), ["a", "b", "a"]);
  assert.deepEqual(await wire.rally([]), []);
  assert.equal(await wire.exchange("after"), "after");
  wire.assertOpen();
});

Deno.test("rally: a socket that closes ends it, and is not open any more", async () => {
  await using server = serve((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = () => socket.close(1000, "enough");
    return response;
  });
  await using wire = await Wire.open(server.url);
  await assert.rejects(wire.rally(["a"]), /The socket has closed: 1000 "enough"/);
  assert.throws(() => wire.assertOpen(), /The socket has closed/);
});
