import assert from "node:assert/strict";
import { echo } from "../../bench/floors/echo.ts";
import { Wire } from "../../bench/wire.ts";
import { serve } from "./serve.ts";

Deno.test("rally: each text goes out when the answer to the last is there", async () => {
  await using server = serve(echo);
  await using wire = await Wire.open(server.url.replace("http", "ws"));
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
  await using wire = await Wire.open(server.url.replace("http", "ws"));
  await assert.rejects(wire.rally(["a"]), /The socket has closed: 1000 "enough"/);
  assert.throws(() => wire.assertOpen(), /The socket has closed/);
});

Deno.test("open: what is taken aside is no answer", async () => {
  await using server = serve((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      socket.send("news");
      socket.send(data);
    };
    return response;
  });
  const taken: string[] = [];
  await using wire = await Wire.open(server.url.replace("http", "ws"), {
    aside: (text) => text === "news" && taken.push(text) > 0,
  });
  assert.deepEqual(await wire.rally(["a", "b"]), ["a", "b"]);
  assert.deepEqual(taken, ["news", "news"]);
  wire.assertOpen();
});
