/**
 * One island of a page, alive.
 *
 * @module
 */

import { Component, type ComponentChildren, createElement, hydrate, render, type VNode } from "preact";
import { IslandMark } from "../protocol/markers.ts";
import { type Props, PropsReader } from "./client_props.ts";
import { SlotHolder } from "./client_slot.ts";
import type { IslandFacts } from "./island.ts";

/** How many have got ids without a number from the server. */
let numbered = 0;

/** Keeps what is thrown in an island to that island. */
class Boundary extends Component<{ island: LiveIsland; round: number; children?: ComponentChildren }> {
  // What has failed with some props is tried again with others.
  #failed = -1;
  #error: unknown;

  override componentDidCatch(error: unknown): void {
    const { island, round } = this.props;
    this.#failed = round;
    this.#error = error;
    this.setState({});
    island.report(error);
  }

  override render({ island, round, children }: Boundary["props"]): ComponentChildren {
    if (this.#failed !== round) return children;
    return island.mayShow ? createElement("pre", { [IslandMark.error]: "" }, `${this.#error}`) : null;
  }
}

/** It never throws. */
export class LiveIsland {
  readonly #facts: IslandFacts;
  readonly #element: Element;
  readonly #reader: PropsReader;
  readonly #slot: SlotHolder;
  readonly #mask: [unknown, number];
  #props: Props = {};
  #round = 0;

  constructor(facts: IslandFacts, element: Element) {
    this.#facts = facts;
    this.#element = element;
    this.#reader = new PropsReader(facts.signal);
    this.#slot = new SlotHolder(element);
    this.#mask = [element.getAttribute(IslandMark.ids) ?? `i${numbered++}`, 0];
  }

  /** Whether whoever looks may see what goes wrong. */
  get mayShow(): boolean {
    return this.#element.hasAttribute(IslandMark.error);
  }

  start(props: string, how: "hydrate" | "render"): void {
    this.#attempt(() => {
      this.#props = this.#reader.read(props, {});
      // What another has left there, or the server has said in its place.
      const [first] = this.#element.children;
      if (how === "render" || first?.hasAttribute(IslandMark.error)) this.#slot.clear();
      this.#show(hydrate);
    });
  }

  update(props?: string, merges = false): void {
    this.#attempt(() => {
      if (props !== undefined) {
        const next = this.#reader.read(props, this.#props);
        this.#props = merges ? { ...this.#props, ...next } : next;
      }
      this.#round++;
      this.#show(render);
    });
  }

  unmount(): void {
    this.#attempt(() => render(null, this.#element));
  }

  /** Tells of what has gone wrong. */
  report(error: unknown): void {
    const island = this.#element.getAttribute(IslandMark.name);
    // deno-lint-ignore no-console -- the console is where whoever writes a page looks
    console.error(`The island ${island} has failed:`, error);
    const detail = { island, error };
    this.#element.dispatchEvent(new CustomEvent(IslandMark.failed, { bubbles: true, detail }));
  }

  #show(by: typeof render): void {
    const { component } = this.#facts, children = this.#slot.node();
    const shown = createElement(component as never, { ...this.#props, children } as never);
    const boundary = createElement(Boundary, { island: this, round: this.#round }, shown) as VNode & {
      __m?: unknown;
    };
    // What `useId` counts on, as the server has done it.
    boundary.__m = this.#mask;
    by(boundary, this.#element);
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.report(error);
    }
  }
}
