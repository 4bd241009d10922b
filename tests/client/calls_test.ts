import assert from "node:assert/strict";
import "./browser.ts";
import { FakeEnvironment } from "./fakes.ts";
import { callsOver, Most } from "../../client/calls.ts";
import type { ReflexError } from "../../client/reflex_error.ts";
import { BURST, RATE } from "../../client/flow.ts";
import { defaultLimits, readClientFrame } from "../../protocol/mod.ts";

function setUp() {
  const env = new FakeEnvironment();
  const calls = callsOver(env.clock);
  const sent: string[] = [];
  const told: string[] = [];
  const call = (target = "A#b", args: readonly (string | number)[] = [], element = {}) => {
    const outcome = calls.call(target, args, element, (stage) => told.push(`${target} ${stage}`));
    outcome.catch(() => {});
    return outcome;
  };
  return { env, calls, sent, told, call, send: (text: string) => void sent.push(text) };
}

const codeOf = (outcome: Promise<unknown>) => outcome.then(() => "none", (error: ReflexError) => error.code);

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
  calls.settle(false, 1);
  call("A#d");
  calls.settle(false, 3);
  call("A#e");
  calls.settle(false, 2);
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

Deno.test("calls: what waits is told to be queued, then delivered, each once, also when it is sent again", () => {
  const { calls, told, call, send } = setUp();
  call("A#a");
  assert.deepEqual(told, ["A#a queued"]);
  calls.online(send);
  call("A#b");
  calls.offline();
  calls.online(send);
  calls.settle(true, 2, 1);
  assert.deepEqual(told, ["A#a queued", "A#a delivered", "A#b delivered", "A#b nothing"]);
});

Deno.test("calls: at most 32 are under way, the rest wait their turn", () => {
  const { calls, sent, call, send } = setUp();
  calls.online(send);
  for (let i = 0; i < 40; i++) call();
  assert.equal(sent.length, Most.inFlight);
  calls.settle(false, 5);
  assert.equal(sent.length, Most.inFlight + 1);
  assert.deepEqual(JSON.parse(sent.at(-1)!).slice(0, 3), ["call", 33, 0]);
});

Deno.test("calls: a flood leaves at the rate that the server allows", () => {
  const { env, calls, sent, call, send } = setUp();
  calls.online(send);
  for (let i = 0; i < 400; i++) call();
  let answered = 0;
  const answerAll = () => {
    while (answered < sent.length) calls.settle(false, ++answered);
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
  calls.settle(false, 1, "first");
  calls.settle(false, 1, "second");
  calls.settle(false, 99);
  assert.equal(await outcome, "first");
  assert.equal(calls.waiting(), false);
});
