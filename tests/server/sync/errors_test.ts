import assert from "node:assert/strict";
import { action, anyone, App, HttpError } from "@argyle/argyle";
import { defaultLimits } from "@argyle/argyle/protocol";
import type { SyncPeer, Variable } from "@argyle/argyle/socksync";
import { FakeClock } from "@argyle/argyle/testing";
import type { SyncContext } from "@argyle/argyle/types";
import { z } from "zod";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { Hand, until } from "../../helpers/sync.ts";
import { start } from "./_process.ts";

const path = "/sync", secret = "canary-5f3a";

/** What is answered to a call of each, and what the log has by then. */
async function answers(env: Record<string, string>, hostname = "127.0.0.1") {
  await using server = await start(env);
  await using hand = await Hand.open({ url: `http://${hostname}:${server.port}` }, { path, origin: null });
  const said: Record<string, string> = {};
  for (const name of ["fail", "refuse", "broken", "odd"]) {
    const answer = await hand.call(name, { secret }, name);
    assert.deepEqual([answer["func"], answer["error_code"], answer["id"]], ["error", 8, name]);
    said[name] = answer["message"] as string;
  }
  const invalid = await hand.call("fail", { secret: 5 });
  said["invalid"] = invalid["message"] as string;
  await server.stop("SIGTERM");
  return { said, log: server.said.join("\n") };
}

const reference = /^Something went wrong \(([0-9a-f]{8})\)\.$/;

timed(
  "T70: of what a function throws a peer is told what was meant for it; the rest is in the log",
  async () => {
    const { said, log } = await answers({});
    assert.equal(said["refuse"], "Only 3 are left.");
    assert.equal(said["broken"], "The bank does not answer.");
    assert.match(said["invalid"]!, /^args is not valid: secret: /);
    for (
      const [name, texts] of [["fail", ["the detail", "the cause of 11"]], ["odd", [
        "a text, not an error",
      ]]] as const
    ) {
      const [, word] = reference.exec(said[name]!)!;
      const at = log.indexOf(`reference="${word}"`);
      assert.ok(at > 0, log);
      for (const text of texts) assert.ok(log.includes(text), text);
      assert.match(
        log,
        new RegExp(`a group has failed group="${name}" reference="${word}" request="[0-9a-f]{12}"`),
      );
    }
    assert.match(log, /The bank does not answer/);
    assert.doesNotMatch(log, /Only 3 are left/); // nobody has failed
    // What a stranger has sent is in no log.
    assert.ok(!log.includes(secret), log);
  },
);

timed("development: a developer at this machine is told what was thrown; nobody else is", async () => {
  const near = await answers({ ARGYLE_ENV: "development" });
  assert.equal(near.said["fail"], "the detail");
  assert.match(near.log, /a group has failed group="fail" reference="[0-9a-f]{8}"/);
  assert.ok(!near.log.includes(secret), near.log);
  const address = Deno.networkInterfaces().find(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  )?.address;
  if (address === undefined) return; // this machine has no other address
  const env = { ARGYLE_ENV: "development", HOSTNAME: "0.0.0.0" };
  assert.match((await answers(env, address)).said["fail"]!, reference);
});

timed(
  "functions: one that hangs is answered in time, and its signal says so; so is one whose peer goes",
  async () => {
    const clock = new FakeClock(), log = new MemoryLog(), signals: AbortSignal[] = [];
    const app = new App({ clock, log });
    const hang = (_input: unknown, { signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new HttpError(499, "Nobody waits.")));
      });
    };
    app.sync(path, {
      slow: action(z.object({}), hang),
      brief: action(z.object({}), hang, { timeout: 50 }),
    }, { authorize: anyone });
    await using server = await app.listen({ port: 0 });
    const hand = await Hand.open(server, { path });
    hand.subscribe({ slow: "function", brief: "function" });
    hand.send(...["slow", "brief"].map((name) => ({ func: "call", type: "function", name, id: name })));
    await until(() => signals.length === 2);
    clock.turn(50);
    assert.match((await hand.next())["message"] as string, /The call of brief took longer than 50 ms\./);
    clock.turn(defaultLimits.reflex);
    assert.match((await hand.next())["message"] as string, /The call of slow took longer than 10000 ms\./);
    assert.deepEqual(signals.map(({ reason }) => reason.name), ["TimeoutError", "TimeoutError"]);
    hand.send({ func: "call", type: "function", name: "slow", id: 3 });
    await until(() => signals.length === 3);
    await hand[Symbol.asyncDispose]();
    await until(() => signals[2]!.aborted);
    assert.equal(signals[2]!.reason.name, "AbortError");
    assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
  },
);

timed(
  "functions: that their peer has gone is no fault of theirs; what else they throw then is in the log",
  async () => {
    const log = new MemoryLog(), app = new App({ log });
    let begun = 0;
    const aborted = async (signal: AbortSignal) => {
      begun++;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    };
    app.sync(path, {
      heedful: action(z.object({}), async (_input, { signal }: SyncContext) => {
        await aborted(signal);
        signal.throwIfAborted();
      }),
      asking: action(z.object({}), async (_input, { peer }: SyncContext) => {
        begun++;
        return await (peer as SyncPeer<{ theirs: Variable<number> }>).variable("theirs").get();
      }),
      broken: action(z.object({}), async (_input, { signal }: SyncContext) => {
        await aborted(signal);
        throw new TypeError("This is a fault.");
      }),
    }, { authorize: anyone });
    await using server = await app.listen({ port: 0 });
    const hand = await Hand.open(server, { path });
    for (const name of ["heedful", "asking", "broken"]) {
      hand.subscribe({ [name]: "function" });
      hand.send({ func: "call", type: "function", name, id: name });
    }
    await until(() => begun === 3);
    await hand[Symbol.asyncDispose]();
    const errors = () => log.lines.filter((line) => line.startsWith("error"));
    await until(() => errors().some((line) => line.includes("This is a fault.")));
    assert.equal(errors().length, 1, errors().join("\n"));
  },
);

timed(
  "functions: a result that cannot be sent, or that its schema refuses, is the server's own error",
  async () => {
    const log = new MemoryLog(), app = new App({ log });
    const output = z.object({ name: z.string() });
    app.sync(path, {
      big: action(z.object({}), () => 1n),
      secret: action(z.object({}), () => ({ name: 5 as unknown as string, password: "canary" }), { output }),
      fine: action(z.object({}), () => ({ name: "Ann", password: "canary" }), { output }),
      nothing: action(z.object({}), () => {}),
    }, { authorize: anyone });
    await using server = await app.listen({ port: 0 });
    await using hand = await Hand.open(server, { path });
    assert.match((await hand.call("big"))["message"] as string, reference);
    const refused = JSON.stringify(await hand.call("secret"));
    assert.match(refused, /Something went wrong/);
    assert.doesNotMatch(refused, /canary/);
    assert.deepEqual((await hand.call("fine"))["value"], { name: "Ann" });
    assert.equal("value" in await hand.call("nothing"), false);
    assert.equal(log.lines.filter((line) => line.startsWith("error")).length, 2);
    assert.doesNotMatch(log.lines.join("\n"), /canary/);
  },
);
