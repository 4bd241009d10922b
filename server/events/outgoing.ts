/**
 * Events that the server sends by itself, held against what was declared.
 *
 * @module
 */

import { fits } from "../../protocol/codec.ts";
import { issueFields, type SchemaResult } from "../../protocol/schema.ts";
import { type Maybe, then } from "../../socksync/maybe.ts";
import type { Sends } from "./types.ts";

/** Writes events that go out. */
export class Outgoing {
  readonly #sends: Sends | undefined;
  readonly #bytes: number;

  /**
   * @param sends what may go out; where left out, anything
   * @param bytes that an event may have
   */
  constructor(sends: Sends | undefined, bytes: number) {
    this.#sends = sends;
    this.#bytes = bytes;
  }

  /**
   * An event as a message; at once, unless its schema takes its time.
   *
   * @throws TypeError for one that is not declared, and for data that its schema refuses or JSON cannot carry; RangeError
   * for one that is too large
   */
  write(type: string, data: unknown): Maybe<string> {
    if (this.#sends === undefined) return this.#encode(type, data);
    if (!Object.hasOwn(this.#sends, type)) {
      throw new TypeError(`Cannot send ${JSON.stringify(type)}: it is none of the events that are declared.`);
    }
    const result = this.#sends[type]!["~standard"].validate(data) as Maybe<SchemaResult<unknown>>;
    return then(result, (result) => {
      if (result.issues === undefined) return this.#encode(type, result.value);
      const said = Object.entries(issueFields(result.issues))
        .map(([path, text]) => path === "" ? text : `${path}: ${text}`);
      throw new TypeError(`Cannot send ${JSON.stringify(type)}: ${said.join("; ")}`);
    });
  }

  #encode(type: string, data: unknown): string {
    const name = JSON.stringify(type);
    if (typeof data !== "object" || data === null || Array.isArray(data)) {
      throw new TypeError(`Cannot send ${name}: its data are no object.`);
    }
    const { type: ownType = type, id, ...rest } = data as Record<string, unknown>;
    if (id !== undefined || ownType !== type) {
      throw new TypeError(
        `Cannot send ${name}: \`type\` and \`id\` are the envelope's; call them something else.`,
      );
    }
    const text = stringify(type, rest);
    if (fits(text, this.#bytes)) return text;
    throw new RangeError(
      `Cannot send ${name}: it has more than ${this.#bytes} bytes (limits.operationBytes).`,
    );
  }
}

function stringify(type: string, rest: object): string {
  try {
    return JSON.stringify({ type, ...rest });
  } catch (cause) {
    throw new TypeError(`Cannot send ${JSON.stringify(type)}: JSON cannot carry its data.`, { cause });
  }
}
