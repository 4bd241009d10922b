/**
 * Where something in a bundle comes from, by the map that lies beside it: a developer reads what they have written.
 *
 * @module
 */

import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";
import { Path } from "../protocol/markers.ts";
import type { Fault } from "./dev_overlay.ts";

/** A place in a bundle of islands, in a line of a stack. */
const PLACE = RegExp(
  `(?:https?://[^/\\s(]+)?((?:/[\\w.~-]+)*${Path.islands}[\\w.-]+\\.js):(\\d+):(\\d+)`,
);

/** Lines that are shown before and after the one. */
const AROUND = 2;

/** The same fault, in the words of the sources, as far as their maps are there. */
export async function inSources(fault: Fault): Promise<Fault> {
  const maps = new Map<string, Promise<TraceMap | undefined>>();
  const stack: string[] = [];
  let found: Pick<Fault, "place" | "lines"> = {};
  for (const line of fault.stack) {
    const [whole, url = "", row, column] = PLACE.exec(line) ?? [];
    if (whole === undefined) {
      stack.push(line);
      continue;
    }
    const loading = maps.get(url) ?? mapOf(url);
    maps.set(url, loading);
    const map = await loading, place = map && placeIn(map, Number(row), Number(column));
    stack.push(place ? line.replace(whole, `${place.file}:${place.line}:${place.column}`) : line);
    if (map && place?.isOwn && !found.place) found = { place, lines: linesOf(map, place) };
  }
  return { ...fault, ...found, stack };
}

async function mapOf(url: string): Promise<TraceMap | undefined> {
  const code = await textOf(url);
  const [, name] = /\n\/\/# sourceMappingURL=([\w.-]+)\s*$/.exec(code ?? "") ?? [];
  const map = name && await textOf(new URL(name, new URL(url, location.origin)).href);
  return map ? new TraceMap(map) : undefined;
}

// What is not there any more is shown as it is.
async function textOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

interface Place {
  readonly file: string;
  readonly line: number;
  /** From 1, as stacks count. */
  readonly column: number;
  /** As the map calls it. */
  readonly source: string;
  /** Whether it is the app's. */
  readonly isOwn: boolean;
}

function placeIn(map: TraceMap, row: number, at: number): Place | undefined {
  const { source, line, column } = originalPositionFor(map, { line: row, column: at - 1 });
  if (source === null) return undefined;
  // A bundle is named as if it lay in a folder of the project.
  const file = source.replace(/^\.\.\//, "");
  const isOwn = !file.startsWith("../") && !/^[a-z-]+:|(^|\/)node_modules\//.test(file);
  return { file, line, column: column + 1, source, isOwn };
}

function linesOf(map: TraceMap, { source, line }: Place): NonNullable<Fault["lines"]> {
  const all = sourceContentFor(map, source)?.split("\n") ?? [], from = Math.max(0, line - 1 - AROUND);
  return all.slice(from, line + AROUND).map((text, i) => ({ line: from + i + 1, text }));
}
