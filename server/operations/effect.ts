/**
 * What an operation by hand does to what a render has written: the next render puts it right.
 *
 * @module
 */

import type { DoOperation } from "../../protocol/operations.ts";
import { dataName } from "./operations.ts";

/** What differs from the render now. */
export interface Effect {
  /** Of which element; without an id nobody here knows which those are. */
  readonly id: string | undefined;
  /** Some attributes, by name; what is in it, by text or by markup; or all of it, and its place. */
  readonly changes: readonly string[] | "text" | "content" | "place";
}

/** What one operation does; `undefined` where it does nothing to that. */
export function effectOf([, name, target, detail = {}]: DoOperation): Effect | undefined {
  if (detail["cancel"] === true) return undefined;
  const id = idOf(target, detail);
  switch (name) {
    case "addCssClass":
    case "removeCssClass":
      return { id, changes: ["class"] };
    case "setStyle":
    case "setStyles":
      return { id, changes: ["style"] };
    case "setAttribute":
    case "removeAttribute":
      return { id, changes: [String(detail["name"]).toLowerCase()] };
    case "setDatasetProperty":
      return { id, changes: [dataName(String(detail["name"]))] };
    case "textContent":
      return { id, changes: "text" };
    case "innerHtml":
      return { id, changes: "content" };
    case "morph":
      return { id, changes: detail["childrenOnly"] === true ? "content" : "place" };
    case "outerHtml":
    case "replace":
    case "remove":
    case "graft":
      return { id, changes: "place" };
    default: // what is put in beside is not the render's; the rest is not markup
      return undefined;
  }
}

function idOf(target: string | null, detail: NonNullable<DoOperation[3]>): string | undefined {
  if (detail["xpath"] === true || detail["selectAll"] === true) return undefined;
  return /^#([A-Za-z_][\w-]*)$/.exec(target ?? "")?.[1];
}
