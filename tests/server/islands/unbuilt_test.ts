import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { register } from "../../../islands/placing.ts";
import { FreshIslands } from "../../../server/islands/fresh.ts";
import { MemoryLog } from "../../helpers/peer.ts";
import { counterIsland, islandProject } from "../../islands/project.ts";

Deno.test({
  name:
    "islands that nobody has built are bundled once, small and without maps, and the operator hears of it",
  sanitizeOps: false, // esbuild's process outlives its end by a moment
  sanitizeResources: false,
  async fn() {
    await using project = await islandProject({ "islands/one.tsx": counterIsland });
    const island = project.of("islands/one.tsx"), log = new MemoryLog();
    register(island);
    const names = new FreshIslands({ development: false, log });
    const name = `${names.moduleOf(island)}.js`;
    assert.equal(
      `${new FreshIslands({ development: false, log }).moduleOf(island)}.js`,
      name,
      "on every isolate",
    );

    await using app = new App({ log: new MemoryLog() });
    const response = await app.fetch(new Request(`http://127.0.0.1/_argyle/islands/${name}`));
    assert.equal(response.status, 200, "also where no page has shown it since the start");
    assert.equal(response.headers.get("cache-control"), "no-cache");
    assert.match(await response.text(), /mount/);

    const file = (await names.file(name, false))!;
    const code = new TextDecoder().decode(file.bytes);
    assert.ok(!code.includes("sourceMappingURL") && !code.includes("\n  "));
    assert.ok(!file.immutable);
    assert.deepEqual(log.lines, [
      "warn the islands were not built, and are bundled now; `deno task build` does it before the start {}",
    ]);

    await project.write("islands/two.tsx", `import "node:fs";\n${counterIsland}`);
    register(project.of("islands/two.tsx"));
    const second = `${names.moduleOf(project.of("islands/two.tsx"))}.js`;
    for (let i = 0; i < 3; i += 1) {
      await assert.rejects(names.file(second, false), {
        message: "This island could not be bundled.",
        status: 500,
      });
    }
    assert.ok(await names.file(name, false), "the other one is not to blame");
    assert.equal(
      log.lines.filter((line) => line.startsWith("error the islands could not be bundled")).length,
      1,
    );
    assert.match(log.lines.at(-1)!, /islands\/two\.tsx → node:fs/);
  },
});
