/**
 * Applies operations to the tree of a standard parser, without a browser: a second reading of
 * `protocol/operations.ts`, for thousands of pages in seconds.
 */

import { type DefaultTreeAdapterTypes as Tree, parse, parseFragment, serialize } from "parse5";
import type { Address, Operation } from "../../../protocol/operations.ts";

interface Markup {
  readonly head: string;
  readonly body: string;
}

/** What became of a page. */
export interface Outcome {
  /** The patched page is the page. */
  readonly equal: boolean;
  /** Setting `body` to the new markup makes the new page: not so when the markup takes `</body>` along. */
  readonly possible: boolean;
  readonly error?: unknown;
}

/** Patches a parsed page, and compares it with the parsed page that it should be. */
export function patch(before: Markup, after: Markup, operations: readonly Operation[]): Outcome {
  const page = new Page(before), wanted = new Page(after).text();
  let error: unknown;
  try {
    for (const operation of operations) page.apply(operation);
  } catch (thrown) {
    error = thrown;
  }
  const equal = error === undefined && page.text() === wanted;
  const whole = new Page(before);
  whole.apply(["head", after.head]);
  whole.apply(["body", after.body]);
  const possible = whole.text() === wanted;
  return equal ? { equal, possible } : { equal, possible, error };
}

/**
 * The same for pages with islands: what those show is another by now, since it is the browser's, and only what stands in
 * their slots is compared.
 */
export function patchAround(before: Markup, after: Markup, operations: readonly Operation[]): Outcome {
  const page = new Page(before), wanted = new Page(after);
  page.live();
  let error: unknown;
  try {
    for (const operation of operations) page.apply(operation);
  } catch (thrown) {
    error = thrown;
  }
  page.live();
  wanted.live();
  const equal = error === undefined && page.text() === wanted.text();
  return { equal, possible: true, error };
}

/**
 * Whether a page is another in which the elements of these ids are those of a third: as trees, not as markup. Of two that
 * lie in each other the outer one counts.
 */
export function isGrafted(page: Markup, before: Markup, after: Markup, ids: Iterable<string>): boolean {
  const wanted = new Page(before), source = new Page(after);
  wanted.graft(source, ids);
  return new Page(page).text() === wanted.text();
}

class Page {
  readonly #document: Tree.Document;

  constructor({ head, body }: Markup) {
    this.#document = parse(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`);
  }

  /** The tree as a text in which every node shows, also a text beside a text. */
  text(): string {
    return write(this.#document);
  }

  /** Has each island show a list, in which its slot is the second item. */
  live(): void {
    for (const island of [...descendants(this.#document)].filter(isIsland)) {
      const slot = [...descendants(island)].find((node) =>
        node.tagName === "argyle-slot" && [...ancestors(node)].find(isIsland) === island
      );
      const shown = parseFragment("<ul><li id=i7>1</li><li></li></ul>").childNodes;
      fill(island, shown);
      const [, item] = [...descendants(island)].filter(({ tagName }) => tagName === "li");
      if (slot !== undefined) fill(item!, [slot]);
    }
  }

  /** Puts elements of another page in the place of its own. */
  graft(source: Page, ids: Iterable<string>): void {
    const places = [...ids].map((id) => [this.#find(id), source.#find(id)] as const);
    const own = new Set(places.map(([place]) => place));
    for (const [place, element] of places) {
      if (![...ancestors(place)].some((around) => own.has(around))) put(place, [element]);
    }
  }

  apply([name, ...rest]: Operation): void {
    if (name === "head" || name === "body") {
      const element = this.#named((node) => node.tagName === name);
      fill(element, parseFragment(element, rest[0] as string, {}).childNodes);
      return;
    }
    if (name === "remove") {
      for (const element of rest.map((address) => this.#find(address as Address))) put(element, []);
      return;
    }
    const target = this.#find(rest[0] as Address);
    if (name === "text") return setText(target, rest[1] as string);
    if (name === "attributes") return setAttributes(target, rest[1] as Record<string, string | null>);
    if (name === "order") return order(target, rest[1] as readonly number[]);
    const parent = parentOf(target);
    const elements = parseFragment(parent, rest[1] as string, {}).childNodes;
    if (!elements.every(isElement)) throw new Error(`Not only elements: ${rest[1]}`);
    if (name === "before") put(target, [...elements, target]);
    else if (name === "after") put(target, [target, ...elements]);
    else if (elements.length === 1) put(target, elements);
    else throw new Error(`Not one element: ${rest[1]}`);
  }

  #find(address: Address): Tree.Element {
    const [id, ...steps] = typeof address === "string" ? [address] : address;
    let element = this.#named((node) => id === "" ? node.tagName === "body" : attribute(node, "id") === id);
    for (const step of steps) {
      if (step === -1) element = parentOf(element);
      else if (typeof step === "number") {
        element = element.childNodes.filter(isElement)[step] ?? nothing(address);
      } else {
        const found = [...descendants(element)].filter((node) => attribute(node, "data-k") === step);
        if (found.length !== 1) nothing(address);
        element = found[0] ?? nothing(address);
      }
    }
    if (isShown(element)) throw new Error(`What an island shows is changed: ${JSON.stringify(address)}`);
    return element;
  }

  #named(is: (element: Tree.Element) => boolean): Tree.Element {
    for (const element of descendants(this.#document)) {
      if (is(element) && !isShown(element)) return element;
    }
    return nothing("an element");
  }
}

function nothing(what: unknown): never {
  throw new Error(`There is no ${JSON.stringify(what)}, or there are several.`);
}

function isElement(node: Tree.Node): node is Tree.Element {
  return "tagName" in node;
}

/** Whether an element is what an island shows, but for its slot. */
function isShown(element: Tree.Element): boolean {
  const around = [...ancestors(element)].find(({ tagName }) => /^argyle-(island|slot)$/.test(tagName));
  return around !== undefined && isIsland(around) && element.tagName !== "argyle-slot";
}

function isIsland({ tagName }: Tree.Element): boolean {
  return tagName === "argyle-island";
}

function attribute(element: Tree.Element, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}

// Without what is in templates, as a document has it.
function* descendants(parent: Tree.ParentNode): Generator<Tree.Element> {
  for (const node of parent.childNodes) {
    if (!isElement(node)) continue;
    yield node;
    yield* descendants(node);
  }
}

function* ancestors(element: Tree.Element): Generator<Tree.Element> {
  for (let node = element.parentNode; node !== null && isElement(node); node = node.parentNode) yield node;
}

function parentOf(element: Tree.Element): Tree.Element {
  const { parentNode } = element;
  return parentNode !== null && isElement(parentNode) ? parentNode : nothing("parent");
}

function fill(parent: Tree.Element, nodes: readonly Tree.ChildNode[]): void {
  parent.childNodes = [...nodes];
  for (const node of nodes) node.parentNode = parent;
}

/** Puts nodes in the place of one. */
function put(place: Tree.Element, nodes: readonly Tree.ChildNode[]): void {
  const parent = parentOf(place);
  fill(parent, parent.childNodes.flatMap((node) => node === place ? nodes : [node]));
}

function setText(element: Tree.Element, value: string): void {
  fill(element, value === "" ? [] : [{ nodeName: "#text", value, parentNode: element }]);
}

function setAttributes(element: Tree.Element, changes: Record<string, string | null>): void {
  for (const [name, value] of Object.entries(changes)) {
    element.attrs = element.attrs.filter((attribute) => attribute.name !== name);
    if (value !== null) element.attrs.push({ name, value });
  }
}

function order(first: Tree.Element, runs: readonly number[]): void {
  const parent = parentOf(first);
  const elements = parent.childNodes.filter(isElement);
  const from = elements.indexOf(first);
  const sorted: Tree.Element[] = [];
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i] ?? NaN, count = runs[i + 1] ?? NaN;
    for (let n = 0; n < Math.abs(count); n++) {
      sorted.push(elements[from + start + (count < 0 ? -n : n)] ?? nothing(runs));
    }
  }
  if (new Set(sorted).size !== sorted.length) nothing(runs);
  const behind = elements[from + sorted.length];
  const others = parent.childNodes.filter((node) => !sorted.includes(node as Tree.Element));
  const at = behind === undefined ? others.length : others.indexOf(behind);
  fill(parent, others.toSpliced(at, 0, ...sorted));
}

function write(node: Tree.Node): string {
  if (!isElement(node)) {
    const { nodeName } = node;
    if ("value" in node) return `[text ${node.value}]`;
    if ("data" in node) return `[comment ${node.data}]`;
    return "childNodes" in node ? `[${nodeName} ${node.childNodes.map(write).join("")}]` : `[${nodeName}]`;
  }
  const attributes = node.attrs.map(({ name, value, prefix = "" }) =>
    `${prefix}:${name}=${JSON.stringify(value)}`
  );
  const content = "content" in node ? serialize(node.content as Tree.DocumentFragment) : "";
  const inside = `${attributes.sort().join(" ")} ${content} ${node.childNodes.map(write).join("")}`;
  return `<${node.namespaceURI} ${node.tagName} ${inside}>`;
}
