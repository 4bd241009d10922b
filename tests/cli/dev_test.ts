import assert from "node:assert/strict";
import { type Dev, makeProject, type Project, startDev } from "../helpers/dev.ts";

/** Processes start and end, where others run as well. */
const timeout = 60_000;

function timed(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout, fn });
}

/** An app whose page says this, and which process it is. */
function appOf(text: string, more = ""): string {
  return `import { App } from "@argyle/argyle";
${more}
const app = new App();
app.page("/", () => <p>${text} {String(Deno.pid)}</p>);
export default app;
`;
}

async function begin(
  files: Record<string, string>,
): Promise<{ project: Project; dev: Dev } & AsyncDisposable> {
  const project = await makeProject(files);
  const dev = await startDev(project);
  return {
    project,
    dev,
    async [Symbol.asyncDispose]() {
      await dev[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    },
  };
}

/** The text of the page, and the process that it comes from. */
async function ask(url: string): Promise<{ text: string; pid: number }> {
  const html = await (await fetch(url, { headers: { connection: "close" } })).text();
  const [, text = html, pid] = /<p>([^<]*) (\d+)<\/p>/.exec(html) ?? [];
  return { text: text.trim(), pid: Number(pid) };
}

async function isRunning(pid: number): Promise<boolean> {
  const { code } = await new Deno.Command("kill", { args: ["-0", `${pid}`], stderr: "null" }).output();
  return code === 0;
}

/** Waits until a process has gone. */
async function gone(pid: number): Promise<void> {
  while (await isRunning(pid));
}

const ways: [title: string, main: string][] = [
  [
    "gives its app",
    'import { App } from "@argyle/argyle";\nconst app = new App();\napp.page("/", () => <p>way 1</p>);\nexport default app;',
  ],
  [
    "calls app.listen",
    'import { App } from "@argyle/argyle";\nconst app = new App();\napp.page("/", () => <p>way 1</p>);\nconst { url } = await app.listen({ port: 80 });\nconsole.log("found at", url);',
  ],
  [
    "calls app.listen as the main module, without waiting",
    'import { App } from "@argyle/argyle";\nexport const app = new App();\napp.page("/", () => <p>way 1</p>);\nif (import.meta.main) app.listen();',
  ],
  ["calls Deno.serve", 'Deno.serve({ port: 80, hostname: "0.0.0.0" }, () => new Response("<p>way 1</p>"));'],
];

for (const [title, main] of ways) {
  timed(`dev: a module that ${title} is run, and found where dev says`, async () => {
    await using begun = await begin({ "main.tsx": main });
    assert.equal(begun.dev.url, `http://127.0.0.1:${begun.dev.port}`);
    assert.match(await (await fetch(begun.dev.url)).text(), /<p>way 1<\/p>/);
    if (main.includes("found at")) await begun.dev.said(new RegExp(`^found at ${begun.dev.url}$`));
    await begun.project.write("main.tsx", main.replace("way 1", "way 2"));
    await begun.dev.says(/^restarted main\.tsx \(\d+ ms\)$/);
    assert.match(await (await fetch(begun.dev.url)).text(), /<p>way 2<\/p>/);
  });
}

timed(
  "dev: what the app imports, deno.json and .env are watched; other files, its data and tests are not",
  async () => {
    const imports = 'import { word } from "./lib/word.ts";\nconst { hue } = await import("./lib/hue.ts");';
    await using begun = await begin({
      "main.tsx": appOf("{word} {hue} {Deno.env.get('TASTE')}", imports),
      "lib/word.ts": 'export const word = "one";\n',
      "lib/hue.ts": 'export const hue = "red";\n',
    });
    const { project, dev } = begun;
    const first = await ask(dev.url);
    assert.equal(first.text, "one red");
    for (
      const name of [
        "lib/word_test.ts",
        "app.db",
        "notes.md",
        "node_modules/a/index.js",
        ".git/HEAD",
        "_build/a.js",
      ]
    ) {
      await project.write(name, "changed");
    }
    await project.write("lib/word.ts", 'export const word = "two";\n');
    await dev.says(/^restarted lib\/word\.ts \(/);
    const second = await ask(dev.url);
    assert.equal(second.text, "two red");
    assert.equal(await isRunning(first.pid), false);
    await project.write("lib/hue.ts", 'export const hue = "blue";\n');
    await dev.says(/^restarted lib\/hue\.ts \(/);
    await project.write(".env", "TASTE=sweet\n");
    await dev.says(/^restarted \.env \(/);
    assert.equal((await ask(dev.url)).text, "two blue sweet");
    await project.write("deno.json", await Deno.readTextFile(`${project.path}/deno.json`));
    await dev.says(/^restarted deno\.json \(/);
    // One line for each of them, and none besides.
    assert.equal(dev.lines.filter((line) => line.startsWith("restarted")).length, 4);
  },
);

timed("dev: a folder that is moved, removed or made anew is followed, with what is in it", async () => {
  const word = (text: string) => `export const word = "${text}";\n`;
  await using begun = await begin({
    "main.tsx": appOf("{word}", 'import { word } from "./lib/deep/word.ts";').replace(
      "export default",
      'app.static("/assets", new URL("./assets/", import.meta.url));\nexport default',
    ),
    "lib/deep/word.ts": word("one"),
    "assets/app.css": "p { color: red }",
  });
  const { project, dev } = begun, lib = `${project.path}/lib`;
  const failed = /^The app does not start: main\.tsx:2:\d+;/;
  await Deno.rename(lib, `${project.path}/other`);
  await dev.says(failed);
  await Deno.rename(`${project.path}/other`, lib);
  await dev.says(/^restarted lib \(/);
  await project.write("lib/deep/word.ts", word("two"));
  await dev.says(/^restarted lib\/deep\/word\.ts \(/);
  await Deno.remove(lib, { recursive: true });
  await dev.says(failed);
  await project.write("lib/deep/word.ts", word("three"));
  await dev.says(/^restarted lib/);
  assert.equal((await ask(dev.url)).text, "three");
  await Deno.remove(`${project.path}/assets`, { recursive: true });
  await dev.says(/^restarted assets \(/);
  await project.write("assets/app.css", "p { color: blue }");
  await dev.says(/^restarted assets \(/);
  await project.write("assets/app.css", "p { color: green }");
  await dev.says(/^swapped assets\/app\.css$/);
});

timed("dev: a request that comes while the app restarts waits, and is answered by the new code", async () => {
  const slow = "await new Promise((resolve) => setTimeout(resolve, 500));";
  await using begun = await begin({ "main.tsx": appOf("one") });
  await begun.project.write("main.tsx", appOf("two", slow));
  let text = "one";
  while (text === "one") ({ text } = await ask(begun.dev.url));
  assert.equal(text, "two");
  await begun.dev.says(/^restarted main\.tsx/);
});

timed(
  "dev: what fails at start is told at the terminal, whole, and on every path, until it is mended",
  async () => {
    await using begun = await begin({ "main.tsx": appOf("one") });
    const { dev, project } = begun;
    const broken = "const kettle: { boil?: () => void } = {};\nkettle.boil!();\n";
    await project.write("main.tsx", broken);
    await dev.says(/^The app does not start: main\.tsx:2:8; it is tried again when a file changes\.$/);
    assert.ok(dev.lines.some((line) => line.includes("TypeError: kettle.boil is not a function")));
    const response = await fetch(`${dev.url}/any`);
    assert.deepEqual([response.status, (await response.text()).split("\n")], [503, [
      "The app does not start",
      "TypeError: kettle.boil is not a function",
      "main.tsx:2:8",
      "1 | const kettle: { boil?: () => void } = {};",
      "2 | kettle.boil!();",
      "  |        ^",
      "3 | ",
    ]]);
    await project.write("main.tsx", appOf("two"));
    await dev.says(/^restarted main\.tsx/);
    assert.equal((await ask(dev.url)).text, "two");
  },
);

timed("dev: an app that ends by itself is told, and runs again after the next change", async () => {
  const main = `Deno.serve((request) => {
  if (request.method === "POST") setTimeout(() => Deno.exit(3));
  return new Response("<p>one 1</p>");
});
`;
  await using begun = await begin({ "main.tsx": main });
  await (await fetch(begun.dev.url, { method: "POST" })).text();
  await begun.dev.says(/^The app has ended; it is tried again/);
  assert.match(await (await fetch(begun.dev.url)).text(), /^The app has ended\nIt ended with code 3\.$/);
  await begun.project.write("main.tsx", main.replace("one", "two"));
  await begun.dev.says(/^restarted main\.tsx/);
});

const [foreign] = Deno.networkInterfaces()
  .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."));

Deno.test({
  name: "dev: on all addresses it says where this machine finds it, and where others do",
  ignore: foreign === undefined,
  timeout,
  async fn() {
    await using project = await makeProject({ "main.tsx": appOf("one") });
    await using dev = await startDev(project, { args: ["main.tsx", "--host", "0.0.0.0", "--port", "0"] });
    assert.equal(dev.url, `http://127.0.0.1:${dev.port}`);
    assert.equal((await ask(dev.url)).text, "one");
    const others = `http://${foreign!.address}:${dev.port}/`;
    assert.ok(dev.lines.some((line) => line.startsWith("Other machines") && line.includes(` ${others}`)));
    assert.equal((await ask(others)).text, "one");
  },
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  timed(`dev: ${signal} ends the app's process as well`, async () => {
    await using begun = await begin({ "main.tsx": appOf("one") });
    const { pid } = await ask(begun.dev.url);
    const code = await begun.dev.terminate(signal);
    assert.equal(code, signal === "SIGKILL" ? 137 : 0);
    await gone(pid);
  });
}

timed("dev: that one process does not listen is no verdict on the next", async () => {
  const slow = "await new Promise((resolve) => setTimeout(resolve, 6000));";
  await using begun = await begin({ "main.tsx": appOf("one") });
  await begun.project.write("main.tsx", 'addEventListener("load", () => console.log("no server"));\n');
  await begun.dev.says(/^no server$/);
  await begun.project.write("main.tsx", appOf("two", slow));
  await begun.dev.says(/^restarted main\.tsx/);
  assert.ok(!begun.dev.lines.some((line) => line.startsWith("The app does not listen")));
});

timed("dev: asked to end by a task and by its group at once, it ends as if asked once", async () => {
  await using begun = await begin({ "main.tsx": appOf("one") });
  const { pid } = await ask(begun.dev.url);
  begun.dev.child.kill("SIGTERM");
  assert.equal(await begun.dev.terminate("SIGINT"), 0);
  await gone(pid);
});

timed("dev: an app that does not heed SIGTERM is ended", async () => {
  const deaf = 'Deno.addSignalListener("SIGTERM", () => {});\n';
  await using begun = await begin({
    "main.tsx": `${deaf}Deno.serve(() => new Response(\`<p>one \${Deno.pid}</p>\`));\n`,
  });
  const { pid } = await ask(begun.dev.url);
  await begun.project.write("main.tsx", appOf("two"));
  await begun.dev.says(/^restarted main\.tsx/);
  assert.equal(await isRunning(pid), false);
});

timed(
  "dev: a port that was asked for and is taken is said; without, the next that is free is taken",
  async () => {
    const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using project = await makeProject({ "main.tsx": appOf("one") });
    const run = async (...args: string[]) => {
      const entry = new URL("../../cli/dev.ts", import.meta.url).href;
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", entry, ...args],
        cwd: project.path,
        env: { NO_COLOR: "1" },
        stdin: "null",
      }).output();
      return [code, new TextDecoder().decode(stderr).trim()];
    };
    const { port } = taken.addr;
    assert.deepEqual(await run("--port", `${port}`), [
      1,
      `Cannot listen on 127.0.0.1:${port}: the port is taken. Stop the other program, or give another --port.`,
    ]);
    assert.deepEqual(await run("--host", "203.0.113.9", "--port", "0"), [
      1,
      "Cannot listen on 203.0.113.9:0: this machine has no such address. Give another --host.",
    ]);
    assert.match(
      String((await run("--host", "none.invalid", "--port", "0"))[1]),
      /^Cannot listen on none\.invalid:0: failed to lookup address.*\.$/,
    );
    assert.deepEqual(await run("--port", "x"), [
      1,
      'Cannot listen on the port "x": it is a number up to 65535.',
    ]);
    assert.deepEqual(await run("none.tsx"), [
      1,
      "Cannot run none.tsx: there is no such file. Name the module that gives the app; see --help.",
    ]);
    assert.equal((await run("a.ts", "b.ts"))[1], "Cannot run several modules: name one. See --help.");
    assert.match(String((await run("--hots", "x"))[1]), /^Cannot read the arguments: /);
    taken.close();
  },
);
