import assert from "node:assert/strict";
import { patchText } from "../../bench/audience.ts";
import { Fan } from "../../bench/floors/fan.ts";
import { tablePage } from "../../bench/pages/table.tsx";
import { Peer } from "../../bench/peer.ts";
import { Row } from "../../bench/rows.tsx";
import { Wire } from "../../bench/wire.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

timed("patchText: the shared table's patch to the letter, so that the floor sends as much", async () => {
  const table = tablePage({ Row, isShared: true });
  await using _ = table.app;
  await using server = serve(table.app.fetch);
  await using peer = await Peer.open(server.url);
  for (const number of [4, 5]) {
    await table.bump();
    let frames = peer.look();
    while (frames.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      frames = peer.look();
    }
    assert.deepEqual(frames.map((frame) => JSON.stringify(frame)), [patchText(number)]);
  }
});

timed("Fan: every socket that has said hello is sent the text", async () => {
  const fan = new Fan();
  await using server = serve((request) => fan.serve(request));
  const heard: string[] = [], { promise, resolve } = Promise.withResolvers<void>();
  const open = () =>
    Wire.open(server.url.replace("http", "ws"), {
      aside(text) {
        if (text === "hello") return false;
        if (heard.push(text) === 2) resolve();
        return true;
      },
    });
  await using ann = await open();
  await using bob = await open();
  for (const wire of [ann, bob]) assert.equal(await wire.exchange("hello"), "hello");
  fan.send("news");
  await promise;
  assert.deepEqual(heard, ["news", "news"]);
});
