/**
 * Telling the author of a page that something on it means nothing.
 *
 * @module
 */

/** Says so in the browser's console, beside the element. */
export function warn(message: string, element: Element): void {
  // deno-lint-ignore no-console -- the console is where whoever writes a page looks
  console.warn(message, element);
}
