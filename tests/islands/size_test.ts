import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { clientScripts } from "../../server/page/client_script.ts";
import { bundle } from "../helpers/islands.ts";

const zipped = (code: string) => gzipSync(new TextEncoder().encode(code), { level: 9 }).length;

// esbuild's process outlives `stop` by a moment, which the sanitizers would call a leak.
Deno.test({
  name:
    "islands: what they need, with Preact, its hooks and their props, has at most 12 KB on top of the client, gzipped",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { files, entries } = await bundle(["counter", "fold"]);
    const own = [...files].filter(([name]) => ![...entries.values()].includes(name));
    assert.ok(own.length > 0, "what they share is in chunks");
    const sizes = own.map(([name, code]) => [name, zipped(code)] as const);
    const all = zipped(clientScripts.islands) + sizes.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(all <= 12 * 1024, `${all} bytes: islands ${zipped(clientScripts.islands)}, ${sizes.join(" ")}`);
    // Of signals there is nothing where nobody uses them.
    assert.doesNotMatch(own.map(([, code]) => code).join(), /signals-core|Cycle detected/);
  },
});
