import assert from "node:assert/strict";
import { listFiles, root, runDeno } from "./project.ts";

Deno.test("docs: the samples in Markdown type-check", async () => {
  const pages = await listFiles("", [".md"]);
  assert.ok(pages.includes("README.md"));
  const { success, stderr } = await runDeno(["check", "--doc-only", "--no-lock", ...pages]);
  assert.ok(success, stderr);
});

Deno.test("docs: a sample that is left out says why", async () => {
  const silent: string[] = [];
  for (const page of await listFiles("", [".md"])) {
    silent.push(
      ...silentFences(await Deno.readTextFile(new URL(page, root))).map((fence) => `${page}: ${fence}`),
    );
  }
  assert.deepEqual(silent, [], "write ```ts ignore, and the reason on the same line");
});

Deno.test("silentFences: ignore without a reason, and tildes, which Deno does not read", () => {
  const page =
    "```ts\n```\n```ts ignore a fragment\n```\n```tsx ignore\n```\n  ~~~ts\n~~~\n```sh ignore\n```";
  assert.deepEqual(silentFences(page), ["```tsx ignore", "~~~ts"]);
});

Deno.test("docs: links lead to files and headings that are there", async () => {
  const pages = await listFiles("", [".md"]);
  const texts = await Promise.all(
    pages.map(async (
      page,
    ) => [new URL(page, root).href, prose(await Deno.readTextFile(new URL(page, root)))]),
  );
  const headings = new Map(texts.map(([page, text]) => [page!, headingIds(text!)]));
  const lost: string[] = [];
  for (const [page = "", text = ""] of texts) {
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const { href, hash } = new URL(link, page), file = href.slice(0, href.length - hash.length);
      const isThere = await Deno.stat(new URL(file)).then(() => true, () => false);
      const hasHeading = hash === "" || headings.get(file)?.has(decodeURIComponent(hash.slice(1))) === true;
      if (!isThere || !hasHeading) lost.push(`${page.slice(root.href.length)}: ${link}`);
    }
  }
  assert.deepEqual(lost, []);
});

Deno.test("headingIds: as GitHub makes them, the second of one name with a number", () => {
  const text = "# What is `data-x`?\n## Said\n## Said\n### [Deno KV](kv.md), a file\n";
  assert.deepEqual([...headingIds(text)], ["what-is-data-x", "said", "said-1", "deno-kv-a-file"]);
});

Deno.test("docs: a wrong sample fails the check", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/page.md`, 'A number:\n\n```ts\nconst n: number = "one";\n```\n');
    const { success, stderr } = await runDeno(["check", "--doc-only", "--no-lock", `${folder}/page.md`]);
    assert.equal(success, false);
    assert.match(stderr, /TS2322[^]*page\.md/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The opening lines of samples in TypeScript or JavaScript that nobody checks and nobody explains. */
function silentFences(markdown: string): string[] {
  const fences = markdown.matchAll(
    /^[ >]*(?<mark>```|~~~)(?<language>[cm]?[jt]sx?|(?:java|type)script)\b(?<rest>.*)$/gm,
  );
  return Array.from(fences, ({ groups = {} }) => ({ ...groups }))
    .filter(({ mark, rest = "" }) => mark === "~~~" || /^[ ,]*ignore[ ,]*$/.test(rest))
    .map(({ mark, language, rest = "" }) => `${mark}${language}${rest}`);
}

/** Markdown without its samples. */
function prose(markdown: string): string {
  return markdown.replace(/^ *```[^]*?^ *```$/gm, "");
}

/** The ids of its headings. */
function headingIds(markdown: string): Set<string> {
  const ids = new Set<string>();
  for (const [, title = ""] of markdown.matchAll(/^#+ (.*)$/gm)) {
    const id = title.replace(/\]\([^)]*\)/g, "]").toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    let number = 0, unique = id;
    while (ids.has(unique)) unique = `${id}-${++number}`;
    ids.add(unique);
  }
  return ids;
}
