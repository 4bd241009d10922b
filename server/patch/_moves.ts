/** Elements that one operation takes and another brings: a browser would build them anew, with nothing in them. */

import type { Operation } from "../../protocol/operations.ts";
import type { Outline } from "./_outline.ts";

/** An operation, where in the new body stands what it is about, and where in the old one what it replaces. */
export interface Placed {
  readonly at: number;
  readonly operation: Operation;
  readonly old?: { readonly from: number; readonly to: number } | undefined;
}

/** What a person or the browser keeps in an element, and would lose with it. */
const KEEPS =
  /<(?:input|textarea|select|iframe|video|audio|object|embed|canvas|details|dialog)[\s>]|\s(?:contenteditable|popover)[\s=>]/i;

/**
 * The same operations, but that what is around such an element in both pages is sent as one, if it has a name: there
 * the browser finds it again, and moves it.
 *
 * @param isAddress whether a name is one
 * @returns `undefined` where nothing with a name is around it
 */
export function keepMoved(
  steps: readonly Placed[],
  before: Outline,
  after: Outline,
  isAddress: (name: string) => boolean,
): Operation[] | undefined {
  const ids = movedIds(steps, before, after);
  if (ids.length === 0) return steps.map(({ operation }) => operation);
  const around: { name: string; from: number; to: number }[] = [];
  for (const { was, is } of ids) {
    const names = new Set(namesAround(before, was));
    const name = namesAround(after, is).findLast((name) => names.has(name) && isAddress(name));
    if (name === undefined) return undefined;
    const entry = entryOf(after, name);
    around.push({ name, from: after.starts[entry]!, to: after.ends[entry]! });
  }
  const outermost = around.filter((one, i) =>
    !around.some((other, j) =>
      (other.from < one.from && one.to <= other.to) || (other.name === one.name && j < i)
    )
  );
  const kept = steps.filter(({ at }) => !outermost.some(({ from, to }) => from <= at && at < to));
  const whole = outermost.map(({ name, from, to }): Placed => {
    return { at: from, operation: ["morph", name, after.html.slice(from, to).toWellFormed()] };
  });
  return [...kept, ...whole].sort((a, b) => a.at - b.at).map(({ operation }) => operation);
}

/** Elements with an id that are brought where they were not, and what is in them; where each was, and where it is. */
function movedIds(
  steps: readonly Placed[],
  before: Outline,
  after: Outline,
): { was: number; is: number }[] {
  if (!steps.some(isTaking)) return [];
  const bringing = steps.filter(({ operation }) => KEEPS.test(markupOf(operation)));
  // What one operation replaces, it brings itself.
  if (bringing.every((step) => steps.every((other) => other === step || !isTaking(other)))) return [];
  const places = new Map<string, number>();
  for (let entry = 0; entry < before.starts.length; entry++) {
    const name = before.name(entry);
    if (name !== "" && !name.startsWith(" ")) {
      places.set(name, places.has(name) ? NaN : before.starts[entry]!);
    }
  }
  const moved: { was: number; is: number }[] = [];
  for (const { operation, old } of bringing) {
    for (const [, id = ""] of markupOf(operation).matchAll(/\sid="([^"]*)"/g)) {
      const was = places.get(id) ?? NaN;
      if (Number.isNaN(was) || (old !== undefined && was >= old.from && was < old.to)) continue;
      const entry = after.count(id) === 1 ? entryOf(after, id) : -1;
      const is = after.starts[entry];
      if (is !== undefined && KEEPS.test(after.html.slice(is, after.ends[entry]))) moved.push({ was, is });
    }
  }
  return moved;
}

function isTaking({ operation: [name] }: Placed): boolean {
  return name === "morph" || name === "remove";
}

function markupOf(operation: Operation): string {
  const [name, , html] = operation;
  return name === "morph" || name === "before" || name === "after" ? html as string : "";
}

function entryOf(outline: Outline, name: string): number {
  return outline.starts.findIndex((_, entry) => outline.name(entry) === name);
}

/** The ids of what stands around a place, the outermost first. */
function namesAround(outline: Outline, at: number): string[] {
  const { starts, ends } = outline, names: string[] = [];
  for (let entry = 0; starts[entry]! < at; entry++) {
    const name = ends[entry]! > at ? outline.name(entry) : "";
    if (name !== "" && !name.startsWith(" ")) names.push(name);
  }
  return names;
}
