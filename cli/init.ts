// deno-lint-ignore-file no-console -- a program speaks to the terminal
/**
 * `deno run -A jsr:@argyle/argyle/init my-app`: a small app that works, to begin from. Without `--yes` it asks what it is
 * to be, and each question has an answer that is good enough.
 *
 * @module
 */

import { parseArgs } from "node:util";
import manifest from "../deno.json" with { type: "json" };
import { appFiles, type NewApp } from "./app_files.ts";
import { fillFolder, strangers } from "./app_folder.ts";
import { type Ask, readName, readStore, stores, terminal } from "./choices.ts";
import { readSource } from "./package_source.ts";
import { Refusal } from "./refusal.ts";

export type { Ask } from "./choices.ts";

const help = `\
Makes a small app: a page, a reflex, an island, a stylesheet, a test, and a deno.json with tasks.

  deno run -A jsr:@argyle/argyle/init [FOLDER] [--name NAME] [--store STORE] [--yes] [--force]

  FOLDER    where to make it; it is made where it is missing. my-app if left out
  --name    what the app is called in cookies and stores; the folder's name if left out
  --store   where sessions are kept: ${stores.join(", ")}; kv if left out
  --yes     asks nothing
  --force   takes a folder that is not empty, and writes over files of the same name
  --help    this text
`;

/** What was asked for on the command line. */
interface Asked {
  readonly folder: string | undefined;
  readonly name: string | undefined;
  readonly store: string | undefined;
  readonly isHelp: boolean;
  readonly isSilent: boolean;
  readonly isForced: boolean;
}

/**
 * Does what the arguments say.
 *
 * @param args as on the command line: the folder, `--name`, `--store`, `--yes`, `--force`, `--help`
 * @param ask asks a person; the terminal where left out, and nobody where there is none
 * @returns what there is to tell
 * @throws Error with a sentence, where it cannot be done; then nothing was written
 *
 * @example
 * ```ts
 * import { init } from "@argyle/argyle/init";
 * console.assert((await init(["--help"])).includes("--store"));
 * ```
 */
export async function init(args: string[], ask: Ask = terminal): Promise<string> {
  const asked = readArguments(args);
  if (asked.isHelp) return help;
  const question: Ask = asked.isSilent ? (_, usual) => usual : ask;
  const folder = readFolder(asked.folder ?? question("Folder", "my-app"));
  // Said before anything more is asked.
  const there = await strangers(folder);
  if (there.length > 0 && !asked.isForced) {
    const over = (await existing(folder, there)).join(", ") || "nothing";
    throw new Refusal(
      `Cannot make an app in ${folder}: it is not empty. Nothing was written. ` +
        `With --force it is made all the same, and writes over: ${over}.`,
    );
  }
  const app: NewApp = {
    name: readName(asked.name ?? question("Name", nameOf(folder))),
    store: readStore(asked.store ?? question(`Store (${stores.join(", ")})`, "kv")),
    source: await readSource(manifest, import.meta.url, folder),
  };
  const { made, over } = await fillFolder(folder, appFiles(app), asked.isForced);
  return told(folder, app, made, over);
}

function told(folder: string, { store }: NewApp, made: readonly string[], over: readonly string[]): string {
  const lines = made.map((path) => `  ${path}${over.includes(path) ? " (written over)" : ""}`);
  const needs = { kv: "", memory: "", redis: "REDIS_URL", nats: "NATS_URL" }[store];
  return `\
Made in ${folder}:
${lines.join("\n")}

Next:

${folder === "." ? "" : `  cd ${/^[\w./~-]+$/.test(folder) ? folder : JSON.stringify(folder)}\n`}\
  deno task dev      it runs at http://127.0.0.1:8000/, and shows what you edit
  deno task test     its tests
  deno task build    islands, made small, for production
  deno task start    as in production
${needs === "" ? "" : `\nIt looks for ${store === "nats" ? "NATS" : "Redis"} at ${needs}; see .env.\n`}`;
}

/** Which of the app's files are there. */
async function existing(folder: string, there: readonly string[]): Promise<string[]> {
  const source = await readSource(manifest, import.meta.url, folder);
  const names = stores.flatMap((store) => appFiles({ name: "app", store, source }).map(({ name }) => name));
  return [...new Set(names)].filter((name) => there.includes(name));
}

function readArguments(args: string[]): Asked {
  const options = {
    name: { type: "string" },
    store: { type: "string" },
    yes: { type: "boolean", short: "y" },
    force: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { values, positionals: [folder, ...more] } = parseArgs({ args, options, allowPositionals: true });
    if (more.length > 0) {
      throw new Refusal(`Cannot make an app in several folders: ${more.join(", ")} is too many. See --help.`);
    }
    return {
      folder,
      name: values.name,
      store: values.store,
      isHelp: values.help ?? false,
      isSilent: values.yes ?? false,
      isForced: values.force ?? false,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(`Cannot read the arguments: ${error.message}`, { cause: error });
  }
}

function readFolder(text: string): string {
  const folder = text.trim().replaceAll("\\", "/").replace(/(?<=.)\/+$/, "");
  if (folder === "") throw new Refusal("Cannot make an app: the folder is empty.");
  if (folder.includes("\0")) throw new Refusal("Cannot make an app: the folder has a NUL in its name.");
  return folder;
}

/** A name of the folder's own, where it makes one. */
function nameOf(folder: string): string {
  const last = (folder === "." ? Deno.cwd().replaceAll("\\", "/") : folder).split("/").at(-1)!;
  const name = last.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^[^a-z]+|-$/g, "").slice(0, 40);
  return name === "" ? "app" : name;
}

if (import.meta.main) {
  try {
    console.log((await init(Deno.args)).trimEnd());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exitCode = 1;
  }
}
