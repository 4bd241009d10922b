/**
 * What JSX gives and what a page may return.
 *
 * @module
 */

/**
 * One piece of JSX, `<main />`. Opaque: it is made by the JSX runtime and read by the renderer alone.
 *
 * @example
 * ```tsx
 * import type { JsxElement } from "@argyle/argyle/types";
 * const rows = (titles: string[]): JsxElement[] => titles.map((title) => <li key={title}>{title}</li>);
 * ```
 */
export interface JsxElement {
  /** The element's name, or the component. */
  readonly type: unknown;
  /** The attributes and children. */
  readonly props: unknown;
  /** What identifies it among its siblings. */
  readonly key: unknown;
}

/**
 * What a page or a component may return. A string is text, never markup; `null`, `undefined` and booleans are
 * nothing.
 *
 * @example
 * ```ts
 * import type { Html } from "@argyle/argyle";
 * const greeting: Html = ["Hello, ", 1 < 2 && "<world>"]; // Hello, &lt;world>
 * ```
 */
export type Html = JsxElement | string | number | boolean | null | undefined | readonly Html[];
