/** Which ids lead to one element, in a page before and after a change. */

/** What Preact's `useId` makes: a row inserted above gives it to another element. */
const USE_ID = /^P\d+-\d+$/;

/** An id with one of these is written in more than one way, or is none. */
const AMBIGUOUS = /[\s&<>"'`=\0\uFFFD]/;

/** Beyond so many questions it is cheaper to collect all ids once. */
const FEW = 2;

/** What stands for a character that no address has. */
const HARMLESS = "(?:amp|lt|gt|quot|#39);";
const REFERENCE = new RegExp(`&(?!${HARMLESS})`);
const REFERENCE_IN_ID = new RegExp(`id\\s*=\\s*["']?[^"'<>\\s=]*&(?!${HARMLESS})`, "i");

/** Answers for one pair of pages. Whatever looks like an attribute counts, also in text, comments and scripts. */
export class Addresses {
  readonly #pages: readonly string[];
  readonly #head: string;
  readonly #known = new Map<string, boolean>();
  #all: Map<string, number>[] | undefined;
  #hidden: boolean | undefined;

  /** The bodies, in each of which an address occurs once; the heads, in which it does not occur. */
  constructor(bodies: readonly [string, string], heads: readonly [string, string]) {
    this.#pages = bodies;
    this.#head = heads.join("");
  }

  /** Whether `id` leads to one and the same element. */
  has(id: string): boolean {
    let known = this.#known.get(id);
    if (known === undefined) this.#known.set(id, known = this.#look(id));
    return known;
  }

  #look(id: string): boolean {
    if (id === "" || AMBIGUOUS.test(id) || USE_ID.test(id) || !id.isWellFormed()) return false;
    this.#hidden ??= [...this.#pages, this.#head].some(hidesId);
    if (this.#hidden || count(this.#head, id) > 0) return false;
    if (this.#known.size < FEW) return this.#pages.every((page) => count(page, id) === 1);
    this.#all ??= this.#pages.map(collect);
    return this.#all.every((ids) => ids.get(id) === 1);
  }
}

/** Whether an id is written with a character reference, so that it may be any id. */
function hidesId(page: string): boolean {
  return page.includes("&") && REFERENCE.test(page) && REFERENCE_IN_ID.test(page);
}

/** How often `id` is the value of an attribute named id, in whatever spelling. */
function count(page: string, id: string): number {
  let found = 0;
  for (let at = page.indexOf(id); at >= 0; at = page.indexOf(id, at + id.length)) {
    if (isValue(page, at, at + id.length)) found++;
  }
  return found;
}

function isValue(page: string, from: number, to: number): boolean {
  if (to < page.length && !/["'\s>/]/.test(page.charAt(to))) return false;
  const quote = page.charCodeAt(from - 1);
  const equals = skipBlanks(page, quote === 34 || quote === 39 ? from - 2 : from - 1);
  if (page.charCodeAt(equals) !== 61) return false;
  const name = skipBlanks(page, equals - 1);
  return page.slice(Math.max(0, name - 1), name + 1).toLowerCase() === "id";
}

/** The last place at or before `at` that is not blank. */
function skipBlanks(page: string, at: number): number {
  while (at >= 0 && page.charCodeAt(at) <= 32) at--;
  return at;
}

function collect(page: string): Map<string, number> {
  const ids = new Map<string, number>();
  for (const [, id = ""] of page.matchAll(/id\s*=\s*["']?(?=([^"'<>\s=&`]*))/gi)) {
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  return ids;
}
