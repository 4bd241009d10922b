import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { buildClient } from "../../cli/build_client.ts";
import { clientHash, clientScript } from "../../server/page/client_script.ts";

// esbuild's process outlives `stop` by a moment, which the sanitizers would call a leak.
Deno.test({
  name: "buildClient: the committed script is what the sources give",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const [first, second] = [await buildClient(), await buildClient()];
    assert.equal(first.module, second.module);
    const committed = await Deno.readTextFile(new URL("../../server/page/client_script.ts", import.meta.url));
    assert.equal(committed, first.module, "run `deno run -A cli/build_client.ts`");
    assert.equal(first.code, clientScript);
  },
});

Deno.test("clientScript: at most 8 KB, gzipped, under its own hash", async () => {
  const bytes = new TextEncoder().encode(clientScript);
  const size = gzipSync(bytes, { level: 9 }).length;
  const text = `client: ${bytes.length} bytes, ${size} gzipped\n`;
  await Deno.stdout.write(new TextEncoder().encode(text));
  assert.ok(size <= 8 * 1024, text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  assert.equal(digest.toHex().slice(0, 12), clientHash);
});
