/**
 * What the page puts into the document's head, collected while it renders.
 *
 * @module
 */

/** The elements of a head, in order; what may stand there once only is replaced in its place. */
export class HeadList {
  #parts: readonly Part[] = none;

  /**
   * Adds markup that was rendered.
   *
   * @throws TypeError for elements that have no place in it
   */
  add(html: string): void {
    this.#parts = this.#parts.concat(readPart(html));
  }

  /** The markup. */
  toString(): string {
    return this.#parts.length === 1 ? this.#parts[0]!.text : join(this.#parts);
  }
}

/** What one `<Head>` adds. */
interface Part {
  /** What was rendered. */
  readonly html: string;
  readonly elements: readonly HeadElement[];
  /** The markup of the list that holds nothing else. */
  readonly text: string;
}

const none: readonly Part[] = [];

function join(parts: readonly { readonly elements: readonly HeadElement[] }[]): string {
  const entries = new Map<string, string>();
  let count = 0;
  for (const { elements } of parts) {
    for (const element of elements) entries.set(onceKey(element) ?? `${++count}`, element.html);
  }
  return [...entries.values()].join("");
}

interface HeadElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly html: string;
}

// The markup is the renderer's own: attributes in double quotes, text escaped.
const startTag = /\s*<([a-z]+)((?:\s+[^\s=<>"/]+(?:="[^"]*")?)*)\s*\/?>/y;
const attribute = /([^\s=<>"/]+)(?:="([^"]*)")?/g;
const allowed = new Set(["title", "meta", "link", "style", "script"]);

// Most pages have the same head at each render, and the page before is mostly the same page: to compare a style sheet
// takes a tenth of what it takes to look for it.
const known = new Map<string, Part>();
const most = 100;
let last: Part | undefined;

function readPart(html: string): Part {
  if (html === last?.html) return last;
  const before = known.get(html);
  if (before !== undefined) return last = before;
  const elements = read(html);
  const part = { html, elements, text: join([{ elements }]) };
  if (html.length >= 64 * 1024) return part;
  if (known.size >= most) known.clear();
  known.set(html, part);
  return last = part;
}

function read(html: string): HeadElement[] {
  const elements: HeadElement[] = [];
  let at = 0;
  while (html.slice(at).trim() !== "") {
    startTag.lastIndex = at;
    const match = startTag.exec(html);
    if (match === null) {
      throw refusal(JSON.stringify(html.slice(at).trim().slice(0, 60)), "it takes elements only");
    }
    const [start, name, list] = match as unknown as [string, string, string];
    if (!allowed.has(name)) {
      throw refusal(`<${name}>`, `it takes ${[...allowed].map((one) => `<${one}>`).join(", ")}`);
    }
    const from = at + start.length;
    const end = name === "meta" || name === "link" ? from : endOf(html, name, from);
    const attributes = new Map<string, string>();
    for (const [, key, value = ""] of list.matchAll(attribute)) attributes.set(key!.toLowerCase(), value);
    const element = { name, attributes, html: html.slice(at, end).trim() };
    checkElement(element);
    elements.push(element);
    at = end;
  }
  return elements;
}

function endOf(html: string, name: string, from: number): number {
  const tag = `</${name}>`;
  const end = html.indexOf(tag, from);
  if (end === -1) throw refusal(`<${name}>`, "it does not end");
  if (name === "title" && html.slice(from, end).includes("<")) throw refusal("<title>", "it holds text only");
  return end + tag.length;
}

function checkElement({ name, attributes }: HeadElement): void {
  if (name === "meta" && attributes.has("http-equiv")) {
    throw refusal("<meta http-equiv>", "headers are the response's to say");
  }
  if (name === "script" && !attributes.has("src")) {
    throw refusal("<script>", "a script in the head has a src");
  }
}

function onceKey({ name, attributes }: HeadElement): string | undefined {
  if (name === "title") return "title";
  if (name !== "meta") return undefined;
  for (const key of ["name", "property", "charset"]) {
    const value = attributes.get(key);
    if (value !== undefined) return key === "charset" ? "meta charset" : `meta ${key} ${value}`;
  }
  return undefined;
}

function refusal(what: string, why: string): TypeError {
  return new TypeError(`Cannot put ${what} into <Head>: ${why}.`);
}
