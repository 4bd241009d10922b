import assert from "node:assert/strict";
import { App, Head } from "@argyle/argyle";
import { build } from "../../cli/build.ts";
import { MemoryLog } from "../helpers/peer.ts";
import { counterIsland, islandProject } from "../islands/project.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, says, serve } from "./serve.ts";

const shared = `
import { island } from "@argyle/argyle/islands";
import { reflex } from "@argyle/argyle/client";
import { signal } from "@preact/signals-core";
import { useState } from "preact/hooks";
const name = signal(typeof reflex);
export default island(import.meta.url, () => {
  const [count, setCount] = useState(0);
  return <button class="other" onClick={() => setCount(count + 1)}>{name.value}{" "}{count}</button>;
});
`;

browse(
  "island bundles: modules load under the page's policy, share one Preact, and import the client by name",
  async ({ page }) => {
    await using project = await islandProject({
      "main.tsx":
        'export { default as A } from "./islands/counter.tsx";\nexport { default as B } from "./islands/other.tsx";\n',
      "islands/counter.tsx": counterIsland,
      "islands/other.tsx": shared,
    });
    await build([`${project.path}/main.tsx`]);
    const manifest = JSON.parse(await Deno.readTextFile(new URL("_build/manifest.json", project.url)));
    await using app = new App({ islands: { build: new URL("_build/", project.url) }, log: new MemoryLog() });
    const [a, b] = ["counter", "other"].map((name) =>
      JSON.stringify(`/_argyle/islands/${manifest.islands[`islands/${name}.tsx`]}`)
    );
    const start = `
      const [{ mount: a }, { mount: b }] = await Promise.all([import(${a}), import(${b})]);
      globalThis.counter = a(document.querySelector("#a"), '{"from":1}', "hydrate");
      globalThis.other = b(document.querySelector("#b"), "{}", "render");
    `;
    app.route("/start.js", {
      GET: () => new Response(start, { headers: { "content-type": "text/javascript" } }),
    });
    app.page("/", () => (
      <main>
        <Head>
          <script type="module" src="/start.js" />
        </Head>
        <div id="a" data-reflex-permanent>
          <button class="count">clicks {1}</button>
        </div>
        <div id="b" data-reflex-permanent></div>
      </main>
    ));
    await using server = serve(app);
    await open(page, server.url);
    await says(page, "#b button", "function 0");
    await page.click("#b button");
    await says(page, "#b button", "function 1");
    await page.click("#a button");
    await says(page, "#a button", "clicks 2");
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
    );
    const files = loaded.filter((path) => path.startsWith("/_argyle/islands/"));
    assert.deepEqual(
      [...new Set(files)].sort(),
      Object.keys(manifest.files).map((name) => `/_argyle/islands/${name}`).sort(),
    );
    await page.evaluate(() => (globalThis as unknown as { counter: { unmount(): void } }).counter.unmount());
    await says(page, "#a", "");
    assertQuiet(page);
  },
);
