import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { App } from "@argyle/argyle";
import { generate } from "../../cli/generate.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";
import { readManifest, root } from "../project.ts";

const manifest = await readManifest();

/** `deno.json` of somebody's project, where the package is this work tree. */
function projectFile(): string {
  const { exports, compilerOptions } = manifest;
  const imports = { ...manifest.imports };
  for (const [entry, path] of Object.entries(exports)) {
    imports[`@argyle/argyle${entry.slice(1)}`] = new URL(path, root).href;
  }
  const lint = { rules: { tags: ["recommended", "jsr"] } };
  return JSON.stringify({ imports, compilerOptions, lint, nodeModulesDir: "none" });
}

/** Runs Deno in a folder, and collects what it says. */
async function deno(cwd: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  const output = await new Deno.Command(Deno.execPath(), { args, cwd, env, stdin: "null" }).output();
  const text = new TextDecoder();
  return { code: output.code, said: text.decode(output.stdout) + text.decode(output.stderr) };
}

/** Calls the task's command from a folder, with the permissions that the task has. */
function run(cwd: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const [program, ...command] = manifest.tasks.generate!.command.split(" ");
  assert.equal(program, "deno");
  const script = command.pop()!;
  return deno(cwd, ...command, "--no-prompt", fileURLToPath(new URL(script, root)), ...args);
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** Type-checks are slow where many run at once. */
const timeout = 60_000;

for (const [spelled, ...methods] of [["cart item", "add", "remove all"], ["Counter"]] as const) {
  Deno.test({
    name: `generate: what it makes for ${spelled} is formatted, linted, type-checked and passes its test`,
    timeout,
    async fn() {
      await using folder = await temporaryFolder({ "deno.json": projectFile() });
      const { code, said } = await run(folder.path, "reflex", spelled, ...methods);
      assert.equal(code, 0, said);
      await Deno.writeTextFile(`${folder.path}/main.tsx`, mainWith(said));
      assert.equal((await names(`${folder.path}/src`)).length, 3);

      for (const command of ["fmt --check", "lint", "check --no-lock"]) {
        const result = await deno(folder.path, ...command.split(" "), "main.tsx", "src");
        assert.equal(result.code, 0, `${command}: ${result.said}`);
      }
      const tested = await deno(folder.path, "test", "-A", "--no-check", "--no-lock", "src");
      assert.equal(tested.code, 0, tested.said);
      assert.match(tested.said, /1 passed/);
    },
  });
}

Deno.test({
  name: "generate: the test that it makes fails where the page does not offer a method any more",
  timeout,
  async fn() {
    await using folder = await temporaryFolder({ "deno.json": projectFile() });
    await generate(["reflex", "Cart", "add", "clear", "--dir", folder.path]);
    const page = `${folder.path}/cart_page.tsx`;
    const text = await Deno.readTextFile(page);
    const without = text.replace(' {...on("click", Cart, "clear")}', "");
    assert.notEqual(without, text);
    await Deno.writeTextFile(page, without);
    const { code, said } = await deno(folder.path, "test", "-A", "--no-check", "--no-lock");
    assert.equal(code, 1);
    assert.match(said, /AssertionError[^]*Cart#clear/);
  },
});

/** A program with the lines that it was said to need. */
function mainWith(said: string): string {
  const added = /Add to main\.tsx:\n\n([^]*)\nThen:/.exec(said)![1]!.replaceAll(/^ {2}/gm, "");
  const [imports, calls] = added.split("\n\n");
  return `\
import { App } from "@argyle/argyle";
${imports}

const app = new App<{ name?: string }>();
${calls}
export default app;
`;
}

timed("generate: the methods that it makes answer calls, and the page shows it", async () => {
  // Below the root, so that this project's deno.json resolves the package.
  await Deno.mkdir(new URL(".cache/", root), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: fileURLToPath(new URL(".cache/", root)) });
  try {
    await generate(["reflex", "cart-item", "add", "removeAll", "--dir", folder]);
    const { CartItem } = await import(`file://${folder}/cart_item.ts`);
    const { CartItemPage } = await import(`file://${folder}/cart_item_page.tsx`);
    await using app = new App({ log: new MemoryLog() });
    app.reflexes({ CartItem });
    app.page("/cart-item", CartItemPage);
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app, "/cart-item", { origin: server.url }));
    for (const [method, id] of [["removeAll", "cart-item-remove-all"], ["add", "cart-item-add"]]) {
      const [kind, , operations] = await peer.call(`CartItem#${method}`);
      assert.deepEqual([kind, operations], ["patch", [["text", id, "1"]]]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

timed("generate: tells which files it made and what to add", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "reflex", "CartItem", "--dir", "app/cart/");
  assert.equal(code, 0, said);
  assert.equal(
    said,
    `\
Made:
  app/cart/cart_item.ts
  app/cart/cart_item_page.tsx
  app/cart/cart_item_test.tsx

Add to main.tsx:

  import { CartItem } from "./app/cart/cart_item.ts";
  import { CartItemPage } from "./app/cart/cart_item_page.tsx";

  app.reflexes({ CartItem });
  app.page("/cart-item", CartItemPage);

Then: deno test -A app/cart/cart_item_test.tsx
`,
  );
  assert.deepEqual(await names(folder.path), ["app"]);
});

timed("generate: beside main.tsx there is no folder in the names", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "reflex", "cart", "--dir=.");
  assert.equal(code, 0, said);
  assert.match(said, /^ {2}cart\.ts$/m);
  assert.ok(said.includes(`from "./cart_page.tsx";`));
  assert.deepEqual(await names(folder.path), ["cart.ts", "cart_page.tsx", "cart_test.tsx"]);
});

timed("generate: a file that is there is never written over, and nothing else is written", async () => {
  await using folder = await temporaryFolder({ "src/cart_item_test.tsx": "mine" });
  const { code, said } = await run(folder.path, "reflex", "CartItem");
  assert.equal(code, 1);
  assert.equal(said, "Cannot write src/cart_item_test.tsx: there already. Nothing was written.\n");
  assert.deepEqual(await names(`${folder.path}/src`), ["cart_item_test.tsx"]);
  assert.equal(await Deno.readTextFile(`${folder.path}/src/cart_item_test.tsx`), "mine");
});

timed("generate: --help explains itself, and makes nothing", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "reflex", "cart", "--help");
  assert.equal(code, 0);
  assert.match(said, /deno task generate reflex NAME \[METHOD…\] \[--dir src\]/);
  assert.deepEqual(await names(folder.path), []);
});

timed("generate: a bad name is a sentence and exit code 1, with no folder left behind", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "reflex", "../../1cart");
  assert.equal(code, 1);
  assert.equal(
    said,
    'Cannot make a reflex named "../../1cart": it is a path. The folder is given by --dir.\n',
  );
  assert.deepEqual(await names(folder.path), []);
});

const refused: [args: string[], why: RegExp][] = [
  [[], /^Refusal: Cannot generate anything: nothing was named\./],
  [["model", "Cart"], /Cannot generate a "model": it is unknown/],
  [["reflex"], /its name is missing/],
  [["reflex", ""], /it is empty/],
  [["reflex", "cart", "session"], /every reflex has session already/],
  [["reflex", "cart", "--dir", ""], /Cannot use the folder of --dir: it is empty/],
  [["reflex", "cart", "--dir"], /Cannot read the arguments: .*--dir/],
  [["reflex", "cart", "--force"], /Cannot read the arguments: .*--force/],
];

for (const [args, why] of refused) {
  Deno.test(`generate: ${JSON.stringify(args)} is refused`, () => assert.rejects(generate(args), why));
}
