/**
 * What the server says to its operator.
 *
 * @module
 */

/**
 * Values that belong to a message; `undefined` is left out. The default logger writes them escaped and cut, so that
 * nobody writes lines for us: one of your own does the same.
 *
 * @example
 * ```ts
 * import type { LogFields } from "@argyle/argyle/types";
 * const text = (fields: LogFields = {}) => JSON.stringify(fields).slice(0, 1000);
 * console.assert(text({ page: "/orders", late: undefined }) === '{"page":"/orders"}');
 * ```
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Where messages go. It must not throw.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { Logger } from "@argyle/argyle/types";
 * const log: Logger = {
 *   info() {},
 *   warn: (message, fields) => console.warn(message, JSON.stringify(fields)),
 *   error: (message, error, fields) => console.error(message, JSON.stringify(fields), error),
 * };
 * const app = new App({ log });
 * ```
 */
export interface Logger {
  /** Something that went as it should. */
  info(message: string, fields?: LogFields): void;
  /** Something that the operator may want to change. */
  warn(message: string, fields?: LogFields): void;
  /** Something that failed; `error` is written whole, with its causes. */
  error(message: string, error: unknown, fields?: LogFields): void;
}

/** Writes one readable line per message to the console; errors with their stack. */
export const consoleLogger: Logger = {
  // deno-lint-ignore no-console -- the one place where the default logger meets the console
  info: (message, fields) => console.info(line("info", message, fields, isColoured(Deno.stdout))),
  // deno-lint-ignore no-console
  warn: (message, fields) => console.warn(line("warn", message, fields, isColoured(Deno.stderr))),
  // deno-lint-ignore no-console
  error: (message, error, fields) => console.error(errorLine(message, fields), error),
};

/** What was thrown, in words. Nobody has to throw an error, nor anything that can be made a text. */
export function wordsOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** A log whose every line carries these fields, too. */
export class FieldsLogger implements Logger {
  readonly #log: Logger;
  readonly #fields: LogFields;

  constructor(log: Logger, fields: LogFields) {
    this.#log = log;
    this.#fields = fields;
  }

  info(message: string, fields?: LogFields): void {
    this.#log.info(message, { ...fields, ...this.#fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.#log.warn(message, { ...fields, ...this.#fields });
  }

  error(message: string, error: unknown, fields?: LogFields): void {
    this.#log.error(message, error, { ...fields, ...this.#fields });
  }
}

/** Names one request in the log, in its response, and to the person who reports that it failed. */
export function makeRequestId(): string {
  return crypto.randomUUID().slice(-12);
}

/** A word by which a person's report finds a line of the log. */
export function makeReference(): string {
  return crypto.randomUUID().slice(0, 8);
}

function errorLine(message: string, fields: LogFields | undefined): string {
  return line("error", message, fields, isColoured(Deno.stderr));
}

/** Whether a person reads it, who has not said that they want no colours. */
function isColoured(stream: { isTerminal(): boolean }): boolean {
  return !Deno.noColor && stream.isTerminal();
}

const colours = { info: 36, warn: 33, error: 31 } as const, dim = 2;

/** A line of the console. */
export function line(
  level: keyof typeof colours,
  message: string,
  fields: LogFields = {},
  isColoured = false,
): string {
  const paint = (text: string, colour: number) => isColoured ? `\x1b[${colour}m${text}\x1b[0m` : text;
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${escapeValue(value!)}`);
  const time = paint(new Date().toISOString(), dim);
  return `${time} ${paint(level, colours[level])} ${message}${paint(pairs.join(""), dim)}`;
}

// Control characters and line separators would let a stranger's value look like a line of ours.
function escapeValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const cut = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
