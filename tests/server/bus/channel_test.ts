import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { Channel } from "../../../server/bus/channel.ts";
import type { Notice } from "../../../server/bus/notice.ts";
import type { Bus, Publication } from "../../../server/engine/bus.ts";
import { MemoryLog } from "../../helpers/peer.ts";

/** A channel on a bus of which it is seen what was published, in which order; it is done when it is told. */
async function opened() {
  const kinds: string[] = [], waiting: PromiseWithResolvers<void>[] = [], log = new MemoryLog();
  const bus: Bus = {
    name: "seen",
    replay: false,
    publish({ messages }: Publication) {
      for (const { text } of messages) kinds.push(JSON.parse(text)[3][0]);
      const done = Promise.withResolvers<void>();
      waiting.push(done);
      return done.promise;
    },
    listen: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  };
  const channel = new Channel({
    bus,
    name: "app",
    seals: { seal: (_context, text) => text, open: (_context, text) => text },
    readOffers: () => assert.fail("there are none"),
    operationBytes: 1000,
    clock: new FakeClock(),
    log,
  });
  await channel.open({ hear() {}, gap() {} });
  return { channel, kinds, waiting, log };
}

const come: Notice = ["come", "room/lobby", "ann", "here", "{}"];
const event: Notice = ["event", "room/lobby", "/room/:room", "join", '{"type":"join"}'];

Deno.test("channel: what was said before is published before, though nobody waits for it", async () => {
  const { channel, kinds, waiting, log } = await opened();
  channel.send(come);
  const published = channel.publish([event]);
  assert.deepEqual(kinds, ["come", "event"]);
  for (const { resolve } of waiting) resolve();
  await published;
  await channel.close();
  assert.deepEqual([kinds, log.lines], [["come", "event"], []]);
});

Deno.test("channel: what was said before, and could not be, is a line of the log, and no fault of what is published", async () => {
  const { channel, kinds, waiting, log } = await opened();
  channel.send(come);
  const published = channel.publish([event]);
  waiting[0]!.reject(new Error("The bus is away."));
  waiting[1]!.resolve();
  await published;
  channel.send(come);
  const failed = channel.publish([event]);
  waiting[2]!.resolve();
  waiting[3]!.reject(new Error("It is away again."));
  await assert.rejects(failed, /It is away again/);
  await channel.close();
  assert.deepEqual(kinds, ["come", "event", "come", "event"]);
  assert.deepEqual(log.lines.length, 1);
});
