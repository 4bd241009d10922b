/**
 * Which reflex a form is posted for: what its `action` says, `?$reflex=Club.join`, and what comes back.
 *
 * Behind the name may stand the form's id, `@edit-3`, by which what was wrong with it finds it, and the arguments that the
 * page offers, as JSON.
 *
 * @module
 */

import type { Json } from "../../protocol/frames.ts";
import { POST_PARAM } from "../../protocol/markers.ts";

/** What a posted form names. Every word is a stranger's. */
export interface PostTarget {
  /** `Class#method`. */
  readonly target: string;
  readonly args: readonly unknown[];
  /** The form's id, where it is not the one that the name alone leads to. */
  readonly id: string | undefined;
}

const named = /^([A-Za-z0-9_$.]+)\.([A-Za-z0-9_$]+)(?:@([\w-]+))?(\[.*\])?$/s;

/** The value of a form's `action`. */
export function postAction({ target, args, id }: PostTarget): string {
  const mark = id === undefined || !/^[\w-]+$/.test(id) || id === usualId(target) ? "" : `@${id}`;
  const list = args.length === 0 ? "" : encodeURIComponent(JSON.stringify(args));
  return `?${POST_PARAM}=${target.replace("#", ".")}${mark}${list}`;
}

/** What the parameter says; `undefined` for what we have not written. */
export function readPostTarget(text: string): PostTarget | undefined {
  const [, owner, method, id, list = "[]"] = named.exec(text) ?? [];
  if (owner === undefined || method === undefined) return undefined;
  let args: Json;
  try {
    args = JSON.parse(list);
  } catch {
    return undefined;
  }
  return { target: `${owner}#${method}`, args: args as Json[], id };
}

// That of a bound form: see `form.ts`.
function usualId(target: string): string {
  return `form-${target.split("#")[1]}`;
}
