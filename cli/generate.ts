// deno-lint-ignore-file no-console -- a program speaks to the terminal
/**
 * `deno task generate reflex NAME [METHOD…]`: a class, a page and a test that work, to begin from. In a project of
 * your own it is `deno run --allow-read --allow-write jsr:@argyle/argyle/generate reflex NAME`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { relative } from "node:path";
import { isFile } from "./dev_graph.ts";
import { readMethodNames, readReflexName } from "./names.ts";
import { writeNewFiles } from "./new_files.ts";
import { mainLines, reflexFiles } from "./reflex_files.ts";
import { Refusal } from "./refusal.ts";

const help = `\
Makes a reflex class, a page that offers its methods, and a test of both.

  deno task generate reflex NAME [METHOD…] [--dir src]

  NAME      cart item, CartItem, cart_item or cart-item: the class is CartItem,
            the files are cart_item.ts, cart_item_page.tsx, cart_item_test.tsx
  METHOD    what the page can have done: add, removeAll; increment if left out
  --dir     the folder for the files; src if left out
  --help    this text

Files that are there already are never written over.
`;

/** What was asked for. */
interface Asked {
  readonly help: boolean;
  readonly folder: string;
  readonly words: string[];
}

/**
 * Does what the arguments say.
 *
 * @param args as on the command line: `reflex`, the name, names of methods, `--dir`, `--help`
 * @returns what there is to tell
 * @throws Error with a sentence, where it cannot be done; then nothing was written
 *
 * @example
 * ```ts
 * import { generate } from "@argyle/argyle/generate";
 * console.assert((await generate(["--help"])).includes("generate reflex NAME"));
 * ```
 */
export async function generate(args: string[]): Promise<string> {
  const { help: asked, folder, words: [kind, spelled, ...methods] } = readArguments(args);
  if (asked) return help;
  if (kind !== "reflex") {
    const what = kind === undefined
      ? "anything: nothing was named"
      : `a ${JSON.stringify(kind)}: it is unknown`;
    throw new Refusal(`Cannot generate ${what}. What can be is a reflex; see --help.`);
  }
  if (spelled === undefined) throw new Refusal("Cannot generate a reflex: its name is missing. See --help.");

  const name = readReflexName(spelled);
  const files = reflexFiles(name, readMethodNames(methods.length > 0 ? methods : ["increment"]));
  const paths = await writeNewFiles(folder, files);
  // What init makes has its app there, so that tests can make one as well.
  const program = await isFile("app.tsx") ? "app.tsx" : "main.tsx";
  return `\
Made:
${paths.map((path) => `  ${path}`).join("\n")}

Add to ${program}:

${mainLines(name, asSpecifier(folder)).replaceAll(/^(?=.)/gm, "  ")}
Then: deno test -A ${paths.at(-1)}
`;
}

function readArguments(args: string[]): Asked {
  const options = { dir: { type: "string", default: "src" }, help: { type: "boolean", short: "h" } } as const;
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const folder = values.dir.replaceAll("\\", "/").replace(/(?<=.)\/+$/, "");
    if (folder.trim() === "") throw new Refusal("Cannot use the folder of --dir: it is empty.");
    return { help: values.help ?? false, folder, words: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal(`Cannot read the arguments: ${error.message}`, { cause: error });
  }
}

/** A folder as an import of the program names it. That lies beside `deno.json`, where tasks run. */
function asSpecifier(folder: string): string {
  const path = relative(Deno.cwd(), folder).replaceAll("\\", "/");
  if (path === "") return ".";
  return path.startsWith("..") ? path : `./${path}`;
}

if (import.meta.main) {
  try {
    console.log((await generate(Deno.args)).trimEnd());
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    Deno.exitCode = 1;
  }
}
