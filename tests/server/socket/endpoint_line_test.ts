import assert from "node:assert/strict";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { EndpointLine, type LineHandlers } from "../../../server/socket/endpoint_line.ts";
import { FakeSocket } from "../../helpers/fake_socket.ts";
import { MemoryLog } from "../../helpers/peer.ts";

function make({ state = 0, handlers = {}, connect }: {
  state?: number;
  handlers?: Partial<LineHandlers>;
  connect?: () => LineHandlers;
} = {}) {
  const socket = new FakeSocket(), clock = new FakeClock(), log = new MemoryLog(), told: string[] = [];
  socket.readyState = state;
  const line = new EndpointLine(socket, defaultLimits, clock, log, { perSecond: 10, burst: 20 });
  line.start(
    connect ?? (() => {
      told.push("connect");
      return {
        message: (data) => void told.push(`message ${data}`),
        closed: () => void told.push("closed"),
        ...handlers,
      };
    }),
    () => void told.push("ended"),
  );
  return { socket, clock, log, told, line };
}

Deno.test("EndpointLine: begins when it is open, hears, and ends once", () => {
  const { socket, clock, told } = make();
  assert.deepEqual([told, socket.binaryType], [[], "arraybuffer"]);
  socket.opened();
  socket.say("a");
  socket.end();
  socket.end("error");
  socket.say("too late");
  assert.deepEqual([told, clock.waiting], [["connect", "message a", "ended", "closed"], 0]);
});

Deno.test("EndpointLine: one that never opens, because its client has gone meanwhile, is given up and forgotten", () => {
  const { socket, clock, told } = make();
  clock.turn(defaultLimits.firstFrame);
  assert.deepEqual([told, clock.waiting], [["ended"], 0]);
  socket.opened();
  assert.deepEqual([told, socket.ends], [["ended"], [Close.policy]]);
});

Deno.test("EndpointLine: one that has opened need not say anything", () => {
  const { socket, clock } = make();
  socket.opened();
  clock.turn(defaultLimits.socketAge - 1);
  assert.deepEqual(socket.ends, []);
  clock.turn(1);
  assert.deepEqual([socket.ends, clock.waiting], [[Close.age], 0]);
});

Deno.test("EndpointLine: one that ended before it opened is closed when it opens, and nobody connects", () => {
  const { socket, clock, told, line } = make();
  line.close(Close.restart, "");
  socket.opened();
  assert.deepEqual([told, socket.ends, clock.waiting], [["ended"], [Close.restart], 0]);
});

Deno.test("EndpointLine: one whose upgrade fails is gone", async () => {
  const { socket, clock, told, line } = make();
  socket.end("error");
  await line.gone;
  assert.deepEqual([told, clock.waiting], [["ended"], 0]);
});

Deno.test("EndpointLine: what asks again while it waits is called once, when the other end has read", () => {
  const { socket, clock, line } = make();
  socket.opened();
  let read = 0;
  const isRead = () => void read++;
  assert.equal(line.isBehind(isRead), false);
  socket.bufferedAmount = defaultLimits.watermark + 1;
  line.send("a");
  for (let n = 0; n < 3; n++) assert.equal(line.isBehind(isRead), true);
  socket.bufferedAmount = defaultLimits.watermark;
  clock.turn(1000);
  assert.equal(read, 1);
  socket.end();
  assert.equal(clock.waiting, 0);
});

Deno.test("EndpointLine: after its end nothing is sent, nobody is behind, nothing waits", () => {
  const { socket, clock, line } = make();
  socket.opened();
  socket.bufferedAmount = defaultLimits.watermark + 1;
  line.send("a");
  line.close(4000, "");
  line.send("b");
  line.isBehind(() => assert.fail("it has ended"));
  clock.turn(60_000);
  assert.deepEqual([socket.sent, clock.waiting], [["a"], 0]);
});

Deno.test("EndpointLine: what throws at the end is logged, and its place is given back before", () => {
  const { socket, told, log } = make({
    handlers: {
      closed() {
        told.push("closed");
        throw new Error("no");
      },
    },
  });
  socket.opened();
  socket.end();
  assert.deepEqual(told, ["connect", "ended", "closed"]);
  assert.match(log.lines.join(), /a socket's handler failed: no/);
});
