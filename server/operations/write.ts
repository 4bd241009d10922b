/**
 * Operations for as many as there are, written once.
 *
 * @module
 */

import type { Limits } from "../../protocol/limits.ts";
import { isOpenAttribute } from "../../protocol/operation_rules.ts";
import type { Piece, Told } from "../bus/told.ts";
import type { Html } from "../page/html.ts";
import type { Renderer } from "../page/renderer.ts";
import { type Draft, markup, operationOf } from "./draft.ts";
import { dataName, draftsOf, type MissingElement, Operations } from "./operations.ts";

/** Writes the operations of one app. */
export class Writer {
  readonly #renderer: Pick<Renderer, "renderFragment" | "isOwn">;
  readonly #limits: Pick<Limits, "operations" | "operationBytes">;
  readonly #missingElement: MissingElement;

  /** @param missingElement what happens where there is no such element, and the operation does not say */
  constructor(
    renderer: Pick<Renderer, "renderFragment" | "isOwn">,
    limits: Pick<Limits, "operations" | "operationBytes">,
    missingElement: MissingElement,
  ) {
    this.#renderer = renderer;
    this.#limits = limits;
    this.#missingElement = missingElement;
  }

  /**
   * Writes operations.
   *
   * @param path of the page that they are written by, for the log
   * @throws RangeError for more than `limits.operations`, or more bytes than `limits.operationBytes`; TypeError for what
   * only a render writes
   */
  write(operations: Operations, path = "(broadcast)"): Told {
    if (!(operations instanceof Operations)) throw new TypeError("Cannot send what ops() has not made.");
    const { operations: most, operationBytes } = this.#limits, { length } = operations;
    if (length > most) throw new RangeError(`Cannot send ${length} operations: a list has at most ${most}.`);
    const pieces = draftsOf(operations).map((draft) => this.#piece(draft, path));
    const text = JSON.stringify(pieces.map(({ operation }) => operation));
    // A letter has three bytes at most.
    const bytes = text.length * 3 <= operationBytes ? 0 : new TextEncoder().encode(text).length;
    if (bytes > operationBytes) {
      throw new RangeError(`Cannot send ${bytes} bytes of operations: a list has at most ${operationBytes}.`);
    }
    return { text, pieces };
  }

  #piece(draft: Draft, path: string): Piece {
    const { detail, target, name } = draft;
    this.#checkAttribute(name, detail["name"]);
    const render = (html: Html, what: string) => this.#renderer.renderFragment({ path }, html, what);
    const { html, offers } = markup(draft, render);
    const says = target === null || "missing" in detail || this.#missingElement === "warn";
    return {
      operation: operationOf(draft, says ? html : { ...html, missing: this.#missingElement }),
      offers,
    };
  }

  // The app may have names of its own for attributes.
  #checkAttribute(operation: string, given: unknown): void {
    if (!/^(set|remove)Attribute$|^setDataset/.test(operation)) return;
    const name = operation === "setDatasetProperty" ? dataName(String(given)) : String(given).toLowerCase();
    if (!isOpenAttribute(name) || this.#renderer.isOwn(name)) {
      throw new TypeError(`Cannot write ${JSON.stringify(name)}: only a render writes this attribute.`);
    }
  }
}
