/**
 * How a page offers calls: what `on()` gives, and where it is written down.
 *
 * @module
 */

import type { Json, Option } from "../../protocol/mod.ts";
import type { LiveSlot } from "./live_slot.ts";

/** Values of the attributes that say how calls are made. */
export type CallOptions = { readonly [K in "permanent" | keyof typeof Option]?: string };

/** One call that an element offers. */
export interface Call {
  /** The DOM event that makes the call. */
  readonly event: string;
  /** The class that the method belongs to. */
  readonly owner: object;
  /** The method's name. */
  readonly method: string;
  /** JSON values. */
  readonly args: readonly unknown[];
  /** How the element's calls are made: values of attributes, by the names by which they are known here. */
  readonly options?: CallOptions;
  /** What is given the name of another method in place of arguments. */
  readonly names?: { readonly owner: object; readonly method: string };
}

/** Stands for the framework's own class of reflexes. */
export const ITSELF: object = Object.freeze({});

/** The prop that carries calls into an element. A symbol, so that no JSON can carry it. */
export const BINDING: unique symbol = Symbol("binding");

/**
 * Calls to be spread on an element: `<button {...binding}>`. On a component they are a prop like any other, and go
 * where the component spreads its props.
 */
export class Binding {
  /** The calls, in order. */
  readonly [BINDING]: readonly Call[];

  /**
   * Takes the calls.
   *
   * @param calls what the element offers
   */
  constructor(calls: readonly Call[]) {
    this[BINDING] = calls;
  }
}

/** Where a render writes down what its page offers. */
export interface Recorder {
  /**
   * The name that a class is registered under.
   *
   * @throws when it is not registered
   */
  nameOf(owner: object): string;
  /**
   * The page offers this call, `Class#method`, with exactly these arguments. The list is not kept by the render. What
   * the page offers twice may be told once.
   */
  offer(target: string, args: readonly Json[]): void;
  /**
   * The page has a place for a part of its own; not there where it can have none.
   *
   * @returns what stands between the tags of its element
   */
  readonly live?: ((slot: LiveSlot) => string) | undefined;
  /** What becomes of islands that fail. */
  readonly islands?: IslandCare | undefined;
}

/** Who hears of islands that fail. */
export interface IslandCare {
  /** Whether whoever looks may see what went wrong. */
  readonly development: boolean;
  /**
   * One has thrown.
   *
   * @returns what is shown in its place
   */
  failed(error: unknown, island: string): string;
}
