import assert from "node:assert/strict";
import { build } from "../../cli/build.ts";
import { counterIsland, islandProject, type Project } from "../islands/project.ts";

/** A test that bundles; esbuild's process outlives its end by a moment, which the sanitizers would call a leak. */
function building(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `build: ${name}`, sanitizeOps: false, sanitizeResources: false, fn });
}

const main = 'import Counter from "./islands/counter.tsx";\nexport default Counter;\nconsole.log("RUN");\n';

function counting(files: Record<string, string> = {}): Promise<Project> {
  return islandProject({ "main.tsx": main, "islands/counter.tsx": counterIsland, ...files });
}

async function contentOf(project: Project, folder = "_build"): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isFile } of Deno.readDir(`${project.path}/${folder}`)) {
    if (isFile) found[name] = await Deno.readTextFile(`${project.path}/${folder}/${name}`);
  }
  return found;
}

building("finds islands without running the app, and writes files and a manifest", async () => {
  await using project = await counting({
    "main.tsx":
      `${main}export const later = () => [import("./islands/later.tsx"), import("./perhaps.ts")];\nexport type { It } from "./nowhere.ts";\n`,
    "islands/later.tsx": counterIsland.replace("clicks ", "later ")
      .replace("default island(", "default island<(props: { from: number }) => unknown>("),
    "islands/plain.tsx": 'import "@argyle/argyle/islands";\nexport const island = 1;\n',
    "islands/unused.tsx": counterIsland,
  });
  const said = await build([`${project.path}/main.tsx`]);
  const content = await contentOf(project);
  const manifest = JSON.parse(content["manifest.json"]!);
  assert.deepEqual(Object.keys(manifest.islands), ["islands/counter.tsx", "islands/later.tsx"]);
  assert.equal(manifest.project, "../");
  assert.deepEqual(Object.keys(content).sort(), [...Object.keys(manifest.files), "manifest.json"].sort());
  const { bytes, gzip } = manifest.files[manifest.islands["islands/counter.tsx"]];
  assert.equal(bytes, content[manifest.islands["islands/counter.tsx"]]!.length);
  assert.ok(gzip < bytes);
  assert.match(said, /counter-\w+\.js +islands\/counter\.tsx +\d+\.\d KB +\d+\.\d KB/);
  assert.match(said, /chunk-\w+\.js +\(shared\)/);
  assert.match(said, /2 islands in /);
});

building("twice gives the same bytes, and keeps the files of the build before for one more", async () => {
  await using project = await counting();
  const run = async () => {
    await build([`${project.path}/main.tsx`]);
    return await contentOf(project);
  };
  const first = await run();
  assert.deepEqual(await run(), first);
  const entry = JSON.parse(first["manifest.json"]!).islands["islands/counter.tsx"];

  await project.write("islands/counter.tsx", counterIsland.replace("clicks ", "second "));
  const second = await run(), { earlier, islands, build: hash } = JSON.parse(second["manifest.json"]!);
  assert.notEqual(islands["islands/counter.tsx"], entry);
  assert.notEqual(hash, JSON.parse(first["manifest.json"]!).build);
  assert.ok(entry in earlier && entry in second);
  assert.deepEqual(await run(), second);

  await project.write("islands/counter.tsx", counterIsland.replace("clicks ", "third "));
  const third = await run();
  assert.ok(!(entry in third));
  assert.ok(islands["islands/counter.tsx"] in third);
});

building("source maps are written where asked for, and no script names them", async () => {
  await using project = await counting();
  await build([`${project.path}/main.tsx`, "--maps", "--out", `${project.path}/dist/islands`]);
  const content = await contentOf(project, "dist/islands"),
    maps = await contentOf(project, "dist/islands/maps");
  const { files, project: way } = JSON.parse(content["manifest.json"]!);
  assert.equal(way, "../../");
  assert.deepEqual(Object.keys(maps).sort(), Object.keys(files).map((name) => `${name}.map`).sort());
  assert.ok(!Object.values(content).some((text) => text.includes("sourceMappingURL")));
  await build([`${project.path}/main.tsx`, "--out", `${project.path}/dist/islands`]);
  assert.deepEqual(await contentOf(project, "dist/islands/maps"), {});
});

building("an app without islands has an empty build", async () => {
  await using project = await islandProject({ "main.tsx": "export default 1;\n" });
  assert.match(await build([`${project.path}/main.tsx`]), /No islands/);
  assert.deepEqual(JSON.parse((await contentOf(project))["manifest.json"]!).islands, {});
});

building("what cannot be done is one sentence, and nothing was written", async () => {
  await using project = await counting({ "notes/mine.txt": "mine", "odd/manifest.json": "{}", "file": "" });
  const at = (path: string) => `${project.path}/${path}`;
  await using outside = await islandProject({});
  const refused: [string[], RegExp][] = [
    [[at("gone.tsx")], /^Cannot read .*gone\.tsx: /],
    [[at("main.tsx"), "--out", at("notes")], /notes\/: something else is there/],
    [[at("main.tsx"), "--out", at("odd")], /odd\/: its manifest\.json is not of a build/],
    [[at("main.tsx"), "--out", at("file")], /it is no folder/],
    [[at("main.tsx"), "--out", project.path], /inside of the project/],
    [[at("main.tsx"), "--out", `${outside.path}/_build`], /inside of the project/],
    [[at("main.tsx"), "--out", ""], /--out: it is empty/],
    [["--unknown"], /^Cannot read the arguments/],
  ];
  for (const [args, says] of refused) {
    await assert.rejects(build(args), { name: "Refusal", message: says }, args.join(" "));
  }
  await Deno.symlink(outside.path, at("link"));
  await assert.rejects(build([at("main.tsx"), "--out", at("link/_build")]), /inside of the project/);
  await project.write("islands/counter.tsx", `${counterIsland})`);
  const unread = /^Refusal: Cannot read .*islands\/counter\.tsx: SyntaxError: /;
  await assert.rejects(build([at("main.tsx")]), unread);
  await project.write("typed.tsx", 'import "./islands/cuonter.tsx";\n');
  await assert.rejects(build([at("typed.tsx")]), /Cannot read .*cuonter\.tsx: Module not found/);
  await project.write("islands/counter.tsx", `import "node:fs";\n${counterIsland}`);
  await assert.rejects(build([at("main.tsx")]), /→ node:fs\n[^]*Nothing was written\.$/);
  await assert.rejects(Deno.stat(at("_build")), Deno.errors.NotFound);
  assert.equal(await Deno.readTextFile(at("notes/mine.txt")), "mine");
});

building("as a program: exit codes, and no stack for what a person can mend", async () => {
  await using project = await counting();
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", new URL("../../cli/build.ts", import.meta.url).href, ...args],
      cwd: project.path,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  };
  const built = await run();
  assert.equal(built.code, 0, built.err);
  assert.match(built.out, /1 island in .*_build\//);
  assert.ok(!built.out.includes("RUN"));
  const failed = await run("gone.tsx");
  assert.equal(failed.code, 1);
  assert.match(failed.err, /^Cannot read/m);
  assert.ok(!/^\s+at /m.test(failed.err), failed.err);
});
