import assert from "node:assert/strict";
import { Close, defaultLimits } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import { Connection, type FrameHandlers } from "../../../server/socket/connection.ts";
import { FakeSocket } from "../../helpers/fake_socket.ts";
import { MemoryLog } from "../../helpers/peer.ts";

function open(handlers: Partial<FrameHandlers> = {}) {
  const socket = new FakeSocket(), clock = new FakeClock(), log = new MemoryLog();
  const connection = new Connection(socket, defaultLimits, clock, log);
  let closed = 0;
  connection.start({
    frame() {},
    closed() {
      closed += 1;
    },
    ...handlers,
  });
  socket.opened();
  return { socket, clock, log, connection, closed: () => closed };
}

Deno.test("Connection: a reader that is too far behind is told to come back", () => {
  const { socket, connection, closed } = open();
  socket.bufferedAmount = defaultLimits.buffered;
  connection.send(["ready", 0]);
  assert.deepEqual(socket.ends, []);
  socket.bufferedAmount += 1;
  connection.send(["ready", 0]);
  assert.deepEqual([socket.ends, closed()], [[Close.behind], 1]);
  connection.send(["ready", 0]);
  assert.equal(socket.sent.length, 2, "nothing is sent after the end");
});

Deno.test("Connection: what can wait runs when the reader has read, all of it once, in order", () => {
  const { socket, clock, connection } = open();
  connection.greet();
  const ran: string[] = [];
  socket.bufferedAmount = defaultLimits.watermark;
  connection.send(["pong"]);
  assert.equal(connection.isBehind, false);
  socket.bufferedAmount += 1;
  connection.send(["pong"]);
  assert.equal(connection.isBehind, true);
  socket.bufferedAmount = 0;
  assert.equal(connection.isBehind, false);
  socket.bufferedAmount = 2 * defaultLimits.watermark;
  const again = () => ran.push("again");
  connection.whenRead(() => ran.push("one"));
  connection.whenRead(again);
  connection.whenRead(again);
  clock.turn(5000);
  assert.deepEqual(ran, []);
  socket.bufferedAmount = 0;
  clock.turn(1000);
  assert.deepEqual(ran, ["one", "again"]);
  clock.turn(60_000);
  assert.equal(ran.length, 2);
  connection.close(Close.restart, "");
  assert.equal(clock.waiting, 0);
});

Deno.test("Connection: a reader that reads nothing for half a minute is told to come back; one that reads slowly is not", () => {
  const { socket, clock, connection, closed } = open();
  connection.greet();
  socket.bufferedAmount = 3 * defaultLimits.watermark;
  connection.whenRead(() => assert.fail("it has not read"));
  for (let n = 0; n < 10; n++) {
    clock.turn(defaultLimits.stuck - 1000);
    socket.bufferedAmount -= 1;
  }
  assert.equal(closed(), 0);
  clock.turn(defaultLimits.stuck + 1000);
  assert.deepEqual([socket.ends, closed()], [[Close.behind], 1]);
  assert.equal(clock.waiting, 0);
});

Deno.test("Connection: what throws when the reader has read is logged, and the rest runs", () => {
  const { socket, clock, connection, log } = open();
  const ran: string[] = [];
  socket.bufferedAmount = 2 * defaultLimits.watermark;
  connection.whenRead(() => {
    throw new Error("no");
  });
  connection.whenRead(() => ran.push("two"));
  socket.bufferedAmount = 0;
  clock.turn(1000);
  assert.deepEqual(ran, ["two"]);
  assert.match(log.lines.join(), /a socket's handler failed: no/);
});

Deno.test("Connection: an end that is told twice is one end, and leaves no timer", () => {
  const { socket, clock, closed } = open();
  assert.equal(clock.waiting, 1);
  socket.end();
  socket.end("error");
  socket.end();
  assert.deepEqual([closed(), clock.waiting], [1, 0]);
});

Deno.test("Connection: a handler that throws or rejects is logged, and hears the next frame", async () => {
  const heard: string[] = [];
  const { socket, log } = open({
    frame(_frame, text) {
      heard.push(text);
      if (heard.length === 1) throw new Error("thrown");
      if (heard.length === 2) return Promise.reject(new Error("rejected"));
    },
  });
  for (let n = 1; n <= 3; n++) socket.say(`["call",${n},0,"A#b"]`);
  await Promise.resolve();
  assert.equal(heard.length, 3);
  assert.deepEqual(log.lines.map((line) => line.includes("thrown") || line.includes("rejected")), [
    true,
    true,
  ]);
});

Deno.test("Connection: after its end nothing that still comes is heard", () => {
  let heard = 0;
  const { socket, connection } = open({ frame: () => void heard++ });
  connection.close(Close.policy, "");
  socket.say('["call",1,0,"A#b"]');
  assert.equal(heard, 0);
});

Deno.test("Connection: one that never opens, because its client has gone meanwhile, is given up and forgotten", () => {
  const socket = new FakeSocket(), clock = new FakeClock();
  socket.readyState = 0;
  let closed = 0;
  const connection = new Connection(socket, defaultLimits, clock, new MemoryLog());
  connection.start({ frame() {}, closed: () => void closed++ });
  clock.turn(defaultLimits.firstFrame);
  assert.deepEqual([closed, clock.waiting], [1, 0]);
});

Deno.test("Connection: one that ended before it opened is closed when it opens, and starts no timer", () => {
  const socket = new FakeSocket(), clock = new FakeClock();
  socket.readyState = 0;
  const connection = new Connection(socket, defaultLimits, clock, new MemoryLog());
  connection.start({ frame() {}, closed() {} });
  connection.close(Close.restart, "The server restarts.");
  assert.deepEqual(socket.ends, []);
  socket.opened();
  assert.deepEqual([clock.waiting, socket.ends], [0, [Close.restart]]);
});

Deno.test("Connection: one whose upgrade fails tells of an error alone, and is gone", async () => {
  const socket = new FakeSocket(), clock = new FakeClock();
  socket.readyState = 0;
  let closed = 0;
  const connection = new Connection(socket, defaultLimits, clock, new MemoryLog());
  connection.start({ frame() {}, closed: () => void closed++ });
  socket.end("error");
  await connection.gone;
  assert.deepEqual([closed, clock.waiting], [1, 0]);
});

Deno.test("Connection: whoever waits for the end hears of it, before it and after", async () => {
  const { socket, connection } = open();
  const heard: string[] = [];
  const waiting = connection.gone.then(() => heard.push("before"));
  connection.close(Close.restart, "");
  await Promise.resolve();
  assert.deepEqual(heard, [], "the other end has not heard of it");
  socket.end();
  await waiting;
  await connection.gone;
  assert.deepEqual(heard, ["before"]);
});

Deno.test("Connection: each is told to come back when it is old, and one timer is enough for all", () => {
  const clock = new FakeClock(), log = new MemoryLog();
  const sockets = Array.from({ length: 3 }, () => {
    const socket = new FakeSocket();
    const connection = new Connection(socket, defaultLimits, clock, log);
    connection.start({ frame() {}, closed() {} });
    socket.opened();
    connection.greet();
    connection.greet();
    clock.turn(1000);
    return socket;
  });
  const [first, second, third] = sockets as [FakeSocket, FakeSocket, FakeSocket];
  assert.equal(clock.waiting, 1);
  second.end();
  clock.turn(defaultLimits.socketAge - 3001);
  assert.deepEqual(first.ends, []);
  clock.turn(1);
  assert.deepEqual([first.ends, third.ends, clock.waiting], [[Close.age], [], 1]);
  clock.turn(1999);
  assert.deepEqual(third.ends, []);
  clock.turn(1);
  assert.deepEqual([second.ends, third.ends, clock.waiting], [[], [Close.age], 0]);
});

Deno.test("Connection: the last one that ends leaves no timer, and the next one has one again", () => {
  const clock = new FakeClock();
  for (let n = 0; n < 2; n++) {
    const socket = new FakeSocket();
    const connection = new Connection(socket, defaultLimits, clock, new MemoryLog());
    connection.start({ frame() {}, closed() {} });
    socket.opened();
    connection.greet();
    assert.equal(clock.waiting, 1);
    connection.close(Close.policy, "");
    assert.equal(clock.waiting, 0);
  }
});
