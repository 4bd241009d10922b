/**
 * What is told of a reflex, stage by stage.
 *
 * @module
 */

import type { ErrorCode } from "../protocol/errors.ts";
import type { ElementData, Json } from "../protocol/frames.ts";

/**
 * A stage of a reflex. In this order: `created`, `before`, `queued` where there is no line, `delivered`; then `success`
 * (after `nothing`, where nothing on the page has changed), `halted`, `forbidden` or `error`; then `after`, `finalize`.
 *
 * @example
 * ```ts
 * import type { ReflexStage } from "@argyle/argyle/client";
 * const wentWell = (stage: ReflexStage) => stage === "success";
 * ```
 */
export type ReflexStage =
  | "created"
  | "before"
  | "queued"
  | "delivered"
  | "nothing"
  | "success"
  | "halted"
  | "forbidden"
  | "error"
  | "after"
  | "finalize";

/**
 * The `detail` of the event of a stage. It is one object for all stages of a reflex; a listener of `before` may change
 * `args` and `data`, and stops the reflex by `preventDefault()`.
 *
 * @example
 * ```ts
 * import type { ReflexDetail } from "@argyle/argyle/client";
 * const guard = (event: CustomEvent<ReflexDetail>) => { // document.addEventListener("argyle:before", guard)
 *   const { reflex, element } = event.detail;
 *   if (reflex === "Orders#cancel" && element?.classList.contains("locked")) event.preventDefault();
 * };
 * ```
 */
export interface ReflexDetail {
  /** The stage. */
  stage: ReflexStage;
  /** `Class#method`. */
  readonly reflex: string;
  /** Counts the reflexes of the page. */
  readonly id: number;
  /** The arguments. */
  args: Json[];
  /** What is told of the element and its form. */
  data: ElementData;
  /** The element; none where a script has named none. */
  readonly element?: Element | undefined;
  /** From `success` on: what the method has returned. */
  value?: Json | undefined;
  /** From `error`, `halted` and `forbidden` on: why, for programs. */
  code?: ErrorCode;
  /** A sentence for the person. */
  message?: string;
  /** Sentences by field, where the input was invalid. */
  fields?: Readonly<Record<string, string>> | undefined;
}

/**
 * The event of a stage: `argyle:success` and so on, on the element, on `document` when there is none or it is gone.
 *
 * @example
 * ```ts
 * import type { ReflexEvent } from "@argyle/argyle/client";
 * function hear({ detail }: ReflexEvent): string {
 *   return `${detail.id} ${detail.reflex}: ${detail.stage}`;
 * }
 * ```
 */
export type ReflexEvent = CustomEvent<ReflexDetail>;
