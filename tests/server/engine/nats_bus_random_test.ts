import assert from "node:assert/strict";
import type { Bus } from "@argyle/argyle";
import { nats } from "@argyle/argyle/nats";
import { connect, headers } from "@nats-io/transport-node";
import fc from "fast-check";
import { Ear, GAP, type OwnNats, startNats, withNats } from "../../helpers/nats.ts";
import { Proxy } from "../../helpers/proxy.ts";

/** Random runs; each takes some seconds, since a silence is one only after a while. */
const RUNS = Number(Deno.env.get("NATS_BUS_RUNS") ?? 3);

/** Something that happens; `who`: 0 is over a line that can go bad, 1 reaches the server directly. */
type Step =
  | {
    readonly what: "say";
    readonly who: 0 | 1;
    readonly topic: "a" | "b";
    readonly size: number;
    readonly count: number;
  }
  | { readonly what: "await" | "cut" | "away" | "back" | "freeze" | "thaw" | "restart" | "trim" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        what: fc.constant("say" as const),
        who: fc.constantFrom(0 as const, 1 as const),
        topic: fc.constantFrom("a" as const, "b" as const),
        size: fc.constantFrom(1, 1, 100, 5_000, 60_000),
        count: fc.integer({ min: 1, max: 20 }),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ what: "await" as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constantFrom("cut", "away", "back", "freeze", "thaw", "restart" as const),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ what: "trim" as const }) },
  ),
  { minLength: 5, maxLength: 25 },
);

await withNats("nats bus: random faults", () => {
  Deno.test({
    name: "nats bus: random publishers, cuts and restarts",
    timeout: 60_000 + RUNS * 60_000,
    fn: random,
  });
});

async function random(): Promise<void> {
  const property = fc.asyncProperty(steps, async (steps) => {
    await using server = await startNats("max_payload: 16384");
    await using proxy = new Proxy({ hostname: "127.0.0.1", port: server.port });
    const connections = await Promise.all(
      [proxy.port, server.port].map((port) => connect({ ...server.options, servers: `127.0.0.1:${port}` })),
    );
    try {
      const buses: Bus[] = [];
      for (const connection of connections) {
        buses.push((await nats(connection, { headers, bucket: "random" })).bus);
      }
      await using near = await Ear.at(buses[1]!), far = await Ear.at(buses[0]!);
      const said = await play(steps, buses, server, proxy, async () => {
        const { config } = (await connections[1]!.request("$JS.API.STREAM.INFO.random-bus")).json<
          { config: object }
        >();
        const smaller = JSON.stringify({ ...config, max_msgs: 20 });
        await connections[1]!.request("$JS.API.STREAM.UPDATE.random-bus", smaller);
      });
      // A line that was bad until now may take its time.
      for (const [who, bus] of buses.entries()) await untilSaid(bus, `end ${who}`);
      for (const ear of [near, far]) {
        await ear.until((heard) => heard.includes("end 0") && heard.includes("end 1"));
        check(ear.heard, said);
      }
    } finally {
      await Promise.all(connections.map((connection) => connection.close()));
    }
  });
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
}

/** @returns what was acknowledged, in the order in which it was said */
async function play(
  steps: readonly Step[],
  buses: readonly Bus[],
  server: OwnNats,
  proxy: Proxy,
  trim: () => Promise<void>,
): Promise<string[]> {
  const all: { text: string; done: Promise<boolean> }[] = [];
  for (const step of steps) {
    if (step.what === "say") {
      const { who, topic, size, count } = step;
      for (let i = 0; i < count; i++) {
        const text = `${who} ${topic} ${all.length} `, messages = [{ topic, text: text.padEnd(size, "x") }];
        const done = buses[who]!.publish({ channel: "shop", messages }).then(() => true, () => false);
        all.push({ text, done });
      }
    } else if (step.what === "await") await Promise.all(all.map(({ done }) => done));
    else if (step.what === "cut") proxy.cut();
    else if (step.what === "away") {
      proxy.refuse();
      proxy.cut();
    } else if (step.what === "back") proxy.accept();
    else if (step.what === "freeze") proxy.freeze();
    else if (step.what === "thaw") proxy.thaw();
    else if (step.what === "trim") await trim().catch(() => {}); // the server may be starting
    else {
      await server.kill();
      await server.restart();
    }
  }
  proxy.accept();
  proxy.thaw();
  const done = await Promise.all(all.map(({ done }) => done));
  return all.filter((_, at) => done[at]).map(({ text }) => text);
}

async function untilSaid(bus: Bus, text: string): Promise<void> {
  for (let tried = 0; tried < 5; tried++) {
    const isSaid = await bus.publish({ channel: "shop", messages: [{ topic: "end", text }] })
      .then(() => true, () => false);
    if (isSaid) return;
  }
  throw new Error("The bus did not come back.");
}

function check(heard: readonly string[], said: readonly string[]): void {
  const texts = heard.map((text) => text.replace(/x+$/, ""));
  const mayMiss = texts.includes(GAP);
  for (const stream of ["0 a", "0 b", "1 a", "1 b"]) {
    const own = texts.filter((text) => text.startsWith(stream));
    const numbers = own.map((text) => Number(text.split(" ")[2]));
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), `${stream} is heard in its order`);
    if (mayMiss) continue;
    assert.deepEqual(
      said.filter((text) => text.startsWith(stream) && !own.includes(text)),
      [],
      `${stream} is heard`,
    );
  }
}
