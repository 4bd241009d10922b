/**
 * What the process with the app tells `dev`, one line of JSON each, over a connection of their own.
 *
 * @module
 */

/** The variable by which the process learns what it needs. It is taken out of the environment before the app runs. */
export const CHILD_VARIABLE = "ARGYLE_DEV_CHILD";

/** What the process is told. */
export interface ChildOrders {
  /** The port at which it is waited for. */
  readonly control: number;
  /** What it says first, so that nobody else is taken for it. */
  readonly key: string;
  /** Where the app is to be found, as it sees it. */
  readonly hostname: string;
  readonly port: number;
  /** The file in which the memory of one process waits for the next. */
  readonly kept: string;
  /** Whether other machines may ask: they are no developers. */
  readonly isOpen: boolean;
}

/** What it tells. */
export type ChildNews =
  | { readonly kind: "hello"; readonly key: string }
  /** The app listens: `port` for this machine, `foreign` for all others. */
  | { readonly kind: "listening"; readonly port: number; readonly foreign: number | undefined }
  /** The module has run, and nothing listens yet. */
  | { readonly kind: "loaded"; readonly gives: string }
  /** Something failed while it ran. */
  | { readonly kind: "error"; readonly what: string; readonly error: ErrorText; readonly request?: string }
  /** A folder of files is served at a path. */
  | { readonly kind: "files"; readonly path: string; readonly folder: string };

/** An error, as far as it can be told. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  /** With its causes. */
  readonly stack: string;
}
