import assert from "node:assert/strict";
import type { Bus } from "@argyle/argyle";
import { nats } from "@argyle/argyle/nats";
import { headers } from "@nats-io/transport-node";
import { placeOf } from "../../../server/engine/_nats_line.ts";
import { Parts, tokenOf } from "../../../server/engine/_nats_parts.ts";
import { type Bucket, Ear, GAP, natsBucket, startNats, withNats } from "../../helpers/nats.ts";

const MIB = 1024 * 1024;

function withBucket(title: string, run: (bucket: Bucket) => Promise<void>): void {
  Deno.test({
    name: `nats bus: ${title}`,
    timeout: 60_000,
    async fn() {
      const bucket = await natsBucket();
      try {
        await run(bucket);
      } finally {
        await bucket.close();
      }
    },
  });
}

async function say(bus: Bus, ...texts: readonly string[]): Promise<void> {
  await bus.publish({ channel: "shop", messages: texts.map((text) => ({ topic: "t", text })) });
}

async function stored({ askBus }: Bucket): Promise<number> {
  return ((await askBus("INFO")).state as { last_seq: number }).last_seq;
}

/** What somebody else writes into the stream. */
function forge({ connection, name }: Bucket, data: string | Uint8Array, part?: string): void {
  const own = headers();
  if (part !== undefined) own.set("Argyle-Part", part);
  connection.publish(`${name}-bus.${tokenOf("shop")}`, data, { headers: own });
}

await withNats("nats bus: hostile input", () => {
  withBucket("what no bus has written is dropped, without a gap", async (bucket) => {
    await using ear = await Ear.at(bucket.bus);
    for (
      const data of [
        "",
        "x",
        "[",
        "null",
        "1",
        '"t"',
        "{}",
        '{"length":1}',
        '["t","x"]',
        "[[]]",
        "[1]",
        "[[1,2]]",
        '[["t"]]',
        '[["t","x","y"]]',
        '[["t","x"],null]',
        '[{"0":"t","1":"x","length":2}]',
        `[["${"t".repeat(513)}","x"]]`,
        "[".repeat(MIB - 1000),
        "x".repeat(MIB - 1000),
        Uint8Array.of(0x5b, 0x5b, 0x22, 0xff, 0x22, 0x2c, 0x22, 0x22, 0x5d, 0x5d),
        crypto.getRandomValues(new Uint8Array(1000)),
      ]
    ) {
      forge(bucket, data);
    }
    const good = '[["t","no"]]';
    for (
      const part of [
        "x",
        "a",
        "a 0",
        "a 0 0",
        "a 1 1",
        "a 2 1",
        "a 1 2",
        "a -1 2",
        "a 0 1 2",
        "a 0 1e1",
        "é 0 1",
      ]
    ) {
      forge(bucket, good, part);
    }
    for (const part of ["a 0 99999999999999999999", `${"a".repeat(65)} 0 1`, "  0 1"]) {
      forge(bucket, good, part);
    }
    forge(bucket, "[]");
    bucket.connection.publish(`${bucket.name}-bus.a.b.c`, good);
    bucket.connection.publish(`${bucket.name}-bus.shop`, good);
    await say(bucket.bus, "end");
    assert.deepEqual(await ear.upTo("end"), ["end"]);
  });

  withBucket("parts that make too much, or too many, are given up with a gap", async (bucket) => {
    await using ear = await Ear.at(bucket.bus);
    const part = "x".repeat(MIB - 1000);
    for (let i = 0; i < 10; i++) forge(bucket, part, `large ${i} 10`);
    await say(bucket.bus, "one");
    assert.deepEqual(await ear.upTo("one"), [GAP, "one"]);
    for (let i = 0; i < 65; i++) forge(bucket, part.slice(0, 10), `many${i} 0 2`);
    await say(bucket.bus, "two");
    assert.deepEqual(await ear.upTo("two"), [GAP, "two"]);
    for (let i = 0; i < 40; i++) forge(bucket, part, `heavy${i} 0 2`);
    await say(bucket.bus, "three");
    const heard = await ear.upTo("three");
    assert.ok(heard.length > 8 && heard.slice(0, -1).every((text) => text === GAP));
  });

  withBucket("parts that are said twice, or skipped", async (bucket) => {
    await using ear = await Ear.at(bucket.bus);
    for (
      const [data, part] of [['[["t",', "a 0 3"], ['[["t",', "a 0 3"], ['"x"', "a 1 3"], [
        "]]",
        "a 2 3",
      ]] as const
    ) {
      forge(bucket, data, part);
    }
    assert.deepEqual(await ear.upTo("x"), ["x"]);
    forge(bucket, '[["t",', "b 0 3");
    forge(bucket, "]]", "b 2 3");
    forge(bucket, '"y"', "b 1 3");
    await say(bucket.bus, "end");
    assert.deepEqual(await ear.upTo("end"), [GAP, "end"]);
  });

  withBucket("hostile channels are channels like others, and never meet", async ({ bus }) => {
    const channels = [
      "*",
      ">",
      "a.*",
      "a.>",
      "a.b",
      "a b",
      "a\tb",
      "a\r\nb",
      "",
      " ",
      ".",
      "..",
      "$JS.API.>",
      "=",
      "==",
      "=002e",
      "a",
      "A",
      "\0",
      "ü",
      "u\u0308",
      "\ud800",
      "\udfff",
      "\ufffd",
      "__proto__",
      "k".repeat(1000),
    ]; // deno-fmt-ignore
    const ears = await Promise.all(channels.map((channel) => Ear.at(bus, channel)));
    for (const [at, channel] of channels.entries()) {
      await bus.publish({ channel, messages: [{ topic: "t", text: `${at}` }] });
    }
    for (const channel of channels) await bus.publish({ channel, messages: [{ topic: "t", text: "end" }] });
    for (const [at, ear] of ears.entries()) {
      assert.deepEqual(await ear.upTo("end"), [`${at}`, "end"]);
      await ear[Symbol.asyncDispose]();
    }
    for (const channel of ["k".repeat(1100), "ü".repeat(300)]) {
      await assert.rejects(() => Ear.at(bus, channel), { name: "RangeError" });
      await assert.rejects(() => bus.publish({ channel, messages: [] }), { name: "RangeError" });
    }
  });

  withBucket("what is too large is refused before anything is sent", async (bucket) => {
    const { bus } = bucket, before = await stored(bucket);
    const publish = (topic: string, ...texts: string[]) =>
      bus.publish({ channel: "shop", messages: texts.map((text) => ({ topic, text })) });
    for (
      const texts of [["x".repeat(8 * MIB)], ["x".repeat(5 * MIB), "x".repeat(5 * MIB)], [
        "ü".repeat(5 * MIB),
      ]]
    ) {
      await assert.rejects(() => publish("t", "small", ...texts), {
        name: "RangeError",
        message: /^Cannot publish \d+ bytes at once: 8388608 is the limit\. /,
      });
    }
    await assert.rejects(() => publish("\0".repeat(513), "x"), { name: "RangeError" });
    await publish("t");
    assert.equal(await stored(bucket), before);
  });

  withBucket(
    "what the server refuses is an error at once, and what comes behind it is published",
    async (bucket) => {
      const { config } = await bucket.askBus("INFO") as { config: object };
      await bucket.askBus("UPDATE", { ...config, max_msg_size: 200 });
      await using ear = await Ear.at(bucket.bus);
      const refused = say(bucket.bus, "x".repeat(300)),
        fits = new Promise((resolve) => setTimeout(resolve))
          .then(() => say(bucket.bus, "fits"));
      await assert.rejects(refused, {
        message:
          "Cannot publish to NATS: NATS did not store it: message size exceeds maximum allowed (10054).",
      });
      await fits;
      assert.deepEqual(await ear.upTo("fits"), ["fits"]);
    },
  );

  withBucket("what waits has a limit", async ({ bus }) => {
    const all = Array.from(
      { length: 9 },
      (_, i) => say(bus, `${i}`.padEnd(7.9 * MIB)).then(() => "", String),
    );
    const answers = await Promise.all(all);
    assert.deepEqual(answers.slice(0, 8).filter((text) => text !== ""), []);
    assert.match(answers[8]!, /^Error: Cannot publish to NATS: \d+ bytes wait for it already/);
    await say(bus, "after");
  });

  withBucket("eight megabytes arrive whole, whatever is published beside them", async (bucket) => {
    const connection = await bucket.connect();
    try {
      const { bus: other } = await nats(connection, { headers, bucket: bucket.name });
      await using ear = await Ear.at(bucket.bus);
      const large = (text: string) => text.repeat(7.9 * MIB);
      await Promise.all([
        say(other, "o1", large("o"), "o3"),
        say(bucket.bus, "b1", large("b"), "b3"),
        say(bucket.bus, "b4"),
        say(other, "o4"),
      ]);
      await say(other, "end");
      const heard = (await ear.upTo("end")).map((text) => text.length > 9 ? `${text[0]}2` : text);
      for (const name of ["o", "b"]) {
        const own = heard.filter((text) => text.startsWith(name));
        assert.deepEqual(own, [1, 2, 3, 4].map((number) => `${name}${number}`));
        const at = heard.indexOf(`${name}1`);
        assert.deepEqual(heard.slice(at, at + 3), own.slice(0, 3), "together");
      }
    } finally {
      await connection.close();
    }
  });

  Deno.test({ name: "nats bus: parts of a small server", timeout: 60_000, fn: parts });
});

async function parts(): Promise<void> {
  await using server = await startNats("max_payload: 2048");
  const bucket = await natsBucket({ servers: server.options.servers }), connection = await bucket.connect();
  try {
    const { bus: other } = await nats(connection, { headers, bucket: bucket.name });
    await using ear = await Ear.at(bucket.bus);
    const long = (text: string) => text.padEnd(5_000);
    await Promise.all(
      [bucket.bus, other].flatMap((bus, of) =>
        Array.from({ length: 50 }, (_, i) => say(bus, `${of} ${i}`, long(`${of} ${i}.`)))
      ),
    );
    const heard = (await ear.until((heard) => heard.length === 200)).map((text) => text.trim());
    for (const  of of[0, 1]) {
      const own = heard.filter((text) => text.startsWith(`${of} `));
      assert.deepEqual(own, Array.from({ length: 50 }, (_, i) => [`${of} ${i}`, `${of} ${i}.`]).flat());
    }
    // A part that is gone takes its publication with it, and says so.
    ear.heard.length = 0;
    await say(bucket.bus, "before");
    await connection.request(
      `$JS.API.STREAM.UPDATE.${bucket.name}-bus`,
      JSON.stringify({
        ...(await bucket.askBus("INFO")).config as object,
        max_msgs: 3,
      }),
    );
    await say(other, long("x"), "y");
    await say(bucket.bus, "after");
    const last = (await ear.upTo("after")).map((text) => text.trim());
    assert.ok(last.includes("y") === last.includes("x"));
    assert.ok(last.includes("y") || last.includes(GAP));
  } finally {
    await connection.close();
    await bucket.connection.close();
  }
}

Deno.test("nats bus: parts of which the last does not come are given up after a while, unless nothing came at all", () => {
  const lost: string[] = [];
  const parts = new Parts((token) => lost.push(token));
  const bytes = new TextEncoder().encode("x");
  parts.add("a", "1 0 2", bytes, 0);
  parts.add("b", "1 0 2", bytes, 10_000);
  parts.expire(14_999);
  assert.deepEqual(lost, []);
  parts.expire(15_000);
  assert.deepEqual(lost, ["a"]);
  parts.touch(100_000);
  parts.expire(100_001);
  assert.deepEqual(parts.add("b", "1 1 2", bytes, 100_002)?.length, 2);
  assert.equal(parts.add("a", "1 1 2", bytes, 100_003), undefined);
  parts.expire(1_000_000);
  assert.deepEqual(lost, ["a"]);
});

Deno.test("nats bus: the place of a message, as servers write it", () => {
  const place = { place: { seq: 7, stamp: "1700" }, number: 3 };
  assert.deepEqual(placeOf("$JS.ACK.s.c.1.7.3.1700.0", "c"), place);
  assert.deepEqual(placeOf("$JS.ACK.domain.account.s.c.1.7.3.1700.0", "c"), place);
  assert.deepEqual(placeOf("$JS.ACK._.account.s.c.1.7.3.1700.0.token", "c"), place);
  for (
    const reply of [undefined, "", "$JS.ACK.", "$JS.ACK.s.c", "$JS.FC.s.c.x", "$JS.ACK.s.other.1.7.3.1700.0"]
  ) {
    assert.equal(placeOf(reply, "c"), undefined);
  }
});
