/**
 * What an app knows of `deno task dev`, and tells it. What runs the app may have another copy of this package: they
 * speak by a variable of the environment and by events of `globalThis`, so that neither imports the other. Without
 * `ARGYLE_ENV=development` nothing of it is there.
 *
 * @module
 */

import { environment } from "./environment.ts";
import type { LogFields, Logger } from "./observe.ts";

/** The event by which an app tells what there is to know while developing. */
export const DEVELOPMENT_EVENT = "argyle:development";

/** What `deno task dev` has said to the process. */
export interface Developer {
  /** What a page shows to be let into the channel. */
  readonly token: string;
  /** Which start of the process this is: another one has other code. */
  readonly start: string;
  /** What an app seals with whose store keeps no secret. */
  readonly secret: string | undefined;
}

/** What is told. */
export type DevelopmentNews =
  | { readonly kind: "error"; readonly what: string; readonly error: unknown; readonly request?: string }
  | { readonly kind: "files"; readonly path: string; readonly folder: string };

/** What of the memory of an app one process leaves to the next. */
export interface KeptMemory<Record> {
  /** What was left. */
  readonly left: readonly Record[];
  /** Is asked for what it leaves, when the process ends. */
  leaving(records: () => readonly Record[]): void;
}

/** The name under which whoever runs the app offers it. */
const KEPT = Symbol.for("argyle.kept");

/** Where the memory of an app outlives its process; nowhere in production. */
export function keptMemory<Record>(): KeptMemory<Record> | undefined {
  if (developer() === undefined) return undefined;
  return (globalThis as { [KEPT]?: KeptMemory<Record> })[KEPT];
}

/** Who develops; nobody in production, or where the app runs by itself. */
export function developer(): Developer | undefined {
  if (environment("ARGYLE_ENV") !== "development") return undefined;
  const [, token, start] = /^(\w{32,})\.(\d+)$/.exec(environment("ARGYLE_DEV") ?? "") ?? [];
  if (token === undefined || start === undefined) return undefined;
  return { token, start, secret: environment("ARGYLE_DEV_SECRET") };
}

/** Tells it to whoever runs the app. */
export function tellDeveloper(news: DevelopmentNews): void {
  globalThis.dispatchEvent(new CustomEvent(DEVELOPMENT_EVENT, { detail: news }));
}

/** The log of an app: while developing, what failed is shown in the browser, too. */
export function developing(log: Logger): Logger {
  return developer() === undefined ? log : new ToldLogger(log);
}

class ToldLogger implements Logger {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  info(message: string, fields?: LogFields): void {
    this.#log.info(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log.warn(message, fields);
  }

  error(message: string, error: unknown, fields?: LogFields): void {
    this.#log.error(message, error, fields);
    const { request } = fields ?? {};
    const about = typeof request === "string" ? { request } : {};
    tellDeveloper({ kind: "error", what: message, error, ...about });
  }
}
