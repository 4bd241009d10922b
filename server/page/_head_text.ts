/**
 * The markup of a `<Head>` that is as it was: most hold a title and a style sheet.
 *
 * @module
 */

import { Fragment, isValidElement } from "preact";
import type { Props } from "./_element.ts";
import { currentAttributes } from "./_rendering.ts";
import { Template } from "./_template.ts";

/** What is compiled and holds texts alone: its markup follows from these. */
interface Texts {
  /** For each child its template, and the values in it. */
  readonly parts: readonly unknown[];
  readonly html: string;
}

// One for each place in the source.
const known = new WeakMap<Template, Texts>();
const longest = 64 * 1024;

/**
 * The markup of children.
 *
 * @param render writes it, where it is not known
 */
export function headText(children: unknown, render: () => string): string {
  const parts = textsOf(children);
  if (parts === undefined) return render();
  const first = parts[0] as Template;
  const before = known.get(first);
  if (before !== undefined && isEqual(before.parts, parts)) return before.html;
  const html = render();
  if (html.length < longest) known.set(first, { parts, html });
  return html;
}

function isEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

function textsOf(children: unknown): unknown[] | undefined {
  const parts: unknown[] = [], own = currentAttributes();
  for (const child of Array.isArray(children) ? children : [children]) {
    if (!isValidElement(child) || child.type !== Fragment) return undefined;
    const { template, exprs } = child.props as Props;
    if (!(template instanceof Template) || template.targets(own).length > 0 || child.key != null) {
      return undefined;
    }
    parts.push(template);
    for (const value of exprs as unknown[]) {
      if (typeof value !== "string" && value !== null) return undefined;
      // What a hole offers is known to the render.
      if (own !== undefined && value?.startsWith(" data-")) return undefined;
      parts.push(value);
    }
  }
  return parts.length === 0 ? undefined : parts;
}
