import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { Bundler } from "../../islands/bundle.ts";
import { projectOf } from "../../islands/bundle_project.ts";
import type { BundleError } from "../../islands/bundle_error.ts";
import { counterIsland, islandProject, type Project } from "./project.ts";

/** A test with a project; esbuild's process outlives its end by a moment, which the sanitizers would call a leak. */
function bundling(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `bundle: ${name}`, sanitizeOps: false, sanitizeResources: false, fn });
}

async function bundle(project: Project, files: string[], options = {}) {
  const bundler = new Bundler({ project: project.url, ...options });
  try {
    return await bundler.bundle(files.map(project.of));
  } finally {
    await bundler.close();
  }
}

const textOf = ({ files }: { files: ReadonlyMap<string, string> }) => [...files.values()].join("\n");

bundling("each island is a module with `mount`, and Preact is there once", async () => {
  await using project = await islandProject({
    "islands/counter.tsx": counterIsland,
    "islands/other.tsx": counterIsland.replace("clicks ", "other "),
  });
  const result = await bundle(project, ["islands/counter.tsx", "islands/other.tsx"]);
  const entry = result.entries.get(project.of("islands/counter.tsx"))!;
  assert.match(entry, /^counter-[0-9a-f]{12}\.js$/);
  assert.match(result.files.get(entry)!, /export\{\w+ as mount\}/);
  assert.equal(result.files.size, 3, [...result.files.keys()].join());
  const withPreact = [...result.files].filter(([, code]) =>
    code.includes("__P") || code.includes("_debounce") || code.includes("debounceRendering")
  );
  assert.equal(withPreact.length, 1);
  assert.deepEqual(result.warnings, []);
  assert.equal(result.maps.size, 0);
  assert.ok(!textOf(result).includes("sourceMappingURL"));
});

bundling("elements of JSX are elements, and no templates for the server", async () => {
  await using project = await islandProject({ "islands/counter.tsx": counterIsland });
  const text = textOf(await bundle(project, ["islands/counter.tsx"]));
  assert.match(text, /onClick/);
  assert.ok(!/jsxTemplate|jsxAttr|jsxEscape|\$\$_tpl/.test(text));
});

bundling("the same sources give the same bytes, in another folder too", async () => {
  const files = { "islands/counter.tsx": counterIsland, "islands/other.tsx": counterIsland };
  await using one = await islandProject(files);
  await using two = await islandProject(files);
  const all = ["islands/counter.tsx", "islands/other.tsx"];
  const [first, again, elsewhere] = [await bundle(one, all), await bundle(one, all), await bundle(two, all)];
  assert.deepEqual([...first.files], [...again.files]);
  assert.deepEqual([...first.files], [...elsewhere.files]);
});

bundling("finds what the import map, npm: and relative paths name", async () => {
  await using project = await islandProject({
    "lib/stats.ts": 'export { mean } from "./mean.js";\nexport const lib = "FROM_LIB";\n',
    "lib/mean.js": "export const mean = (a) => a.length;\n",
    "islands/data.json": '{ "title": "FROM_JSON" }',
    "islands/chart.tsx": `
import { island } from "@argyle/argyle/islands";
import { reflex } from "@argyle/argyle/client";
import { useVariable } from "@argyle/argyle/preact";
import { useMemo } from "npm:preact@11.2.0/hooks";
import { signal } from "@preact/signals-core";
import { stringify } from "npm:devalue@6.0.3";
import { lib, mean } from "stats/stats.ts";
import data from "./data.json" with { type: "json" };
import type { App } from "@argyle/argyle";
const later = () => import("../lib/mean.js");
export default island(import.meta.url, ({ app }: { app?: App }) =>
  <p title={data.title}>{useVariable(1)}{useMemo(() => mean([1]), [])}{lib}{stringify(signal(1).value)}{reflex("x")}{String(later)}{String(app)}</p>);
`,
  }, { imports: { "stats/": "./lib/" } });
  const result = await bundle(project, ["islands/chart.tsx"]);
  const text = textOf(result);
  assert.match(text, /FROM_LIB/);
  assert.match(text, /FROM_JSON/);
  assert.match(text, /from"@argyle\/argyle\/client"/);
  assert.ok(!text.includes("BUNDLED_CLIENT"));
  assert.ok(!text.includes("SECRET_CANARY"));
  const inputs = result.inputs.get(project.of("islands/chart.tsx"))!.map((path) =>
    path.slice(project.path.length)
  );
  assert.ok(
    inputs.includes("/islands/chart.tsx") && inputs.includes("/lib/mean.js") &&
      inputs.includes("/islands/data.json"),
    inputs.join(),
  );
  assert.ok(!inputs.some((path) => path.includes("npm")));
});

bundling(
  "knows the files that a name may mean which is made while it runs, and has their changes",
  async () => {
    await using project = await islandProject({
      "lib/words/a#1.ts": 'export const word = "WORD_ONE";\n',
      "islands/counter.tsx": counterIsland.replace("{count}", "{count}{String(it)}")
        .replace("function", "const it = (name: string) => import(`../lib/words/${name}.ts`);\nfunction"),
    });
    const bundler = new Bundler({ project: project.url, development: true });
    try {
      const island = project.of("islands/counter.tsx");
      const first = await bundler.bundle([island]);
      assert.match(textOf(first), /WORD_ONE/);
      assert.ok(first.inputs.get(island)!.includes(`${await Deno.realPath(project.path)}/lib/words/a#1.ts`));
      await project.write("lib/words/b.ts", 'export const word = "WORD_TWO";\n');
      await project.write("islands/counter.tsx", `${await Deno.readTextFile(new URL(island))}\n`);
      assert.match(textOf(await bundler.bundle([island])), /WORD_TWO/);
    } finally {
      await bundler.close();
    }
  },
);

bundling("works with node_modules in the project", async () => {
  await using project = await islandProject({
    "islands/counter.tsx": counterIsland.replace("{count}", "{count}{signal(1).value}")
      .replace("import { island }", 'import { signal } from "@preact/signals-core";\nimport { island }'),
  }, { nodeModulesDir: "auto" });
  const result = await bundle(project, ["islands/counter.tsx"]);
  assert.ok((await Deno.stat(`${project.path}/node_modules`)).isDirectory);
  assert.match(textOf(result), /onClick/);
});

bundling(
  "maps: in development they are beside the code and named in it; else where asked for, and not named",
  async () => {
    await using project = await islandProject({ "islands/counter.tsx": counterIsland });
    const developed = await bundle(project, ["islands/counter.tsx"], { development: true });
    const entry = developed.entries.get(project.of("islands/counter.tsx"))!;
    assert.match(developed.files.get(entry)!, new RegExp(`//# sourceMappingURL=${entry}\\.map`));
    assert.match(developed.maps.get(`${entry}.map`)!, /setCount/);
    const built = await bundle(project, ["islands/counter.tsx"], { maps: true });
    assert.ok(!textOf(built).includes("sourceMappingURL"));
    assert.equal(built.maps.size, built.files.size);
  },
);

bundling("modules of a server are read from Deno's cache, whatever their names end with", async () => {
  const code = 'export const far: string = "FROM_FAR";\nexport { near } from "/near@1.2.0";\n';
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) =>
      new Response(url.endsWith("near@1.2.0") ? "export const near: number = 1;" : code, {
        headers: { "content-type": "application/typescript" },
      }),
  );
  await using project = await islandProject({
    "islands/counter.tsx": counterIsland.replace("{count}", "{count}{far}{near}")
      .replace(
        "import { island }",
        `import { far, near } from "http://127.0.0.1:${server.addr.port}/far.ts";\nimport { island }`,
      ),
  });
  const text = textOf(await bundle(project, ["islands/counter.tsx"]));
  assert.match(text, /FROM_FAR/);
  assert.ok(!text.includes("denoCacheMetadata"));
});

bundling("what is wrong is said with its place, and mended by the next time", async () => {
  await using project = await islandProject({ "islands/counter.tsx": counterIsland });
  const bundler = new Bundler({ project: project.url, development: true });
  try {
    const island = project.of("islands/counter.tsx");
    await bundler.bundle([island]);
    await project.write("islands/counter.tsx", counterIsland.replace("useState(from)", "useState(from"));
    await assert.rejects(bundler.bundle([island]), (error: BundleError) => {
      const [{ text, place } = { text: "" }] = error.problems;
      assert.match(text, /Expected "\)"/);
      assert.equal(place?.file, "islands/counter.tsx");
      assert.equal(place?.line, 5);
      assert.match(place?.lineText ?? "", /useState/);
      return true;
    });
    await project.write("lib.ts", 'export const added = "ADDED";');
    const added = counterIsland.replace("{count}", "{added}{far}");
    await project.write(
      "islands/counter.tsx",
      `import { added } from "../lib.ts";\nimport { stringify as far } from "devalue";\n${added}`,
    );
    const result = await bundler.bundle([island]);
    assert.match(textOf(result), /ADDED/);
    await project.write(
      "islands/counter.tsx",
      `import { gone } from "gone";\n${added.replace("{added}", "{gone}")}`,
    );
    await assert.rejects(bundler.bundle([island]), /Import "gone" not a dependency/);
  } finally {
    await bundler.close();
  }
});

bundling("names that a URL writes otherwise: blanks, letters of other languages, brackets", async () => {
  await using outer = await islandProject({});
  const strange = "my shop é [1]#2";
  await Deno.mkdir(`${outer.path}/${strange}/islands`, { recursive: true });
  for (const name of ["deno.json", "framework"]) {
    await Deno.rename(`${outer.path}/${name}`, `${outer.path}/${strange}/${name}`);
  }
  const file = `${outer.path}/${strange}/islands/[id] ä.tsx`;
  await Deno.writeTextFile(`${outer.path}/${strange}/wörd.ts`, 'export const word = "WÖRD";');
  await Deno.writeTextFile(
    file,
    `import { word } from "../wörd.ts";\n${counterIsland}`.replace('"clicks "', "word"),
  );
  const url = pathToFileURL(file).href;
  const bundler = new Bundler({ project: await projectOf(url) });
  try {
    const { entries, files, inputs } = await bundler.bundle([url]);
    assert.match(entries.get(url)!, /^_id_-[0-9a-f]{12}\.js$/);
    assert.match(files.get(entries.get(url)!)!, /WÖRD/);
    assert.ok(inputs.get(url)!.includes(file), inputs.get(url)!.join());
  } finally {
    await bundler.close();
  }
});
