import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { init } from "../../cli/init.ts";
import { readSource } from "../../cli/package_source.ts";
import type { Ask } from "../../cli/choices.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { timed } from "../helpers/peer.ts";
import { deno, freePort, startTask } from "../helpers/project_of_ones_own.ts";
import { readManifest, root } from "../project.ts";

const script = fileURLToPath(new URL("cli/init.ts", root));

/** Makes an app as one does from a checkout. */
function run(cwd: string, ...args: string[]): Promise<{ code: number; said: string }> {
  return deno(cwd, "run", "-A", "--config", fileURLToPath(new URL("deno.json", root)), script, ...args);
}

/** The names of files below a folder, sorted. */
async function names(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) found.push(...await names(folder, `${below}${name}/`));
    else found.push(`${below}${name}`);
  }
  return found.sort();
}

const usual = [
  ".gitignore",
  "README.md",
  "app.tsx",
  "app_test.ts",
  "deno.json",
  "islands/waves_island.tsx",
  "main.tsx",
  "static/style.css",
];

/** Type-checks are slow where many run at once. */
const timeout = 120_000;

Deno.test({
  name: "init: what it makes is formatted, linted, type-checked, and passes its test",
  timeout,
  async fn() {
    await using folder = await temporaryFolder({});
    const { code, said } = await run(folder.path, "my-app", "--yes");
    assert.equal(code, 0, said);
    assert.deepEqual(await names(`${folder.path}/my-app`), usual);
    for (const task of ["check", "test"]) {
      const result = await deno(`${folder.path}/my-app`, "task", task);
      assert.equal(result.code, 0, `${task}: ${result.said}`);
      if (task === "test") assert.match(result.said, /2 passed/);
    }
  },
});

Deno.test({
  name: "init: what generate makes in it goes where generate says, and is type-checked",
  timeout,
  async fn() {
    await using folder = await temporaryFolder({});
    await init([folder.path, "--yes"]);
    const { code, said } = await deno(folder.path, "task", "generate", "reflex", "cart item", "add");
    assert.equal(code, 0, said);
    const [, module = "", imports = "", calls = ""] =
      /^Add to (.*):\n\n((?: {2}import .*\n)+)\n((?: {2}app\..*\n)+)/m.exec(said) ?? [];
    const text = await Deno.readTextFile(`${folder.path}/${module}`);
    const begins = "  app.reflexes({ Greeting });\n";
    assert.ok(text.includes(begins), module);
    await Deno.writeTextFile(
      `${folder.path}/${module}`,
      imports.replaceAll(/^ +/gm, "") + text.replace(begins, begins + calls),
    );
    for (const task of ["check", "test"]) {
      const result = await deno(folder.path, "task", task);
      assert.equal(result.code, 0, `${task}: ${result.said}`);
    }
  },
});

for (const [store, name] of [["memory", "a"], ["redis", "shop-".repeat(8)], ["nats", "a1"]] as const) {
  Deno.test({
    name: `init: on ${store}, it is formatted, linted and type-checked`,
    timeout,
    async fn() {
      await using folder = await temporaryFolder({});
      const called = name.replace(/-$/, "s");
      const { code, said } = await run(
        folder.path,
        "in/a/folder",
        "--store",
        store,
        "--name",
        called,
        "--yes",
      );
      assert.equal(code, 0, said);
      const result = await deno(`${folder.path}/in/a/folder`, "task", "check");
      assert.equal(result.code, 0, result.said);
    },
  });
}

Deno.test({
  name: "init: deno task start serves it, with the permissions that it gives and no more",
  timeout,
  async fn() {
    await using folder = await temporaryFolder({});
    await init([folder.path, "--yes"]);
    const config = await Deno.readTextFile(`${folder.path}/deno.json`);
    assert.doesNotMatch(/"start": "(.*)"/.exec(config)![1]!, / -A|--allow-(all|run|ffi|sys)/);
    const port = freePort();
    await Deno.writeTextFile(`${folder.path}/deno.json`, config.replace("--port 8000", `--port ${port}`));
    await using server = await startTask(folder.path, "start");
    const page = await fetch(`${server.url}/`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<h1 id="hello">Hello, whoever you are!<\/h1>/);
    const style = await fetch(`${server.url}/static/style.css`);
    assert.match(await style.text(), /prefers-color-scheme: dark/);
    assert.ok((await names(`${folder.path}/.data`)).includes("app.kv"));
  },
});

timed("init: asks for the folder, the name and the store, and each has a usual answer", async () => {
  await using folder = await temporaryFolder({});
  const asked: string[] = [];
  const ask: Ask = (question, usual) => {
    asked.push(`${question} [${usual}]`);
    return question === "Folder" ? `${folder.path}/Tea Shop/` : usual;
  };
  const said = await init([], ask);
  assert.deepEqual(asked, ["Folder [my-app]", "Name [tea-shop]", "Store (kv, memory, redis, nats) [kv]"]);
  assert.match(said, /^ {2}cd ".*\/Tea Shop"$/m);
  assert.match(await Deno.readTextFile(`${folder.path}/Tea Shop/app.tsx`), /name: "tea-shop",/);
});

timed("init: what stands on the command line is not asked for, and --yes asks nothing", async () => {
  await using folder = await temporaryFolder({});
  const asked: string[] = [];
  const ask: Ask = (question, usual) => {
    asked.push(question);
    return usual;
  };
  await init([`${folder.path}/one`, "--store", "memory"], ask);
  assert.deepEqual(asked, ["Name"]);
  await init([`${folder.path}/two`, "-y"], ask);
  assert.deepEqual(asked, ["Name"]);
});

timed("init: says what to type next", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "shop", "--yes", "--store", "redis");
  assert.equal(code, 0, said);
  assert.equal(
    said,
    `\
Made in shop:
  deno.json
  main.tsx
  app.tsx
  app_test.ts
  islands/waves_island.tsx
  static/style.css
  README.md
  .gitignore
  .env

Next:

  cd shop
  deno task dev      it runs at http://127.0.0.1:8000/, and shows what you edit
  deno task test     its tests
  deno task build    islands, made small, for production
  deno task start    as in production

It looks for Redis at REDIS_URL; see .env.
`,
  );
  const [address, secret] = (await Deno.readTextFile(`${folder.path}/shop/.env`)).split("\n");
  assert.equal(address, "REDIS_URL=redis://127.0.0.1:6379");
  assert.match(secret!, /^ARGYLE_SECRET=[\w+/]{43}=$/);
});

timed(
  "init: a folder that is not empty is refused, with a list of what --force would write over",
  async () => {
    await using folder = await temporaryFolder({
      "app.tsx": "mine",
      "notes.txt": "mine",
      "static/style.css": "mine",
    });
    const before = await names(folder.path);
    const { code, said } = await run(folder.path, ".", "--yes");
    assert.equal(code, 1);
    assert.equal(
      said,
      "Cannot make an app in .: it is not empty. Nothing was written. " +
        "With --force it is made all the same, and writes over: app.tsx, static/style.css.\n",
    );
    assert.deepEqual(await names(folder.path), before);

    const forced = await run(folder.path, ".", "--yes", "--force", "--name", "mine");
    assert.equal(forced.code, 0, forced.said);
    assert.match(forced.said, /^ {2}app\.tsx \(written over\)\n {2}app_test\.ts$/m);
    assert.match(forced.said, /^ {2}static\/style\.css \(written over\)$/m);
    assert.doesNotMatch(forced.said, /^ {2}cd /m);
    assert.deepEqual(await names(folder.path), [...usual, "notes.txt"].sort());
    assert.equal(await Deno.readTextFile(`${folder.path}/notes.txt`), "mine");
    assert.match(await Deno.readTextFile(`${folder.path}/app.tsx`), /name: "mine"/);
  },
);

timed("init: a repository with nothing in it is empty", async () => {
  await using folder = await temporaryFolder({ ".git/HEAD": "ref: refs/heads/main\n" });
  await init([folder.path, "--yes"]);
  assert.ok((await names(folder.path)).includes("main.tsx"));
});

timed("init: where one file cannot be written, all are as they were", async () => {
  await using folder = await temporaryFolder({ "deno.json": "{}", "README.md/there": "a folder" });
  await assert.rejects(
    init([folder.path, "--yes", "--force"]),
    /^Refusal: Cannot write over .*README\.md: it is no file\. Nothing was written\.$/,
  );
  assert.deepEqual(await names(folder.path), ["README.md/there", "deno.json"]);
  const there = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
  assert.deepEqual(there.sort(), ["README.md", "deno.json"], "no folder was made either");
  assert.equal(await Deno.readTextFile(`${folder.path}/deno.json`), "{}");
});

timed("init: where one of the folders cannot be made, all is as it was", async () => {
  await using folder = await temporaryFolder({ "deno.json": "{}", "islands": "a file" });
  await assert.rejects(init([folder.path, "--yes", "--force"]), /^Refusal: Cannot make an app in /);
  assert.deepEqual(await names(folder.path), ["deno.json", "islands"]);
  assert.equal(await Deno.readTextFile(`${folder.path}/deno.json`), "{}");
});

timed("init: a file where the folder is to be is a sentence", async () => {
  await using folder = await temporaryFolder({ "my-app": "a file" });
  const { code, said } = await run(folder.path, "my-app", "--yes");
  assert.equal(code, 1);
  assert.equal(said, "Cannot make an app in my-app: it is a file.\n");
});

timed("init: --help explains itself, and makes nothing", async () => {
  await using folder = await temporaryFolder({});
  const { code, said } = await run(folder.path, "my-app", "--help");
  assert.equal(code, 0);
  assert.match(said, /jsr:@argyle\/argyle\/init \[FOLDER\]/);
  assert.deepEqual(await names(folder.path), []);
});

timed("init: from a checkout the app is linked to it by a relative path, also through a link", async () => {
  await using folder = await temporaryFolder({ "real/deep/.keep": "" });
  await Deno.symlink(`${folder.path}/real/deep`, `${folder.path}/short`);
  await init([`${folder.path}/short/app`, "--yes"]);
  const config = JSON.parse(await Deno.readTextFile(`${folder.path}/real/deep/app/deno.json`));
  const [link] = config.links;
  assert.ok(link.startsWith("../"), link);
  const real = await Deno.realPath(`${folder.path}/real/deep/app/${link}`);
  assert.equal(relative(real, await Deno.realPath(root)), "");
});

timed("init: from JSR the app imports this version, and is linked to nothing", async () => {
  const manifest = { name: "@argyle/argyle", version: "1.2.3", imports: {} };
  const url = "https://jsr.io/@argyle/argyle/1.2.3/cli/init.ts";
  assert.deepEqual(await readSource(manifest, url, "my-app"), {
    specifier: "jsr:@argyle/argyle@^1.2.3",
    link: undefined,
    imports: {},
  });
  const { imports } = await readManifest();
  assert.ok(imports.preact && imports.redis && imports["@nats-io/transport-node"]);
});

const refused: [args: string[], why: RegExp][] = [
  [["", "--yes"], /^Refusal: Cannot make an app: the folder is empty\.$/],
  [["a\0b", "--yes"], /the folder has a NUL in its name/],
  [["one", "two", "--yes"], /Cannot make an app in several folders: two is too many/],
  [["no-such/app", "--name", "", "--yes"], /Cannot name an app ""/],
  [["no-such/app", "--name", "My App", "--yes"], /Cannot name an app "My App": it is 1 to 40 of a to z/],
  [["no-such/app", "--name", "a".repeat(41), "--yes"], /it is 1 to 40 of/],
  [["no-such/app", "--name", '"}); evil(', "--yes"], /Cannot name an app/],
  [
    ["no-such/app", "--store", "mysql", "--yes"],
    /in "mysql": it is unknown\. There are: kv, memory, redis, nats\./,
  ],
  [["no-such/app", "--stoer", "kv"], /Cannot read the arguments: .*--stoer/],
];

for (const [args, why] of refused) {
  Deno.test(`init: ${JSON.stringify(args)} is refused`, async () => {
    await assert.rejects(init(args), why);
    await assert.rejects(Deno.lstat("no-such"), Deno.errors.NotFound);
  });
}
