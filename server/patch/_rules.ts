/**
 * Where an element may stand for the browser's tree to be the string's tree.
 *
 * The table is a list of what is known to be harmless. What is not in it (`template`, `noscript`, `math`, `ruby`,
 * `frameset`, unknown names without a hyphen …) is treated as something a parser might move.
 */

/** What an element holds. */
export type Content =
  /** Text and whatever has no place of its own. */
  | "flow"
  /** Elements that name it as their place, and white space; a parser would move anything else away. */
  | "parts"
  /** Text alone. */
  | "text"
  /** Elements of SVG, and text. */
  | "svg"
  /** Nothing: it has no end tag. */
  | "void"
  /** Characters up to its end tag, in which tags are no tags. */
  | "raw";

/** How one element name is treated. */
export interface Rule {
  readonly name: string;
  readonly content: Content;
  /** The parents it must have; without it, any parent with flow content. */
  readonly within: readonly string[] | undefined;
  /** A bit that it sets for what is inside it. */
  readonly bit: number;
  /** The bits under which a parser closes something before it, or drops it. */
  readonly not: number;
  /** Whether a parser opens it again after a wrong end tag, and counts equal ones. */
  readonly formatting: boolean;
}

const P = 1, A = 2, BUTTON = 4, FORM = 8, HEADING = 16;

/** What an island shows is the browser's own, but for what is in its slot. */
export const ISLAND = 32;

const html = new Map<string, Rule>();
const svg = new Map<string, Rule>();

function add(names: string, content: Content, rest: Partial<Rule> = {}, to: Map<string, Rule> = html): void {
  for (const name of names.split(" ")) {
    to.set(name, { name, content, within: undefined, bit: 0, not: 0, formatting: false, ...rest });
  }
}

add("span label abbr bdi bdo cite data del dfn ins kbd mark output q samp sub sup time var", "flow");
add("argyle-live argyle-slot", "flow");
add("argyle-island", "flow", { bit: ISLAND });
add("audio video picture canvas map meter progress slot legend", "flow");
add("b big code em font i s small strike strong tt u", "flow", { formatting: true });
add("a", "flow", { formatting: true, bit: A, not: A });
add("button", "flow", { bit: BUTTON, not: BUTTON });

// A parser ends an open `p` before each of these.
const block =
  "address article aside blockquote details dialog div fieldset figcaption figure footer header " +
  "hgroup main nav pre search section summary";
add(block, "flow", { not: P });
add("p", "flow", { bit: P, not: P });
add("h1 h2 h3 h4 h5 h6", "flow", { bit: HEADING, not: P | HEADING });
add("form", "flow", { bit: FORM, not: P | FORM });

add("ul ol menu", "flow", { not: P });
add("li", "flow", { not: P, within: ["ul", "ol", "menu"] });
add("dl", "flow", { not: P });
add("dt dd", "flow", { not: P, within: ["dl"] });

add("table", "parts", { not: P });
add("caption", "flow", { within: ["table"] });
add("colgroup thead tbody tfoot", "parts", { within: ["table"] });
add("col", "void", { within: ["colgroup"] });
add("tr", "parts", { within: ["thead", "tbody", "tfoot"] });
add("td th", "flow", { within: ["tr"] });

add("select", "parts");
add("datalist", "flow");
add("optgroup", "parts", { within: ["select"] });
add("option", "text", { within: ["select", "optgroup", "datalist"] });

add("area br embed img input link meta source track wbr", "void");
add("hr", "void", { not: P });
add("iframe script style textarea title", "raw");

add("svg", "svg");
add("svg", "svg", {}, svg);
const shapes =
  "circle clipPath defs ellipse feBlend feColorMatrix feComposite feDropShadow feFlood feGaussianBlur " +
  "feMerge feMergeNode feOffset filter g image line linearGradient marker mask path pattern polygon polyline " +
  "radialGradient rect stop switch symbol text textPath tspan use view animate animateMotion animateTransform set";
add(shapes, "svg", {}, svg);
// HTML may stand in these two, so nothing but text is let in.
add("desc title", "text", {}, svg);

/** The letters of a name as one number, five bits for each: looked up twice as fast as a string. */
const short = new Map<number, Rule>();
for (const rule of html.values()) {
  if (/^[a-z]{1,6}$/.test(rule.name)) {
    short.set([...rule.name].reduce((key, letter) => key << 5 | letter.charCodeAt(0) & 31, 0), rule);
  }
}

/** The rule for the tag whose name begins at `from`, inside that content, if there is one. */
export function ruleAt(text: string, from: number, parent: Content): Rule | undefined {
  let at = from, key = 0, code = text.charCodeAt(at);
  for (; code >= 97 && code <= 122 && at < from + 7; code = text.charCodeAt(++at)) key = key << 5 | code & 31;
  if (parent !== "svg" && at <= from + 6 && (code === 62 || code === 32)) return short.get(key);
  while (isName(code)) code = text.charCodeAt(++at);
  return ruleFor(text.slice(from, at), parent);
}

/** Letters, digits, hyphen. */
function isName(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 ||
    (code >= 65 && code <= 90);
}

function ruleFor(name: string, parent: Content): Rule | undefined {
  if (parent === "svg") return svg.get(name);
  return html.get(name) ?? (CUSTOM.test(name) ? custom(name) : undefined);
}

const CUSTOM = /^[a-z][a-z\d]*-[a-z\d-]*$/;

/** A custom element is like `span`. */
function custom(name: string): Rule {
  return { name, content: "flow", within: undefined, bit: 0, not: 0, formatting: false };
}

/** What holds the page's own content in an island. */
export const slotRule = html.get("argyle-slot") as Rule;

/** What `tr` gets for a parent when it stands directly in `table`. */
export const impliedBody = html.get("tbody") as Rule;
