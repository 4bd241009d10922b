import assert from "node:assert/strict";
import { Bundler } from "../../islands/bundle.ts";
import { BundleError } from "../../islands/bundle_error.ts";
import { counterIsland, islandProject } from "./project.ts";

/** What the bundler says of an island that imports something. */
async function refused(
  first: string,
  files: Record<string, string> = {},
  imports: Record<string, string> = {},
): Promise<string> {
  const island = `${first}\n${counterIsland}`.replace("{count}", "{count}{String(it)}");
  await using project = await islandProject({ "islands/chart_island.tsx": island, ...files }, { imports });
  const bundler = new Bundler({ project: project.url });
  try {
    await bundler.bundle([project.of("islands/chart_island.tsx")]);
    return "bundled";
  } catch (error) {
    assert.ok(error instanceof BundleError);
    return error.message;
  } finally {
    await bundler.close();
  }
}

const cases: {
  name: string;
  first: string;
  files?: Record<string, string>;
  imports?: Record<string, string>;
  says: RegExp[];
}[] = [
  {
    name: "a database driver, two modules away",
    first: 'import { it } from "../lib/stats.ts";',
    files: {
      "lib/stats.ts": 'import { query } from "./db.ts";\nexport const it = () => query("SECRET_CANARY");\n',
      "lib/db.ts":
        'import postgres from "postgres";\nexport const query = (text: string) => postgres()`${text}`;\n',
    },
    says: [
      /^Cannot bundle islands\/chart_island\.tsx: npm:postgres cannot go to a browser, since it needs node:\w+, which no browser has\./,
      /islands\/chart_island\.tsx → lib\/stats\.ts → lib\/db\.ts → npm:postgres\n/,
      /Import only its types \(`import type`\), or move/,
    ],
  },
  {
    name: "a module of Node",
    first: 'import { readFileSync as it } from "node:fs";',
    says: [/islands\/chart_island\.tsx → node:fs\n/, /no browser has it/],
  },
  {
    name: "a module of a platform",
    first: 'import { DurableObject as it } from "cloudflare:workers";',
    says: [/→ cloudflare:workers/],
  },
  {
    name: "our own half of the server",
    first: 'import { App as it } from "@argyle/argyle";',
    says: [/→ framework\/mod\.ts\n/, /Argyle's half of the server/],
  },
  {
    name: "a file of the server by its name, loaded later",
    first: 'const it = () => import("./secret.server.ts");',
    files: { "islands/secret.server.ts": 'export const key = "SECRET_CANARY";' },
    says: [/→ islands\/secret\.server\.ts\n/, /its name says that it is the server's/],
  },
  {
    name: "a file of the server by a name that is made while it runs",
    first: 'import { it } from "../lib/words.ts";',
    files: {
      "lib/words.ts": "export const it = (word: string) => import(`./all/${word}.server.ts`);",
      "lib/all/secret.server.ts": 'export const key = "SECRET_CANARY";',
    },
    says: [
      /islands\/chart_island\.tsx → lib\/words\.ts → lib\/all\/secret\.server\.ts\n/,
      /its name says that it is the server's/,
    ],
  },
  {
    name: "data by a name that is made while it runs",
    first: 'const it = (word: string) => import("../" + word + ".json", { with: { type: "json" } });',
    files: { "settings.json": '{ "key": "SECRET_CANARY" }' },
    says: [/→ settings\.json\n/, /from a folder `islands` only/],
  },
  {
    name: "text by a name that is made while it runs",
    first: "const it = (word: string) => import(`../lib/${word}.txt`);",
    files: { "lib/secret.txt": "SECRET_CANARY" },
    says: [/→ lib\/secret\.txt\n/, /it is no code/],
  },
  {
    name: "an environment file as text",
    first: 'import it from "../.env" with { type: "text" };',
    files: { ".env": "KEY=SECRET_CANARY" },
    says: [/→ \.env\n/, /not the text of files/],
  },
  {
    name: "the source of a module as text",
    first: 'import it from "../lib/db.ts" with { type: "text" };',
    files: { "lib/db.ts": 'export const key = "SECRET_CANARY";' },
    says: [/→ lib\/db\.ts\n/],
  },
  {
    name: "an environment file",
    first: 'import it from "../.env.ts";',
    files: { ".env.ts": 'export default "SECRET_CANARY";' },
    says: [/an environment file is secret/],
  },
  {
    name: "data that lies outside a folder of islands",
    first: 'import it from "../settings.json" with { type: "json" };',
    files: { "settings.json": '{ "key": "SECRET_CANARY" }' },
    says: [/→ settings\.json\n/, /from a folder `islands` only/],
  },
  {
    name: "a style sheet",
    first: 'import it from "./chart.css";',
    files: { "islands/chart.css": "p { color: red }" },
    says: [/it is no code/],
  },
];

for (const { name, first, files, imports, says } of cases) {
  Deno.test({
    name: `bundle: an island that imports ${name} is refused, with the way there`,
    sanitizeOps: false, // esbuild's process outlives its end by a moment
    sanitizeResources: false,
    async fn() {
      const said = await refused(first, files, imports);
      for (const pattern of says) assert.match(said, pattern);
      assert.ok(!said.includes("SECRET_CANARY"), said);
    },
  });
}

Deno.test({
  name: "bundle: types of the server are free, and what stands in comments stays there",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const island = `/*! @license SECRET_CANARY */
// SECRET_CANARY
import type { query } from "../lib/db.ts";
import { type App } from "@argyle/argyle";
import { type DatabaseSync } from "node:sqlite";
${counterIsland}/** SECRET_CANARY */
export type Three = [typeof query, App, DatabaseSync];
`;
    await using project = await islandProject({
      "islands/chart_island.tsx": island,
      "lib/db.ts":
        'import postgres from "postgres";\nexport const query = () => postgres("SECRET_CANARY");\n',
      ".env": "KEY=SECRET_CANARY",
    });
    const bundler = new Bundler({ project: project.url, maps: true });
    try {
      const { files } = await bundler.bundle([project.of("islands/chart_island.tsx")]);
      assert.ok(files.size > 0);
      assert.ok(![...files.values()].some((code) => code.includes("SECRET_CANARY")));
    } finally {
      await bundler.close();
    }
  },
});
