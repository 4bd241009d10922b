/**
 * What went wrong, as a developer is to see it: the sentence, the place in the source, the lines around it.
 *
 * @module
 */

import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { isFile } from "./dev_graph.ts";
import type { ErrorText } from "./dev_news.ts";

/** A fault, for the overlay. Paths are relative to the project. */
export interface Fault {
  /** What it is, in a few words: `The app does not start`. */
  readonly title: string;
  /** `TypeError: x is not a function`. */
  readonly message: string;
  readonly place?: Place;
  /** The lines around the place. */
  readonly lines?: readonly SourceLine[];
  readonly stack: readonly string[];
  /** The id of the request that failed. */
  readonly request?: string;
}

/** Where something is in a source. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A line of a source. */
export interface SourceLine {
  readonly line: number;
  readonly text: string;
}

/** Lines of the source that are shown before and behind the one with the fault. */
const AROUND = 2;
/** Characters of a line and of a message that are shown. */
const WIDTH = 500, LENGTH = 5000;
const STACK = 30;

/** A fault of what the process has said before it ended. */
export async function faultOfOutput(title: string, output: string, root: string): Promise<Fault> {
  const text = stripVTControlCharacters(output).replace(/\r/g, "").split("\nStack backtrace:")[0]!;
  const from = text.lastIndexOf("\nerror: ") + 1;
  const said = text.startsWith("error: ", from) ? text.slice(from + "error: ".length) : text.slice(-LENGTH);
  return await fault(title, messageOf(said), said, root);
}

/** A fault of an error that the app has told. */
export async function faultOfError(
  title: string,
  { name, message, stack }: ErrorText,
  root: string,
  request?: string,
): Promise<Fault> {
  const text = message.startsWith(`${name}: `) ? message : `${name}: ${message}`;
  return { ...await fault(title, text, stack, root), ...request !== undefined && { request } };
}

async function fault(title: string, message: string, text: string, root: string): Promise<Fault> {
  const found = placeIn(text, root);
  const stack = text.split("\n").filter((line) => /^\s+at |^Caused by: /.test(line) && !/\bext:/.test(line))
    .slice(0, STACK).map((line) => shortened(line.trim(), root).slice(0, WIDTH));
  return {
    title,
    message: message.trim().slice(0, LENGTH),
    ...found && { place: found.place, ...await linesAround(found) },
    stack,
  };
}

interface Found {
  readonly path: string;
  readonly place: Place;
}

/** A place in a stack. A folder may be named with brackets and quotes; blanks are encoded. */
const PLACE = /(file:\/\/[^\s"]+?):(\d+):(\d+)/g;

/** The first place in the project that a text names: what stands above it is libraries'. */
function placeIn(text: string, root: string): Found | undefined {
  for (const [, said = "", line, column] of text.matchAll(PLACE)) {
    const path = pathBelow(said, root);
    if (path === undefined || /[\\/]node_modules[\\/]/.test(path)) continue;
    return { path, place: { file: nameOf(path, root), line: Number(line), column: Number(column) } };
  }
  return undefined;
}

function shortened(line: string, root: string): string {
  return line.replace(PLACE, (whole, said: string, ...at: string[]) => {
    const path = pathBelow(said, root);
    return path === undefined ? whole : `${nameOf(path, root)}:${at[0]}:${at[1]}`;
  });
}

function nameOf(path: string, root: string): string {
  return relative(root, path).replaceAll("\\", "/");
}

// A message may name what it likes. Deno does not encode all that `pathToFileURL` does: what counts is where it leads.
function pathBelow(said: string, root: string): string | undefined {
  const url = URL.parse(said);
  if (url === null || url.host !== "" || /%(2f|5c|00)/i.test(url.href)) return undefined;
  try {
    const path = fileURLToPath(url);
    return path.startsWith(join(root, sep)) ? path : undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

async function linesAround({ path, place }: Found): Promise<{ lines: SourceLine[] } | undefined> {
  if (!await isFile(path)) return undefined; // removed in the meantime, or only said
  const source = await Deno.readTextFile(path);
  const first = Math.max(1, place.line - AROUND);
  const lines = source.split(/\r?\n/).slice(first - 1, place.line + AROUND)
    .map((text, index) => ({ line: first + index, text: text.slice(0, WIDTH) }));
  return { lines };
}

/** What Deno says before it names places, without the lines of the source that it shows. */
function messageOf(said: string): string {
  const lines = said.split("\n");
  const end = lines.findIndex((line) => /^\s+at /.test(line));
  return lines.slice(0, end < 0 ? undefined : end)
    .filter((line, i, all) => !isCaret(line) && !isCaret(all[i + 1] ?? "") && !/^\s*\d*\s*\|/.test(line))
    .join("\n").replace(/^Uncaught (\(in promise\) )?/, "");
}

function isCaret(line: string): boolean {
  return /^\s*\^\s*$/.test(line);
}
