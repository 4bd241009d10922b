/**
 * Reads what a bench has printed: its environment and its lines.
 *
 * @module
 */

import type { Environment } from "./environment.ts";
import { type Line, units } from "./line.ts";

/** A line, and which part of the bench has printed it. */
export interface RecordedLine extends Line {
  readonly part: string;
}

/** A run of the bench. */
export interface Recording {
  readonly environment: Environment;
  readonly lines: readonly RecordedLine[];
}

/**
 * Reads the lines of one run.
 *
 * @param name of the file, for the sentence of an error
 * @throws TypeError for a text that is not such lines
 */
export function readRecording(text: string, name: string): Recording {
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot compare with ${name}: ${why}.`);
  };
  const [first, ...rest] = text.split("\n").entries()
    .filter(([, line]) => line.trim() !== "")
    .map(([index, line]) => ({ at: `line ${index + 1}`, value: parse(line) }));
  if (first === undefined) return refuse("it is empty");
  if (!isEnvironment(first.value)) return refuse(`${first.at} is not the first line of a bench`);
  const lines: RecordedLine[] = [];
  const keys = new Set<string>();
  for (const { at, value } of rest) {
    if (isEnvironment(value)) return refuse(`${at} begins a second run`);
    if (!isLine(value)) return refuse(`${at} is not a measure of a bench`);
    const key = keyOf(value);
    if (keys.has(key)) return refuse(`${at} says ${key} again`);
    keys.add(key);
    lines.push(value);
  }
  if (lines.length === 0) return refuse("it has no measures");
  return { environment: first.value, lines };
}

/** What names a measure among those of all parts and stores. */
export function keyOf({ part, measure, store }: Pick<RecordedLine, "part" | "measure" | "store">): string {
  return [part, measure, ...store === undefined ? [] : [store]].join(" ");
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isEnvironment(value: unknown): value is Environment {
  return isObject(value) && typeof value.bench === "string" && typeof value.deno === "string" &&
    numbers(value, ["rounds", "cores", "load"]);
}

function isLine(value: unknown): value is RecordedLine {
  if (!isObject(value) || typeof value.part !== "string" || typeof value.measure !== "string") return false;
  if (!units.some((unit) => unit === value.unit) || !numbers(value, ["median", "min", "max", "runs"])) {
    return false;
  }
  if (value.store !== undefined && value.store !== "memory" && value.store !== "kv") return false;
  if (value.floor === undefined) return value.ratio === undefined;
  return typeof value.floor === "string" &&
    numbers(value, ["floor_median", "ratio", "ratio_low", "ratio_high"]);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numbers(value: Fields, names: readonly string[]): boolean {
  return names.every((name) => Number.isFinite(value[name]));
}
