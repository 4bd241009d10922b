import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { OnResolveArgs, OnResolveResult, PluginBuild } from "esbuild";
import { Finder } from "../../islands/bundle_plugin.ts";
import { counterIsland, islandProject } from "./project.ts";

/** What esbuild would call of a finder. */
function called(finder: Finder) {
  let start!: () => void, resolve!: (args: OnResolveArgs) => Promise<OnResolveResult>;
  void finder.plugin.setup(
    {
      onStart: (run: typeof start) => start = run,
      onResolve: (_: unknown, run: typeof resolve) => resolve = run,
      onLoad() {},
    } as unknown as PluginBuild,
  );
  const find = (path: string, importer: string) =>
    resolve({
      path,
      importer: fileURLToPath(importer),
      namespace: "file",
      resolveDir: "",
      kind: "import-statement",
      pluginData: undefined,
      with: {},
    });
  return { start: () => start(), find };
}

Deno.test("bundle: names that two modules name for the first time at once are found in both", async () => {
  const names = ["one", "two"];
  await using project = await islandProject(
    Object.fromEntries(names.flatMap((name) => [
      [`islands/${name}.tsx`, counterIsland],
      [`lib/${name}.ts`, "export {};\n"],
    ])),
    { imports: Object.fromEntries(names.map((name) => [`lib-${name}`, `./lib/${name}.ts`])) },
  );
  const islands = names.map((name) => project.of(`islands/${name}.tsx`));
  const { start, find } = called(new Finder(islands, project.url));
  start();
  await find("../lib/one.ts", islands[0]!);
  for (const name of names) {
    await project.write(`islands/${name}.tsx`, `import "lib-${name}";\n${counterIsland}`);
  }
  start();
  const found = await Promise.all(names.map((name, i) => find(`lib-${name}`, islands[i]!)));
  assert.deepEqual(
    found.map(({ path, errors }) => path ?? errors),
    names.map((name) => fileURLToPath(project.of(`lib/${name}.ts`))),
  );
});
