/** Two processes on one file of Deno KV: slow, for it is locked again and again, but nothing is lost. */
import assert from "node:assert/strict";
import { kv, openKv } from "@argyle/argyle/kv";
import { temporaryFolder } from "../../helpers/folder.ts";
import { increment } from "./fixtures/kv_thread.ts";

const fixture = new URL("./fixtures/kv_thread.ts", import.meta.url).pathname;

Deno.test({
  name: "kv: two processes that count in one file lose no increment",
  timeout: 60_000,
  async fn() {
    await using folder = await temporaryFolder({});
    const file = `${folder.path}/app.kv`, times = 300;
    using db = await openKv(file);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", fixture, file, "child", String(times)],
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    const { store } = kv(db);
    // They count at the same time: this one begins when the other has.
    while ((await store.get(["child"]))[0] === null) await new Promise((resolve) => setTimeout(resolve, 1));
    await increment(store, "parent", times);
    assert.ok((await child.status).success);
    const entries = await store.get(["count", "parent", "child"]);
    assert.deepEqual(entries.map((entry) => entry?.value), [String(2 * times), String(times), String(times)]);
  },
});
