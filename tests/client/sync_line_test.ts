import assert from "node:assert/strict";
import { SyncLine } from "../../client/sync_line.ts";
import { MOST_QUEUED } from "../../client/sync_outbox.ts";
import { Most } from "../../client/sync_pace.ts";
import { PATIENCE, SILENCE } from "../../client/sync_pulse.ts";
import { type Engine, engineEnd } from "../../client/sync_transport.ts";
import { defaultLimits } from "../../protocol/limits.ts";
import { Close } from "../../protocol/markers.ts";
import type { Transport } from "../../socksync/transport.ts";
import fc from "fast-check";
import { FakeSyncEnvironment, type FakeSyncSocket } from "./sync_fakes.ts";

const probe = '{"func":"ping"}';

/** A line with a double at our end that writes down what it is told. */
function setUp(env = new FakeSyncEnvironment()) {
  const told: unknown[] = [];
  const failures: unknown[] = [], losses: unknown[] = [];
  let transport: Transport | undefined;
  const engine: Engine = {
    open: (line) => {
      transport = line;
      told.push("open");
    },
    receive: (data) => told.push(data),
    lost: () => told.push("lost"),
  };
  const end = engineEnd(engine, env.clock, (_what, error) => failures.push(error)), { lost } = end;
  end.lost = (code, reason) => {
    losses.push([code, reason]);
    lost(code, reason);
  };
  const connect = () => env.connect("wss://shop.test/sync", { protocols: [], headers: undefined });
  const line = new SyncLine(end, { connect, probe }, env);
  function online() {
    env.socket.open();
    return env.socket;
  }
  return { env, line, told, failures, losses, online, transport: () => transport! };
}

/** Milliseconds between a close and the next attempt. */
function waitAfter(code: number, reason = "", { chance = 1, lived = 0, hidden = false } = {}) {
  const { env, online } = setUp();
  env.chance = chance;
  env.hidden = hidden;
  online();
  env.clock.turn(lived);
  env.socket.fail(code, reason);
  return env.nextAttempt();
}

Deno.test("SyncLine: connects at once, and hands on what opens, comes and goes", () => {
  const { env, told, online } = setUp();
  assert.equal(env.sockets.length, 1);
  assert.deepEqual(told, []);
  const socket = online();
  socket.say({ func: "set" });
  socket.onmessage?.({ data: new ArrayBuffer(2) });
  socket.fail(1006);
  assert.deepEqual(told, ["open", '{"func":"set"}', new ArrayBuffer(2), "lost"]);
});

Deno.test("SyncLine: whoever is told that it is lost hears what the other end has said, and what we say is not that", () => {
  const { env, losses, online, transport } = setUp();
  online().fail(4001, "Enough.");
  env.nextAttempt();
  online();
  transport().close(Close.policy, "Wrong.");
  env.nextAttempt();
  online();
  env.tell("pagehide");
  assert.deepEqual(losses, [[4001, "Enough."], [0, ""], [0, ""]]);
});

Deno.test("SyncLine: what closes comes back, later each time, and soon again once it was steady", () => {
  const { env, online } = setUp();
  env.chance = 1;
  const waits = Array.from({ length: 8 }, (_, i) => {
    const socket = online();
    socket.fail(i % 2 ? 0 : 1006);
    socket.fail(1006); // Deno closes twice
    return env.nextAttempt();
  });
  assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]);
  online();
  env.clock.turn(10_000);
  env.socket.fail(1006);
  assert.equal(env.nextAttempt(), 300);
});

Deno.test("SyncLine: a handshake that is refused is tried again as if the server were away", () => {
  const { env, told } = setUp();
  env.chance = 1;
  const waits = [1, 2, 3].map(() => {
    env.socket.fail(1006);
    return env.nextAttempt();
  });
  assert.deepEqual(waits, [300, 600, 1200]);
  assert.deepEqual(told, []);
});

Deno.test("SyncLine: a handshake without an end is given up", () => {
  const { env, told } = setUp();
  const [first] = env.sockets;
  env.clock.turn(9_999);
  assert.equal(first!.closed, undefined);
  env.clock.turn(1);
  assert.deepEqual(first!.closed, [undefined, undefined]);
  assert.equal(env.nextAttempt(), 200); // 175, in steps of 50
  first!.open(); // too late
  assert.deepEqual(told, []);
});

Deno.test("SyncLine: a server that restarts, stops or renews has its peers back within the time that it says", () => {
  for (const code of [Close.restart, Close.away, Close.age]) {
    assert.equal(waitAfter(code, "", { lived: 60_000 }), 1000);
    assert.equal(waitAfter(code, "", { lived: 60_000, chance: 0.2 }), 200);
    assert.equal(waitAfter(code, "5000 ms: the server restarts.", { lived: 60_000 }), 5000);
    assert.equal(waitAfter(code, "5000 ms: the server restarts.", { lived: 60_000, hidden: true }), 5000);
  }
  assert.equal(waitAfter(Close.restart, "99999999999 ms", { lived: 60_000 }), 600_000);
  assert.equal(waitAfter(Close.restart, "-5 ms", { lived: 60_000 }), 50);
});

Deno.test("SyncLine: a server that sends away whoever comes is asked later each time", () => {
  const { env, online } = setUp();
  env.chance = 0;
  const waits = Array.from({ length: 3 }, () => {
    env.chance = 1;
    online().fail(Close.restart, "1 ms");
    return env.nextAttempt();
  });
  assert.deepEqual(waits, [300, 600, 1200]);
});

Deno.test("SyncLine: whoever is refused for what it did, or is not looked at, comes back late", () => {
  for (const code of [Close.policy, Close.tooLarge, Close.behind]) {
    assert.equal(waitAfter(code, "", { chance: 0 }), 5000);
    assert.equal(waitAfter(code, "", { chance: 1 }), 10_000);
  }
  assert.equal(waitAfter(1006, "", { chance: 0, hidden: true }), 5000);
  for (const code of [0, 1000, 1005, 1006, Close.failed, 4000]) assert.equal(waitAfter(code), 300);
});

Deno.test("SyncLine: silence is asked about once something was said, and then the socket is given up", () => {
  const { env, online, told, transport } = setUp();
  const socket = online();
  env.clock.turn(10 * SILENCE);
  assert.deepEqual(socket.take(), []);
  transport().send('{"func":"subscribe","type":"var","name":"stock"}');
  socket.take();
  env.clock.turn(SILENCE - 1);
  assert.deepEqual(socket.take(), []);
  env.clock.turn(1);
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
  env.clock.turn(PATIENCE - 1);
  socket.say({ func: "error", error_code: 2, message: "type is required." });
  env.clock.turn(SILENCE - 1);
  assert.deepEqual(socket.take(), []);
  env.clock.turn(1);
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
  env.clock.turn(PATIENCE - 1);
  assert.equal(socket.closed, undefined);
  env.clock.turn(1);
  assert.deepEqual(socket.closed, [undefined, undefined]);
  assert.equal(told.at(-1), "lost");
  assert.notEqual(env.nextAttempt(), undefined);
});

Deno.test("SyncLine: a line on which the other end alone speaks is watched too, at one timer in 30 s", () => {
  const { env, online } = setUp();
  const socket = online();
  env.clock.turn(10_000); // steady: that timer is over
  assert.equal(env.clock.waiting, 0);
  for (let i = 0; i < 100; i++) {
    socket.say({ func: "call" });
    assert.equal(env.clock.waiting, 1);
    env.clock.turn(1000);
  }
  assert.deepEqual(socket.take(), []);
  env.clock.turn(SILENCE - 1000);
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
});

Deno.test("SyncLine: of many frames the first go at once, the others in order and no faster than four fifths of the limit", () => {
  const { env, online, transport } = setUp();
  const socket = online();
  for (let i = 0; i < 5000; i++) transport().send(String(i));
  assert.equal(socket.sent.length, Most.burst);
  let read = 0;
  const whenRead = () => read++;
  assert.equal(transport().isBehind(whenRead), true);
  assert.equal(transport().isBehind(whenRead), true);
  env.clock.turn(1000);
  assert.equal(socket.sent.length, Most.burst + Most.rate);
  assert.equal(read, 0);
  env.clock.turn(7500);
  assert.equal(socket.sent.length, 5000);
  assert.deepEqual(socket.sent.map(Number), Array.from({ length: 5000 }, (_, i) => i));
  env.clock.turn(1000);
  assert.equal(read, 1);
  assert.equal(transport().isBehind(() => read++), false);
  env.clock.turn(60_000);
  assert.equal(read, 1);
});

Deno.test("SyncLine: nothing overtakes what waits", () => {
  const { env, online, transport } = setUp();
  const socket = online();
  for (let i = 0; i < 2000; i++) transport().send(String(i));
  env.clock.turn(20); // there would be room for some, but it was not looked yet
  for (let i = 2000; i < 2005; i++) transport().send(String(i));
  env.clock.turn(2000);
  assert.deepEqual(socket.sent.map(Number), Array.from({ length: 2005 }, (_, i) => i));
});

Deno.test("SyncLine: a clock that is set back stops neither frames nor questions", () => {
  const { env, online, transport } = setUp();
  const socket = online();
  transport().send("{}");
  env.clock.set = -3_600_000;
  for (let i = 0; i < 2000; i++) transport().send("{}");
  env.clock.turn(2000);
  assert.equal(socket.take().length, 2001);
  env.clock.turn(2 * SILENCE);
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
});

Deno.test("SyncLine: its limits are within those of a server that has said no others", () => {
  assert.equal(Most.rate, defaultLimits.syncFramesPerSecond * 4 / 5);
  assert.equal(Most.burst, defaultLimits.syncFrameBurst * 4 / 5);
  assert.equal(Most.frame, defaultLimits.frame);
  assert.equal(Most.watermark, defaultLimits.watermark);
  assert.ok(SILENCE + PATIENCE < defaultLimits.idle);
});

Deno.test("SyncLine: a question to a silent server goes past what waits", () => {
  const { env, online, transport } = setUp();
  const socket = online();
  socket.bufferedAmount = Most.watermark + 1; // the network takes nothing
  for (let i = 0; i < 100; i++) transport().send("{}");
  env.clock.turn(SILENCE);
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
  socket.bufferedAmount = 0;
  env.clock.turn(25);
  assert.equal(socket.take().length, 100);
});

Deno.test("SyncLine: what the network does not take waits, and whoever can wait is told", () => {
  const { env, online, transport } = setUp();
  const socket = online();
  socket.bufferedAmount = Most.watermark + 1;
  let read = 0;
  assert.equal(transport().isBehind(() => read++), true);
  transport().send("{}");
  env.clock.turn(1000);
  assert.deepEqual([socket.sent.length, read], [0, 0]);
  socket.bufferedAmount = Most.watermark;
  env.clock.turn(25);
  assert.deepEqual([socket.sent.length, read], [1, 1]);
});

Deno.test("SyncLine: one frame more than may wait gives the line up, and nothing is sent that does not follow what went", () => {
  const { env, online, told, transport } = setUp();
  const socket = online();
  for (let i = 0; i < Most.burst + MOST_QUEUED; i++) transport().send("{}");
  env.clock.turn(0);
  assert.equal(told.includes("lost"), false);
  for (let i = 0; i < 100; i++) transport().send("[]");
  assert.equal(told.includes("lost"), false, "not while somebody sends");
  env.clock.turn(0);
  assert.deepEqual(told, ["open", "lost"]);
  assert.notEqual(socket.closed, undefined);
  assert.ok(!socket.sent.includes("[]"));
  assert.equal(env.nextAttempt(), 7500); // the slow end: the same would happen again
});

Deno.test("SyncLine: a frame that is too large is not sent, by its bytes, and told", () => {
  const { failures, online, transport } = setUp();
  const socket = online();
  transport().send("x".repeat(Most.frame));
  transport().send("€".repeat(Math.floor(Most.frame / 3)));
  assert.equal(socket.sent.length, 2);
  transport().send("x".repeat(Most.frame + 1));
  transport().send("€".repeat(Math.ceil(Most.frame / 3)));
  assert.equal(socket.sent.length, 2);
  assert.deepEqual(
    failures.map(String),
    Array(2).fill("RangeError: Cannot send a frame of more than 65536 bytes."),
  );
});

Deno.test("SyncLine: the transport of a line that is gone does nothing", () => {
  const { env, online, transport } = setUp();
  const first = online(), old = transport();
  first.fail(1006);
  env.nextAttempt();
  const second = online();
  old.send("{}");
  assert.equal(old.isBehind(() => {}), false);
  old.close(1000, "");
  assert.deepEqual([first.sent, second.sent, second.closed], [[], [], undefined]);
});

Deno.test("SyncLine: closed by the engine, it says so in a way that browsers allow, and comes back", () => {
  const { env, online, told, transport } = setUp();
  const socket = online();
  transport().close(Close.policy, "€".repeat(200));
  assert.deepEqual(socket.closed, [1000, "€".repeat(41)]);
  assert.deepEqual(told, ["open", "lost"]);
  assert.equal(env.nextAttempt(), 7500);
  online();
  transport().close(4000, "Enough.");
  assert.deepEqual(env.socket.closed, [4000, "Enough."]);
});

Deno.test("SyncLine: a page that is put away holds no socket, and has one as soon as it is back", () => {
  const { env, online, told } = setUp();
  const socket = online();
  env.tell("pagehide", { persisted: true });
  assert.notEqual(socket.closed, undefined);
  assert.deepEqual(told, ["open", "lost"]);
  assert.equal(env.clock.waiting, 0);
  env.clock.turn(60_000);
  assert.equal(env.sockets.length, 1);
  env.tell("pageshow", { persisted: true });
  assert.equal(env.sockets.length, 2);
  online();
  env.tell("pageshow", { persisted: false });
  assert.equal(env.sockets.length, 2);
});

Deno.test("SyncLine: a network that is back, and a page that is looked at again, are tried at once", () => {
  const { env, online } = setUp();
  online().fail(Close.policy);
  env.tell("online");
  assert.equal(env.sockets.length, 2);
  env.tell("online"); // one attempt is under way
  assert.equal(env.sockets.length, 2);
  env.socket.fail(1006);
  env.hidden = true;
  env.tell("visibilitychange");
  assert.equal(env.sockets.length, 2);
  env.hidden = false;
  env.tell("visibilitychange");
  assert.equal(env.sockets.length, 3);
  const socket = online();
  env.tell("visibilitychange");
  env.tell("online");
  assert.deepEqual(socket.take(), [{ func: "ping" }]);
  env.clock.turn(PATIENCE);
  assert.notEqual(socket.closed, undefined);
});

Deno.test("SyncLine: stopped in whatever state, nothing is left, and nothing begins again", () => {
  const states: Record<string, (set: ReturnType<typeof setUp>) => void> = {
    connecting: () => {},
    open: ({ online }) => void online(),
    steady: ({ env, online }) => {
      online();
      env.clock.turn(20_000);
    },
    probing: ({ env, online, transport }) => {
      online();
      transport().send("{}");
      env.clock.turn(SILENCE + 1);
    },
    behind: ({ online, transport }) => {
      online();
      for (let i = 0; i < 3000; i++) transport().send("{}");
      transport().isBehind(() => assert.fail("nobody reads it any more"));
    },
    full: ({ online, transport }) => {
      online();
      for (let i = 0; i < 20_000; i++) transport().send("{}");
    },
    waiting: ({ online }) => online().fail(1006),
    asleep: ({ env, online }) => {
      online();
      env.tell("pagehide");
    },
  };
  for (const [name, bring] of Object.entries(states)) {
    const set = setUp(), { env, line, told } = set;
    bring(set);
    const sockets = env.sockets.length;
    line.stop();
    line.stop();
    assert.equal(env.clock.waiting, 0, name);
    assert.deepEqual(env.listeners, [], name);
    assert.ok(env.sockets.every(({ onopen, onclose, onmessage }) => !(onopen || onclose || onmessage)), name);
    assert.equal(told.filter((what) => what === "lost").length, told.includes("open") ? 1 : 0, name);
    env.clock.turn(600_000);
    assert.equal(env.sockets.length, sockets, name);
  }
});

Deno.test("SyncLine: stopped by whoever hears that the line is lost, it plans nothing", () => {
  const env = new FakeSyncEnvironment();
  const engine: Engine = { open: () => {}, receive: () => {}, lost: () => line.stop() };
  const connect = () => env.connect("wss://shop.test/sync", { protocols: [], headers: undefined });
  const line = new SyncLine(engineEnd(engine, env.clock, () => {}), { connect, probe }, env);
  env.socket.open();
  env.socket.fail(1006);
  assert.equal(env.clock.waiting, 0);
  assert.deepEqual(env.listeners, []);
});

Deno.test("SyncLine: what the first socket throws is the caller's, and nothing is left", () => {
  const env = new FakeSyncEnvironment();
  env.refusal = new TypeError("no headers");
  assert.throws(() => setUp(env), env.refusal);
  assert.equal(env.clock.waiting, 0);
  assert.deepEqual(env.listeners, []);
});

/** Things that happen to a line. */
const event = fc.oneof(
  fc.constantFrom(
    "open",
    "say",
    "send",
    "isBehind",
    "clog",
    "drain",
    "pagehide",
    "pageshow",
    "online",
    "look",
  ),
  fc.record({ fail: fc.constantFrom(0, 1000, 1006, 1008, 1009, 1011, 1012, 1013, 4002) }),
  fc.record({ turn: fc.constantFrom(0, 10, 300, 1000, 10_000, 30_000, 60_000) }),
  fc.record({ close: fc.constantFrom(1000, 1008, 1013, 4000) }),
);

Deno.test("SyncLine: whatever happens, it has one socket or one plan, comes and goes in turn, and ends whole", () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (events, chance) => {
        const { env, line, told, transport } = setUp();
        env.chance = chance;
        let isAsleep = false;
        const opened = new Set<FakeSyncSocket>();
        const isLive = ({ onclose }: FakeSyncSocket) => onclose !== null;
        for (const what of events) {
          const { socket } = env;
          if (typeof what !== "string") {
            if ("fail" in what) socket.fail(what.fail);
            else if ("turn" in what) env.clock.turn(what.turn);
            else transport()?.close(what.close, "");
          } else if (what === "open") {
            if (isLive(socket) && !opened.has(socket)) opened.add(socket), socket.open();
          } else if (what === "say") socket.say({});
          else if (what === "send") { for (let i = 0; i < 900; i++) transport()?.send("{}"); }
          else if (what === "isBehind") transport()?.isBehind(() => {});
          else if (what === "clog") socket.bufferedAmount = 2 * Most.watermark;
          else if (what === "drain") socket.bufferedAmount = 0;
          else if (what === "look") env.tell("visibilitychange");
          else env.tell(what, { persisted: true });
          if (what === "pagehide") isAsleep = true;
          if (what === "pageshow" || what === "online" || what === "look") isAsleep = false;

          assert.ok(env.sockets.filter(isLive).length <= 1);
          assert.ok(env.sockets.every((socket) => isLive(socket) || socket.closed !== undefined));
          if (!isAsleep && !isLive(env.socket)) assert.equal(env.clock.waiting, 1, "the plan");
          if (isAsleep) assert.equal(env.clock.waiting, 0);
        }
        const turns = told.filter((what) => what === "open" || what === "lost");
        assert.deepEqual(turns, turns.map((_, i) => i % 2 ? "lost" : "open"));
        line.stop();
        assert.equal(env.clock.waiting, 0);
        assert.deepEqual(env.listeners, []);
        assert.ok(env.sockets.every((socket) => !isLive(socket)));
      },
    ),
    { numRuns: 300 },
  );
});
