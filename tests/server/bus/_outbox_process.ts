// deno-lint-ignore-file no-console -- its output is what the test waits for
/**
 * A process that commits to Redis, and whose bus never answers: `deno run -A _outbox_process.ts URL PREFIX SECRET`.
 *
 * @module
 */

import { memory } from "@argyle/argyle/memory";
import { systemClock } from "@argyle/argyle/protocol";
import { redis } from "@argyle/argyle/redis";
import { createClient } from "redis";
import { Outbox } from "../../../server/bus/outbox.ts";
import { consoleLogger } from "../../../server/observe.ts";
import { Macs } from "../../../server/seal/macs.ts";
import { readSecrets } from "../../../server/seal/secrets.ts";
import { SealedStore } from "../../../server/session/sealed_store.ts";

const [url = "", prefix = "", secret = ""] = Deno.args;
const client = await createClient({ url }).connect();
const store = new SealedStore(redis(client, { prefix }).store, "shop/", new Macs(readSecrets(secret)));
const { bus } = memory();
const outbox = new Outbox(store, { ...bus, listen: bus.listen, publish: () => new Promise(() => {}) }, {
  app: "shop/",
  clock: systemClock,
  log: consoleLogger,
});
for (const text of ["1", "2", "3"]) {
  const expiresAt = Date.now() + 600_000;
  await outbox.commit([], [{ key: `k${text}`, value: "1", expiresAt }], {
    channel: "shop",
    messages: [{ topic: "a", text }],
  });
}
console.log("committed");
