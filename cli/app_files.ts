/**
 * The files of a new app. They work as they are, and are meant to be changed.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { appText, islandText, mainText, testText } from "./app_code.ts";
import { readmeText } from "./app_readme.ts";
import { styleText } from "./app_style.ts";
import type { StoreName } from "./choices.ts";
import type { PackageSource } from "./package_source.ts";
import type { NewFile } from "./reflex_files.ts";

/** What is to be made. */
export interface NewApp {
  /** `my-app`: in its cookie, its store, its title. */
  readonly name: string;
  readonly store: StoreName;
  readonly source: PackageSource;
}

/** Where a server of the store is, if it is a server. */
const addresses: Partial<Record<StoreName, string>> = {
  redis: "REDIS_URL=redis://127.0.0.1:6379",
  nats: "NATS_URL=nats://127.0.0.1:4222",
};

/** Writes them in memory. */
export function appFiles(app: NewApp): NewFile[] {
  const address = addresses[app.store];
  return [
    { name: "deno.json", text: configText(app) },
    { name: "main.tsx", text: mainText(app) },
    { name: "app.tsx", text: appText(app) },
    { name: "app_test.ts", text: testText() },
    { name: "islands/waves_island.tsx", text: islandText() },
    { name: "static/style.css", text: styleText() },
    { name: "README.md", text: readmeText(app) },
    { name: ".gitignore", text: ".data/\n.env\n_build/\nnode_modules/\n" },
    ...address === undefined ? [] : [{ name: ".env", text: environmentText(address) }],
  ];
}

/** What others can read, as a Redis and a NATS are, is sealed with a secret that all processes have. */
function environmentText(address: string): string {
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  return `${address}\nARGYLE_SECRET=${secret}\n`;
}

function configText({ store, source: { specifier, link, imports } }: NewApp): string {
  const clients: Partial<Record<StoreName, string>> = { redis: "redis", nats: "@nats-io/transport-node" };
  // Preact asks for its renderer as a peer: where one of them alone is named, Deno makes two copies, and hooks are lost.
  const names = ["preact", "preact-render-to-string", clients[store]].filter((name) => name !== undefined);
  const config = {
    imports: {
      "@argyle/argyle": specifier,
      ...Object.fromEntries(names.map((name) => [name, imports[name]!])),
    },
    ...link === undefined ? {} : { links: [link] },
    tasks: tasks(store),
    unstable: ["kv"],
    nodeModulesDir: "none",
    compilerOptions: {
      jsx: "precompile",
      jsxImportSource: "@argyle/argyle",
      jsxPrecompileSkipElements: ["select", "option", "textarea", "input"],
      lib: ["deno.ns", "deno.unstable", "dom", "dom.iterable", "esnext"],
    },
    exclude: ["_build", ".data"],
  };
  return `${JSON.stringify(config, null, 2).replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, oneLine)}\n`;
}

/** As `deno fmt` leaves it: short lists on one line. */
function oneLine(list: string, items: string): string {
  const line = `[${items.replaceAll(/\s*\n\s*/g, " ")}]`;
  return line.length <= 60 ? line : list;
}

function tasks(store: StoreName): Record<string, string> {
  const isServed = addresses[store] !== undefined;
  const env = isServed ? " --env-file" : "";
  const files = store === "kv" ? "--allow-read=. --allow-write=.data" : "--allow-read=.";
  const variables = "ARGYLE_SECRET,ARGYLE_ORIGIN,ARGYLE_ENV,DENO_DEPLOYMENT_ID";
  // A client of a server goes to the network; node-redis reads variables of its own.
  const granted = isServed
    ? `--allow-net --allow-env --env-file ${files}`
    : `--allow-env=${variables} ${files}`;
  return {
    dev: `deno run -A${env} @argyle/argyle/dev main.tsx`,
    build: `deno run -A${env} @argyle/argyle/build main.tsx`,
    start: `deno serve --no-prompt --host 127.0.0.1 --port 8000 ${granted} main.tsx`,
    test: "deno test -A",
    check: "deno fmt --check && deno lint && deno check .",
    generate: "deno run --allow-read --allow-write @argyle/argyle/generate",
  };
}
