import assert from "node:assert/strict";
import { writeNewFiles } from "../../cli/new_files.ts";
import { Refusal } from "../../cli/refusal.ts";
import { temporaryFolder } from "../helpers/folder.ts";

const files = [{ name: "one.ts", text: "1;\n" }, { name: "two.ts", text: "2;\n" }];

Deno.test("writeNewFiles: makes the folder and the files in it", async () => {
  await using folder = await temporaryFolder({});
  const paths = await writeNewFiles(`${folder.path}/a/b`, files);
  assert.deepEqual(paths, [`${folder.path}/a/b/one.ts`, `${folder.path}/a/b/two.ts`]);
  assert.equal(await Deno.readTextFile(paths[1]!), "2;\n");
});

Deno.test("writeNewFiles: where the last is there already, none is written, and it is named", async () => {
  await using folder = await temporaryFolder({ "two.ts": "mine" });
  await assert.rejects(
    writeNewFiles(folder.path, files),
    new Refusal(`Cannot write ${folder.path}/two.ts: there already. Nothing was written.`),
  );
  assert.deepEqual(await content(folder.path), { "two.ts": "mine" });
});

Deno.test("writeNewFiles: a link that leads nowhere is not written through", async () => {
  await using folder = await temporaryFolder({});
  await Deno.symlink(`${folder.path}/elsewhere.ts`, `${folder.path}/one.ts`);
  await assert.rejects(writeNewFiles(folder.path, files), /one\.ts: there already/);
  const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name);
  assert.deepEqual(names, ["one.ts"]);
});

Deno.test("writeNewFiles: a file that comes between the look and the writing is kept, and the others are taken back", async () => {
  await using folder = await temporaryFolder({});
  // The third is the first once more: it is not there when we look, and there when we write.
  await assert.rejects(writeNewFiles(folder.path, [...files, files[0]!]), (error) => {
    assert.ok(error instanceof Refusal);
    assert.ok(error.cause instanceof Deno.errors.AlreadyExists);
    assert.match(error.message, /^Cannot write .*one\.ts: .*Nothing was written\.$/);
    return true;
  });
  assert.deepEqual(await content(folder.path), {});
});

Deno.test("writeNewFiles: of two at once, one writes all and the other nothing", async () => {
  await using folder = await temporaryFolder({});
  const write = (text: string) => writeNewFiles(folder.path, files.map(({ name }) => ({ name, text })));
  const results = await Promise.allSettled([write("ann"), write("bob")]);
  const winner = results[0]!.status === "fulfilled" ? "ann" : "bob";
  assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.deepEqual(await content(folder.path), { "one.ts": winner, "two.ts": winner });
});

Deno.test("writeNewFiles: a folder that is a file is an error with a sentence", async () => {
  await using folder = await temporaryFolder({ src: "a file" });
  await assert.rejects(writeNewFiles(`${folder.path}/src`, files), /^Refusal: Cannot write .*src/);
  assert.deepEqual(await content(folder.path), { src: "a file" });
});

async function content(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    found[name] = await Deno.readTextFile(`${folder}/${name}`);
  }
  return found;
}
