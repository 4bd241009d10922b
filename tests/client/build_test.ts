import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { buildClient } from "../../cli/build_client.ts";
import { clientHash, clientScripts } from "../../server/page/client_script.ts";
import { devScripts } from "../../server/page/dev_scripts.ts";

// esbuild's process outlives `stop` by a moment, which the sanitizers would call a leak.
Deno.test({
  name: "buildClient: the committed scripts are what the sources give",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const [first, second] = [await buildClient(), await buildClient()];
    assert.equal(first.module, second.module);
    assert.equal(first.devModule, second.devModule);
    const read = (name: string) =>
      Deno.readTextFile(new URL(`../../server/page/${name}.ts`, import.meta.url));
    const hint = "run `deno run -A cli/build_client.ts`";
    assert.equal(await read("client_script"), first.module, hint);
    assert.equal(await read("dev_scripts"), first.devModule, hint);
    assert.deepEqual(first.scripts, clientScripts);
    assert.deepEqual(first.devScripts, devScripts);
  },
});

/** Bytes of a script as it is sent. */
function zipped(code: string): number {
  return gzipSync(new TextEncoder().encode(code), { level: 9 }).length;
}

Deno.test("clientScripts: what every page carries has at most 8 KB, gzipped; all but those that stand alone, as one, 20", () => {
  const sizes = Object.entries(clientScripts).map(([name, code]) => [name, zipped(code)] as const);
  const most: Record<string, number> = {
    client: 8192,
    rest: 4096,
    patches: 4096,
    care: 2048,
    navigation: 4224, // history, focus, head and prefetch are most of it; 3,072 were planned
    operations: 2700,
    islands: 1350,
    sync: 10_240,
    groups: 6144,
    events: 3584, // the line alone, as SockSync has it, has 1,479; 3,072 were planned
    api: 2048,
    stimulus: 4096,
    console: 4096,
  };
  for (const [name, size] of sizes) assert.ok(size <= most[name]!, `${name} has ${size} bytes, gzipped.`);
  // They are served one by one, each to pages that need it: docs/decisions/008-scripts.md has the sum. SockSync and typed
  // events stand alone, for pages without the framework too, and the console is for developers: they are no part of it.
  // Nor is navigation, which is loaded when a page is there already and can be used; what brings islands to life is held to
  // 12 KB with what they themselves need: tests/islands/size_test.ts.
  const {
    sync: _sync,
    groups: _groups,
    events: _events,
    console: _console,
    navigation: _navigation,
    islands: _islands,
    ...others
  } = clientScripts;
  const all = zipped(Object.values(others).join(""));
  assert.ok(all <= 20 * 1024, `All have ${all} bytes.`);
});

Deno.test("clientScripts: one imports another under the name by which it is served", () => {
  for (const [name, code] of Object.entries(clientScripts)) {
    const imports = [...code.matchAll(/[}*] ?from ?"([^"]+)"/g)].map(([, path]) => path);
    // Those that stand alone are for pages that have none of the others.
    const isAlone = ["client", "sync", "groups", "events", "console"].includes(name);
    const needed = [
      ...isAlone ? [] : ["client"],
      ...name === "api" ? ["events", "sync"] : name === "groups" ? ["sync"] : [],
    ];
    assert.deepEqual([...new Set(imports)].sort(), needed.map((name) => `./${name}-${clientHash}.js`), name);
  }
});

Deno.test("devScripts: each stands alone, has a budget, and can be written into a page", () => {
  const most: Record<string, number> = { dev: 6144, log: 1024, panel: 6656 };
  for (const [name, code] of Object.entries(devScripts)) {
    assert.ok(zipped(code) <= most[name]!, `${name} has ${zipped(code)} bytes, gzipped.`);
    assert.doesNotMatch(code, /\bimport\b|\bfrom ?"|<\/script/i, name);
  }
});
