import assert from "node:assert/strict";
import type { Bus } from "@argyle/argyle";
import { nats } from "@argyle/argyle/nats";
import { connect, headers } from "@nats-io/transport-node";
import { Ear, natsBucket, startNats, withNats } from "../../helpers/nats.ts";

await withNats("nats bus: starts", () => {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `nats bus: ${title}`, timeout: 60_000, fn });
  test("a stream that serves something else is refused, other bounds are not", refusals);
  test("what a user must be permitted", permissions);
});

async function say(bus: Bus, ...texts: readonly string[]): Promise<void> {
  await bus.publish({ channel: "shop", messages: texts.map((text) => ({ topic: "t", text })) });
}

async function refusals(): Promise<void> {
  const bucket = await natsBucket();
  try {
    const start = (bucket_: string) => nats(bucket.connection, { headers, bucket: bucket_ });
    const { config } = await bucket.askBus("INFO") as { config: object };
    await bucket.askBus("UPDATE", { ...config, max_age: 0, max_msgs: 1000 });
    await start(bucket.name);
    for (
      const [name, wrong] of Object.entries({
        max_age: { max_age: 0, max_msgs: -1, max_bytes: -1 },
        max_msgs_per_subject: { max_msgs_per_subject: 5 },
        discard: { discard: "new" },
        no_ack: { no_ack: true },
        duplicate_window: { duplicate_window: 1_000_000_000 },
        subjects: { subjects: [`${bucket.name}-bus.>`, `${bucket.name}-x.>`] },
      })
    ) {
      await bucket.askBus("UPDATE", { ...config, ...wrong });
      await assert.rejects(
        () => start(bucket.name),
        new RegExp(
          `Cannot publish over the NATS stream ${bucket.name}-bus: its ${name} is .*Give another bucket`,
        ),
      );
    }
    // The store of a bucket that is called as if it were a bus.
    await bucket.askBus("DELETE");
    await bucket.askBus("CREATE", { ...config, max_age: 0, max_bytes: -1, max_msgs: -1 });
    await assert.rejects(() => start(bucket.name), /its max_age is 0/);
  } finally {
    await bucket.close();
  }
}

/** All that `docs/decisions/014-nats-bus.md` and the message of a failed start ask for. */
const permitted = [
  "shop.>",
  "$JS.API.STREAM.*.shop",
  "$JS.API.STREAM.MSG.*.shop",
  "shop-bus.>",
  "$JS.API.STREAM.INFO.shop-bus",
  "$JS.API.STREAM.CREATE.shop-bus",
  "$JS.API.CONSUMER.CREATE.shop-bus.>",
  "$JS.API.CONSUMER.DELETE.shop-bus.>",
  "$JS.FC.shop-bus.>",
];

async function permissions(): Promise<void> {
  const users = ["", ...permitted].map((missing, at) => {
    const publish = permitted.filter((subject) => subject !== missing).map((subject) => `"${subject}"`);
    return `{ user: u${at}, password: p, permissions: { publish: [${publish}], subscribe: ["_INBOX_u.>"] } }`;
  });
  await using server = await startNats(`authorization { users: [${users.join(", ")}] }`);
  const open = async (user: number, run: (bus: Bus) => Promise<void> = () => Promise.resolve()) => {
    const options = { user: `u${user}`, pass: "p", inboxPrefix: "_INBOX_u" };
    const connection = await connect({ ...server.options, ...options });
    try {
      await run((await nats(connection, { headers, bucket: "shop" })).bus);
    } finally {
      await connection.close();
    }
  };
  const megabytes = async (bus: Bus) => {
    await using ear = await Ear.at(bus);
    for (let i = 0; i < 20; i++) await say(bus, `${i}`.padEnd(200_000));
    const heard = await ear.until((heard) => heard.length === 20);
    assert.deepEqual(heard.map(Number), Array.from({ length: 20 }, (_, i) => i));
  };
  await open(0, megabytes);
  for (const [at, subject] of permitted.entries()) {
    if (subject.startsWith("$JS.FC.")) await open(at + 1, megabytes); // slowly, but all of it
    else if (subject.includes(".CREATE.shop") && subject.includes("STREAM")) await open(at + 1); // it is there
    else if (subject.includes("DELETE")) await open(at + 1); // the server ends it by itself
    else {await assert.rejects(
        () => open(at + 1),
        /Cannot keep state in NATS: .*\$JS\.FC\.shop-bus\.>/,
        subject,
      );}
  }
}
