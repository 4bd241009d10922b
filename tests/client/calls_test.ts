import assert from "node:assert/strict";
import { FakeEnvironment } from "./fakes.ts";
import { callsOver, Most } from "../../client/calls.ts";
import type { CallError } from "../../client/call_error.ts";
import { BURST, RATE } from "../../client/flow.ts";
import { defaultLimits, readClientFrame } from "../../protocol/mod.ts";

function setUp() {
  const env = new FakeEnvironment();
  const calls = callsOver(env.clock);
  const sent: string[] = [];
  const call = (target = "A#b", args: readonly (string | number)[] = [], element = {}) => {
    const outcome = calls.call(target, args, element);
    outcome.catch(() => {});
    return outcome;
  };
  return { env, calls, sent, call, send: (text: string) => void sent.push(text) };
}

const codeOf = (outcome: Promise<unknown>) => outcome.then(() => "none", (error: CallError) => error.code);

Deno.test("calls: the client's own limits stay within the server's", () => {
  assert.equal(Most.inFlight, defaultLimits.pendingPerVisit);
  assert.equal(Most.frame, defaultLimits.frame);
  assert.ok(BURST < defaultLimits.frameBurst);
  assert.ok(RATE < defaultLimits.framesPerSecond);
});

Deno.test("calls: a frame carries number, acknowledgement, arguments and element, and nothing that is empty", () => {
  const { calls, sent, call, send } = setUp();
  calls.online(send);
  call("A#a"), call("A#b", [1, "x"]), call("A#c", [], { v: "y" });
  calls.settle(1);
  call("A#d");
  calls.settle(3);
  call("A#e");
  calls.settle(2);
  call("A#f");
  assert.deepEqual(sent.map((text) => JSON.parse(text)), [
    ["call", 1, 0, "A#a"],
    ["call", 2, 0, "A#b", [1, "x"]],
    ["call", 3, 0, "A#c", [], { v: "y" }],
    ["call", 4, 1, "A#d"],
    ["call", 5, 1, "A#e"],
    ["call", 6, 3, "A#f"],
  ]);
  for (const text of sent) assert.equal(readClientFrame(text, defaultLimits)[0], "call");
});

Deno.test("calls: arguments are those of the moment of the call", () => {
  const { calls, sent, send } = setUp();
  const args = [1];
  calls.call("A#b", args, {}).catch(() => {});
  args.push(2);
  calls.online(send);
  assert.deepEqual(JSON.parse(sent[0]!)[4], [1]);
});

Deno.test("calls: at most 32 are under way, the rest wait their turn", () => {
  const { calls, sent, call, send } = setUp();
  calls.online(send);
  for (let i = 0; i < 40; i++) call();
  assert.equal(sent.length, Most.inFlight);
  calls.settle(5);
  assert.equal(sent.length, Most.inFlight + 1);
  assert.deepEqual(JSON.parse(sent.at(-1)!).slice(0, 3), ["call", 33, 0]);
});

Deno.test("calls: a flood leaves at the rate that the server allows", () => {
  const { env, calls, sent, call, send } = setUp();
  calls.online(send);
  for (let i = 0; i < 400; i++) call();
  let answered = 0;
  const answerAll = () => {
    while (answered < sent.length) calls.settle(++answered);
  };
  answerAll();
  assert.equal(sent.length, BURST);
  for (let ms = 0; ms < 1000; ms += 5) env.pass(5), answerAll();
  assert.ok(Math.abs(sent.length - BURST - RATE) <= 1, `${sent.length}`);
});

Deno.test("calls: a thousand wait, one more is refused at once", async () => {
  const { call } = setUp();
  for (let i = 0; i < Most.queued; i++) call();
  assert.equal(await codeOf(call()), "busy");
});

Deno.test("calls: a frame that the server would refuse for its size is not sent and takes no number", async () => {
  const { calls, sent, call, send } = setUp();
  calls.online(send);
  const large = call("A#b", ["€".repeat(Most.frame / 3)]);
  assert.equal(await codeOf(large), "too_large");
  call("A#c");
  assert.deepEqual(sent.map((text) => JSON.parse(text)), [["call", 1, 0, "A#c"]]);
});

Deno.test("calls: a second outcome changes nothing", async () => {
  const { calls, call, send } = setUp();
  calls.online(send);
  const outcome = call();
  calls.settle(1, "first");
  calls.settle(1, "second");
  calls.settle(99);
  assert.equal(await outcome, "first");
  assert.equal(calls.waiting(), false);
});
