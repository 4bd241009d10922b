import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { build } from "../../../cli/build.ts";
import { register } from "../../../islands/placing.ts";
import { FreshIslands } from "../../../server/islands/fresh.ts";
import { MemoryLog } from "../../helpers/peer.ts";
import { counterIsland, islandProject, type Project } from "../../islands/project.ts";

/** A test that bundles; esbuild's process outlives its end by a moment, which the sanitizers would call a leak. */
function bundling(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `islands door: ${name}`, sanitizeOps: false, sanitizeResources: false, fn });
}

const main = 'import Counter from "./islands/counter.tsx";\nexport default Counter;\n';
const path = "/_argyle/islands/";

async function built(): Promise<{ project: Project; entry: string; shared: string; folder: URL }> {
  const project = await islandProject({
    "main.tsx": `${main}export { default as Other } from "./islands/other.tsx";\n`,
    "islands/counter.tsx": counterIsland,
    "islands/other.tsx": counterIsland,
  });
  await build([`${project.path}/main.tsx`]);
  const folder = new URL("_build/", project.url);
  const manifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
  const entry = manifest.islands["islands/counter.tsx"];
  const shared = Object.keys(manifest.files).find((name) => name.startsWith("chunk-"))!;
  return { project, entry, shared, folder };
}

function ask(app: Pick<App, "fetch">, name: string, init: RequestInit = {}): Promise<Response> {
  return app.fetch(new Request(`http://127.0.0.1${name.startsWith("/") ? name : path + name}`, init));
}

bundling("what was built is served for ever, zipped, and by nothing but its name", async () => {
  const { project, entry, shared, folder } = await built();
  await using _ = project;
  await Deno.writeTextFile(new URL(`${entry}.map`, folder), "{}");
  await using app = new App({ islands: { build: folder }, log: new MemoryLog() });
  for (const name of [entry, shared]) {
    const response = await ask(app, name);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(response.headers.get("vary"), "accept-encoding");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), await Deno.readTextFile(new URL(name, folder)));
    const tag = response.headers.get("etag")!;
    const again = await ask(app, name, { headers: { "if-none-match": tag } });
    assert.equal(again.status, 304);
    const zipped = await ask(app, name, { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(zipped.headers.get("content-encoding"), "gzip");
    assert.notEqual(zipped.headers.get("etag"), tag);
    const text = await new Response(zipped.body!.pipeThrough(new DecompressionStream("gzip"))).text();
    assert.equal(text, await Deno.readTextFile(new URL(name, folder)));
    const head = await ask(app, name, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
    const posted = await ask(app, name, { method: "POST", headers: { origin: "http://127.0.0.1" } });
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get("allow"), "GET, HEAD");
    await posted.body?.cancel();
  }
  const strange = [
    "manifest.json",
    `${entry}.map`,
    "",
    "x.js",
    "../_build/manifest.json",
    "%2e%2e/main.tsx",
    "..%2fmain.tsx",
    `%2e%2f${entry}`,
    `x/${entry}`,
    `${entry}/`,
    "__proto__",
    "constructor",
    "%00.js",
    entry.toUpperCase(),
  ];
  for (const name of strange) {
    const response = await ask(app, name);
    assert.ok([400, 404].includes(response.status), `${name} ${response.status}`);
    assert.ok(!(await response.text()).includes("import"), name);
  }
});

bundling("a build is below the app's base", async () => {
  const { project, entry, folder } = await built();
  await using _ = project;
  await using app = new App({ islands: { build: folder }, base: "/live", log: new MemoryLog() });
  const module = await ask(app, `/live${path}${entry}`);
  assert.equal(module.status, 200);
  await module.body?.cancel();
  const elsewhere = await ask(app, entry);
  assert.equal(elsewhere.status, 404);
  await elsewhere.body?.cancel();
});

bundling("a file that went missing is a failure once, not for ever", async () => {
  const { project, entry, folder } = await built();
  await using _ = project;
  const log = new MemoryLog();
  await using app = new App({ islands: { build: folder }, log });
  const file = new URL(entry, folder), away = new URL("away", folder);
  await Deno.rename(file, away);
  const response = await ask(app, entry);
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes(project.path));
  await Deno.rename(away, file);
  const again = await ask(app, entry);
  assert.equal(again.status, 200);
  await again.body?.cancel();
});

const good = {
  version: 1,
  build: "0123456789abcdef",
  project: "../",
  islands: { "islands/a.tsx": "a-1.js" },
  files: { "a-1.js": { bytes: 1, gzip: 1 } },
  earlier: {},
};
const tampered: [string, unknown, RegExp][] = [
  ["text", "{", /no JSON object/],
  ["a list", [], /no JSON object/],
  ["another version", { ...good, version: 2 }, /version 2/],
  ["a build that is no hash", { ...good, build: "<script>" }, /`build` is no hash/],
  ["a project elsewhere", { ...good, project: "/etc/" }, /`project` leads nowhere/],
  [
    "a path instead of a name",
    { ...good, files: { "../../etc/passwd": { bytes: 1, gzip: 1 } } },
    /no name of a script/,
  ],
  [
    "an earlier path",
    { ...good, earlier: { "/etc/passwd.js": { bytes: 1, gzip: 1 } } },
    /no name of a script/,
  ],
  ["another kind of file", { ...good, files: { "a.json": { bytes: 1, gzip: 1 } } }, /no name of a script/],
  ["no size", { ...good, files: { "a-1.js": { bytes: -1, gzip: 1 } } }, /has no size/],
  ["an island without a file", { ...good, islands: { x: "b-1.js" } }, /the file of x is missing/],
  ["an island of the prototype's", { ...good, islands: { x: "constructor" } }, /the file of x is missing/],
  ["no islands", { ...good, islands: null }, /`islands` is missing/],
];

Deno.test("islands door: a manifest that no build has written is refused at start, in a sentence", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [what, value, says] of tampered) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      await Deno.writeTextFile(`${folder}/manifest.json`, text);
      assert.throws(() => new App({ islands: { build: folder } }), (error: Error) => {
        assert.equal(error.name, "TypeError", what);
        assert.match(error.message, says, what);
        assert.match(error.message, /^Cannot use the build of islands in .* Build again\.$/, what);
        return true;
      });
    }
    await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(good));
    await using _ = new App({ islands: { build: folder } });
    assert.throws(
      () => new App({ islands: { build: `${folder}/none` } }),
      /Cannot find a build of islands in/,
    );
    assert.throws(
      () => new App({ islands: { build: new URL("https://shop.test/") } }),
      /folder of this machine/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

bundling(
  "while developing: bundled when asked for, under names that follow the files, with maps",
  async () => {
    await using project = await islandProject({
      "islands/first.tsx": `import { word } from "../word.ts";\n${counterIsland}`.replace(
        '{"clicks "}',
        "{word}",
      ),
      "word.ts": 'export const word = "WORD_ONE";\n',
    });
    const island = project.of("islands/first.tsx");
    register(island);
    const islands = new FreshIslands({ development: true, log: new MemoryLog() });
    try {
      await islands.begin();
      const name = `${islands.moduleOf(island)}.js`;
      assert.match(name, /^first-[0-9a-f]{10}\.js$/);
      assert.equal(`${islands.moduleOf(island)}.js`, name);
      const other = new FreshIslands({ development: true, log: new MemoryLog() });
      await other.begin();
      assert.equal(`${other.moduleOf(island)}.js`, name, "the same after a restart");
      await other.close();

      const textOf = async (name: string, development = true) => {
        const file = await islands.file(name, development);
        return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
      };
      const code = (await textOf(name))!;
      assert.match(code, /WORD_ONE/);
      assert.match(code, /mount/);
      const map = /sourceMappingURL=(.*)/.exec(code)![1]!;
      assert.match((await textOf(map))!, /"version": 3/);
      assert.equal(await textOf(map, false), undefined);

      await project.write("word.ts", 'export const word = "WORD_OTHER";\n');
      const next = `${islands.moduleOf(island)}.js`;
      assert.notEqual(next, name);
      assert.match((await textOf(next))!, /WORD_OTHER/);
      assert.match((await textOf(name))!, /WORD_OTHER/, "a page that is a little older");

      await project.write("word.ts", 'import "node:fs";\nexport const word = "</script>";\n');
      const report = (await textOf(`${islands.moduleOf(island)}.js`))!;
      assert.match(
        report,
        /new CustomEvent\("argyle:build-error", \{ detail: \{"text":"Cannot bundle islands\/first\.tsx/,
      );
      assert.match(report, /"file":"word\.ts","line":1,"column":8/);
      assert.match(report, /throw new Error/);
      await assert.rejects(islands.file(`${islands.moduleOf(island)}.js`, false), /could not be bundled/);

      await project.write("word.ts", 'export const word = "WORD_MENDED";\n');
      assert.match((await textOf(`${islands.moduleOf(island)}.js`))!, /WORD_MENDED/);
      assert.equal(await islands.file("unknown-0123456789.js", true), undefined);
      assert.equal(await islands.file("chunk-UNKNOWN.js", true), undefined);
    } finally {
      await islands.close();
    }
  },
);
