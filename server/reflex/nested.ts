/**
 * Names of form fields that say where their value belongs: `order[address][city]`, `tags[]`, `lines[][title]`,
 * `lines[0][title]`.
 *
 * @module
 */

import { UntrustedError } from "./untrusted.ts";

/** A group, a list or a value that is being put together. No key of a stranger's is a property before all is known. */
type Node = string | Node[] | Group;
type Group = Map<string, Node>;

// What JavaScript gives a meaning to.
const meant = new Set(["__proto__", "constructor", "prototype"]);

/** The way that a name says; an empty step is the next item of a list. A name that is written otherwise is one step. */
export function pathOf(name: string): string[] {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? [];
  if (first === undefined || rest === undefined) return [name];
  return [first, ...rest.slice(1, -1).split("][")];
}

/** Whether one of the steps is a name that no object should get from a stranger. */
export function isMeant(path: readonly string[]): boolean {
  return path.some((step) => meant.has(step));
}

/** Values by their names. */
export class Tree {
  readonly #root: Group = new Map();
  readonly #depth: number;

  /** @param depth steps that a name may have */
  constructor(depth: number) {
    this.#depth = depth;
  }

  /**
   * Adds a value. What comes several times is a list.
   *
   * @throws UntrustedError for a name of too many steps, or one that makes a group of what another made a value
   */
  add(name: string, value: string, path: readonly string[] = pathOf(name)): void {
    if (path.length > this.#depth) throw new UntrustedError(name, `has more than ${this.#depth} steps`);
    let at: Group = this.#root;
    for (let i = 0; i < path.length; i++) {
      const step = path[i]!, last = lastStep(path, i);
      const found = at.get(step);
      if (last === "value") at.set(step, found === undefined ? value : [...listOf(found, name), value]);
      else if (last === "item") at.set(step, [...listOf(found ?? [], name), value]);
      if (last !== undefined) return;
      if (path[i + 1] === "") {
        const list = listOf(found ?? [], name);
        at.set(step, list);
        at = nextItem(list, path.slice(i + 2), name);
        i++;
      } else {
        const group = found ?? new Map();
        if (!(group instanceof Map)) throw both(name);
        at.set(step, group);
        at = group;
      }
    }
  }

  /** Sets what stands under a name of one step. */
  set(name: string, value: string | string[]): void {
    this.#root.set(name, value);
  }

  /** Takes away what stands under a name of one step. */
  delete(name: string): void {
    this.#root.delete(name);
  }

  /** All of it as plain objects and lists. */
  toObject(): Record<string, unknown> {
    return plainGroup(this.#root);
  }
}

// Whether this step is the last one of a path, and what the value is there.
function lastStep(path: readonly string[], at: number): "value" | "item" | undefined {
  if (at === path.length - 1) return "value";
  return at === path.length - 2 && path[at + 1] === "" ? "item" : undefined;
}

function listOf(node: Node, name: string): Node[] {
  if (node instanceof Map) throw both(name);
  return typeof node === "string" ? [node] : node;
}

// The fields of one item follow each other: one that is there already begins the next item.
function nextItem(list: Node[], [step = ""]: readonly string[], name: string): Group {
  const item = list.at(-1);
  if (item instanceof Map && !item.has(step)) return item;
  if (item !== undefined && !(item instanceof Map)) throw both(name);
  const next: Group = new Map();
  list.push(next);
  return next;
}

function both(name: string): UntrustedError {
  return new UntrustedError(name, "is a value here and a group there");
}

function plain(node: Node): unknown {
  if (typeof node === "string") return node;
  if (!(node instanceof Map)) return node.map(plain);
  return isNumbered(node) ? [...node.values()].map(plain) : plainGroup(node);
}

// `lines[0][title]`, `lines[1][title]`: counted from 0 in their order, without a gap.
function isNumbered(group: Group): boolean {
  let next = 0;
  for (const name of group.keys()) if (name !== String(next++)) return false;
  return next > 0;
}

function plainGroup(group: Group): Record<string, unknown> {
  return Object.fromEntries([...group].map(([name, node]) => [name, plain(node)]));
}
