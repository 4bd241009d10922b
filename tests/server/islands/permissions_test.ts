import assert from "node:assert/strict";
import { build } from "../../../cli/build.ts";
import { readManifest, runDeno } from "../../project.ts";
import { counterIsland, islandProject } from "../../islands/project.ts";

/** Serves itself, and says what came. */
const main = `
import { App } from "@argyle/real";
import Counter from "./islands/counter.tsx";
const app = new App({ log: { info() {}, warn: console.log, error: console.log } });
app.page("/", () => "Hello " + typeof Counter);
await using server = await app.listen({ port: 0 });
for (const path of ["", ...Deno.args]) {
  const response = await fetch(new URL(path, server.url));
  console.log(response.status, response.headers.get("cache-control"), (await response.text()).length > 20);
}
Deno.exit(0);
`;

Deno.test({
  name: "islands that were built are served without a process, and without leave to write or to run",
  sanitizeOps: false, // esbuild's process outlives its end by a moment
  sanitizeResources: false,
  async fn() {
    const { imports, exports } = await readManifest();
    const root = new URL("../../../", import.meta.url);
    await using project = await islandProject({ "main.tsx": main, "islands/counter.tsx": counterIsland }, {
      imports: { ...imports, "@argyle/real": new URL(exports["."]!, root).href },
      unstable: ["kv"],
    });
    await build([`${project.path}/main.tsx`]);
    const { islands } = JSON.parse(await Deno.readTextFile(new URL("_build/manifest.json", project.url)));
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-lock",
        "--no-prompt",
        "--allow-net=127.0.0.1",
        "--allow-read=_build",
        "main.tsx",
        `_argyle/islands/${islands["islands/counter.tsx"]}`,
        "_argyle/islands/x.js",
      ],
      cwd: project.path,
      env: { NO_COLOR: "1" },
      stdin: "null",
    });
    const { stdout, stderr } = await command.output();
    const text = new TextDecoder();
    assert.deepEqual(text.decode(stdout).trim().split("\n"), [
      "200 private, no-store true",
      "200 public, max-age=31536000, immutable true",
      "404 no-store true",
    ], text.decode(stderr));
  },
});

Deno.test("an app does not load what bundles: neither esbuild nor the bundler is in its graph", async () => {
  const { success, stdout, stderr } = await runDeno(["info", "--json", "--no-lock", "mod.ts"]);
  assert.ok(success, stderr);
  const modules: {
    specifier: string;
    dependencies?: { specifier: string; code?: { specifier: string } }[];
  }[] = JSON.parse(stdout).modules;
  const loaded = modules.flatMap(({ dependencies = [] }) =>
    dependencies.flatMap(({ code }) => code === undefined ? [] : [code.specifier])
  );
  assert.ok(loaded.some((url) => url.endsWith("server/islands/fresh.ts")));
  assert.deepEqual(loaded.filter((url) => /esbuild|islands\/bundle/.test(url)), []);
});
