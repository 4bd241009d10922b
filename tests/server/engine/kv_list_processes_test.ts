/** Two processes with one list in a file of Deno KV, and one that is killed while it writes. */
import assert from "node:assert/strict";
import { kvList, openKv } from "@argyle/argyle/kv";
import { systemClock } from "@argyle/argyle/protocol";
import { bucketSize } from "../../../server/engine/_kv_list_buckets.ts";
import { GONE_AFTER } from "../../../server/engine/_kv_list_replace.ts";
import type { ListChange } from "../../../server/engine/kv.ts";
import { temporaryFolder } from "../../helpers/folder.ts";
import { inspect, keysIn } from "../../helpers/kv_lists.ts";
import { change, round } from "./fixtures/kv_list_process.ts";

const fixture = new URL("./fixtures/kv_list_process.ts", import.meta.url).pathname;

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", fixture, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Asks until it is so, also while another process locks the file. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      if (await isSo()) return;
    } catch (error) {
      if (!/locked|busy/.test(String(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test({
  name: "kvList: two processes that change one list come one after the other",
  timeout: 60_000,
  async fn() {
    await using folder = await temporaryFolder({});
    const file = `${folder.path}/app.kv`, times = 150;
    using db = await openKv(file);
    const list = kvList<string>(db, ["list"]);
    await list.replace(["first"]);
    const child = start(file, "child", String(times));
    // They change it at the same time: this one begins when the other has.
    await until(async () => (await list.read(0, 0)).version > 1);
    const own = await change(db, "parent", times);
    const { stdout, success } = await child.output();
    assert.ok(success);
    const theirs: ListChange<string>[] = JSON.parse(new TextDecoder().decode(stdout));
    const all = [...own, ...theirs].sort((a, b) => a.version - b.version);
    assert.deepEqual(all.map(({ version }) => version), Array.from({ length: 2 * times }, (_, at) => at + 2));
    const items = ["first"];
    for (const step of all.flatMap(({ steps }) => steps ?? [])) {
      if (step.kind === "insert") items.splice(step.index, 0, step.value);
      else if (step.kind === "set") items[step.index] = step.value;
      else items.splice(step.index, 1);
    }
    assert.deepEqual((await list.read(0, 1000)).items, items);
    await inspect(db, bucketSize);
  },
});

Deno.test({
  name:
    "kvList.replace: a process that is killed while it writes leaves the list as it was, and what it leaves goes",
  timeout: 60_000,
  async fn() {
    await using folder = await temporaryFolder({});
    const file = `${folder.path}/app.kv`;
    const child = start(file, "child");
    const said = child.stdout.getReader();
    await said.read();
    using db = await openKv(file);
    const list = kvList<string>(db, ["list"]);
    await until(async () => (await keysIn(db)).some((key) => key[1] === "leavings"));
    child.kill("SIGKILL");
    await child.status;
    await said.cancel();
    const { version, items } = await list.read(0, 30_000);
    assert.deepEqual(items, round(version));
    await list.insert(0, "after");
    const later = { ...systemClock, now: () => Date.now() + GONE_AFTER + 1000 };
    await kvList<string>(db, ["list"], { clock: later }).replace(["new"]);
    await inspect(db, bucketSize);
  },
});
