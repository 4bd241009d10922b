/**
 * `style` and `script`: elements whose text the browser reads as it is, without entities.
 *
 * @module
 */

import { describe } from "./_child.ts";

/** Whether an element's text is written as it is. */
export function isRawText(element: string): boolean {
  if (element === "style" || element === "script") return true;
  if (element.length > 6) return false;
  const lower = element.toLowerCase();
  return lower === "style" || lower === "script";
}

/**
 * The text of children of such an element.
 *
 * @throws TypeError when there is more than text
 */
export function plainText(children: unknown, element: string): string {
  if (children === null || children === undefined || typeof children === "boolean") return "";
  if (typeof children === "string") return children;
  if (typeof children === "number" || typeof children === "bigint") return String(children);
  if (Array.isArray(children)) return children.map((child) => plainText(child, element)).join("");
  throw new TypeError(
    `Cannot render ${
      typeof children === "function" ? "a function" : describe(children)
    } inside <${element}>: ` +
      "it holds text only.",
  );
}

/**
 * Refuses a text that would end its element, or hide its end.
 *
 * @param foreign whether the element stands in SVG or MathML, where browsers do read markup in it
 * @throws TypeError that names the element
 */
export function checkRawText(text: string, element: string, foreign: boolean): void {
  const name = element.toLowerCase();
  // Most texts hold nothing like it, and are long.
  if (text.includes("</") && text.toLowerCase().includes(`</${name}`)) {
    throw new TypeError(`Cannot render <${element}>: its text holds "</${name}", which would end it.`);
  }
  if (name === "script" && text.includes("<!--")) {
    throw new TypeError(`Cannot render <${element}>: its text holds "<!--", which can hide its end.`);
  }
  if (foreign && text.includes("<")) {
    throw new TypeError(
      `Cannot render <${element}> inside svg or math: its text holds "<", which is markup there.`,
    );
  }
}
