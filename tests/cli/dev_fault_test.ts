import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Fault, faultOfError, faultOfOutput } from "../../cli/dev_fault.ts";
import { faultText, idlePage } from "../../cli/dev_page.ts";
import { temporaryFolder } from "../helpers/folder.ts";

const source = "one\ntwo\n\tconst x = thr(;\nfour\nfive\nsix\n";

/** The fault of what a process has said; `$` stands for the folder. */
async function read(said: string): Promise<Fault> {
  await using folder = await temporaryFolder({ "main.tsx": source, "lib/a b.ts": source });
  return await faultOfOutput(
    "The app does not start",
    said.replaceAll("$", pathToFileURL(folder.path).href),
    folder.path,
  );
}

Deno.test("faultOfOutput: a syntax error, in colours, behind other lines", async () => {
  const said =
    "Warning of something\nerror: of mine\n\x1b[0m\x1b[1m\x1b[31merror\x1b[0m: SyntaxError: Expected ',', got ';'\n  |\n" +
    "3 | const x = thr(;\n  |               ~\n    at $/main.tsx:3:17\n\nStack backtrace:\n   0: <unknown>\n";
  assert.deepEqual(await read(said), {
    title: "The app does not start",
    message: "SyntaxError: Expected ',', got ';'",
    place: { file: "main.tsx", line: 3, column: 17 },
    lines: [
      { line: 1, text: "one" },
      { line: 2, text: "two" },
      { line: 3, text: "\tconst x = thr(;" },
      { line: 4, text: "four" },
      { line: 5, text: "five" },
    ],
    stack: ["at main.tsx:3:17"],
  });
});

Deno.test("faultOfOutput: an exception with a message of two lines, a cause, and frames of others above it", async () => {
  const said =
    "error: Uncaught (in promise) TypeError: no way\nsecond line\n  throw new TypeError(text);\n        ^\n" +
    "    at lib (file:///elsewhere/lib.ts:1:2)\n    at dep ($/node_modules/dep/index.js:1:1)\n    at ext:core/mod.js:1:1\n" +
    "    at f ($/lib/a%20b.ts:6:1)\nCaused by: Error: inner\n    at $/main.tsx:1:1\n";
  const fault = await read(said);
  assert.equal(fault.message, "TypeError: no way\nsecond line");
  assert.deepEqual(fault.place, { file: "lib/a b.ts", line: 6, column: 1 });
  assert.deepEqual(fault.lines?.map(({ line }) => line), [4, 5, 6, 7]);
  assert.deepEqual(fault.stack.slice(2), [
    "at f (lib/a b.ts:6:1)",
    "Caused by: Error: inner",
    "at main.tsx:1:1",
  ]);
});

Deno.test("faultOfOutput: a folder may have whatever name it likes, however its URL is written", async () => {
  for (const name of ["shop (copy)", "it's", "[slug]", "a^b{c}`|~", "50% #1?"]) {
    await using folder = await temporaryFolder({ [`${name}/main.ts`]: "throw new Error();\n" });
    // As Deno writes it.
    const href = new URL(
      `file://${folder.path}/${encodeURI(name).replace(/[#?]/g, encodeURIComponent)}/main.ts`,
    )
      .href.replaceAll("%5B", "[").replaceAll("%5D", "]");
    for (const place of [`${href}:1:7`, `f (${href}:1:7)`]) {
      const { place: found, lines, stack } = await faultOfOutput(
        "",
        `error: no\n    at ${place}\n`,
        `${folder.path}/${name}`,
      );
      assert.deepEqual(found, { file: "main.ts", line: 1, column: 7 }, href);
      assert.equal(lines?.[0]?.text, "throw new Error();");
      assert.deepEqual(stack, [`at ${place.replace(href, "main.ts")}`]);
    }
  }
});

Deno.test("faultOfOutput: what names no place, a file that is gone, and nothing at all", async () => {
  assert.deepEqual(await read('error: Import "x" not a dependency\n  hint: add it\n'), {
    title: "The app does not start",
    message: 'Import "x" not a dependency\n  hint: add it',
    stack: [],
  });
  const gone = await read('error: Module not found "$/none.ts".\n    at $/gone.ts:1:8\n');
  assert.deepEqual([gone.place, gone.lines], [{ file: "gone.ts", line: 1, column: 8 }, undefined]);
  assert.equal((await read("")).message, "");
});

Deno.test("faultOfError: the source of no file outside of the project is read", async () => {
  await using outside = await temporaryFolder({ "secret.txt": "the secret" });
  await using folder = await temporaryFolder({ "main.tsx": source, "lib/a.ts": source });
  const [root, other] = [folder.path, outside.path].map((path) => pathToFileURL(path).href);
  for (
    const href of [
      `${other}/secret.txt`,
      `${root}/../${other!.split("/").pop()}/secret.txt`,
      `${root}/lib`,
      `${root}/a%2Fb.ts`,
    ]
  ) {
    const error = { name: "Error", message: "x", stack: `Error: x\n    at f (${href}:1:1)` };
    const fault = await faultOfError("A request failed", error, folder.path, "id");
    assert.deepEqual([fault.lines, fault.request], [undefined, "id"], href);
  }
});

Deno.test("idlePage: what a fault says is text", () => {
  const fault: Fault = {
    title: "The <app>",
    message: "</pre><script>alert(1)</script>",
    place: { file: "a.ts", line: 9, column: 3 },
    lines: [{ line: 9, text: "\tx<b>" }, { line: 10, text: "y" }],
    stack: [],
  };
  const [html, headers] = idlePage(fault, "t");
  assert.ok(!html.includes("<script>alert") && !html.includes("<app>"));
  assert.match(headers["content-security-policy"]!, /^default-src 'none'; script-src 'nonce-/);
  assert.equal(faultText(fault).split("\n").slice(2).join("\n"), "a.ts:9:3\n 9 | \tx<b>\n   | \t ^\n10 | y");
});
