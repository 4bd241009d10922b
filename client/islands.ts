/**
 * The script of pages with islands: it brings each to life when its time has come, with the module that is its own.
 *
 * @module
 */

import { Attribute, IslandMark } from "../protocol/markers.ts";
import { client } from "./core.ts";
import { announce, attribute, closest, first } from "./dom.ts";
import { refuse } from "./refuse.ts";
import { back, seen } from "./island_moment.ts";
import { loadIsland } from "./island_module.ts";

/** What an island is, once it lives. */
interface Mounted {
  /**
   * @param props none where a slot has come or gone
   * @param merges whether they are only those that are others
   */
  update(props?: string, merges?: boolean): void;
  unmount(): void;
}

/** The element of an island. */
class IslandElement extends HTMLElement {
  static observedAttributes = [IslandMark.name, IslandMark.props];

  /** The module that it is of, or is about to be of. */
  #name: string | null = null;
  /** The props with which it was found: what it shows until it lives. */
  #first = "";
  /** Those that the page has for it now. */
  #props = "";
  /** Those that an operation has given it, before it lived. */
  #given: string[] = [];
  #mounted: Mounted | null | undefined;
  /** Ends the wait for its moment, or for another try. */
  #waiting: (() => void) | undefined;
  #isLooking = false;

  constructor() {
    super();
    this.addEventListener(IslandMark.given, (event) => {
      // One that stands in its slot has events of its own.
      if (event.target === this) this.#give((event as CustomEvent<string | null>).detail);
    });
  }

  connectedCallback(): void {
    this.#look();
  }

  disconnectedCallback(): void {
    this.#look();
  }

  attributeChangedCallback(): void {
    this.#look();
  }

  // When the patch is over: what was moved is where it was, and what has changed has changed.
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    queueMicrotask(() => this.#see());
  }

  #see(): void {
    if (!this.#isLooking) return;
    this.#isLooking = false;
    // What looks like one in raw HTML is none.
    if (!this.isConnected) this.#leave();
    else if (!closest(this, `[${Attribute.raw}]`)) this.#follow();
  }

  #follow(): void {
    const name = attribute(this, IslandMark.name), props = attribute(this, IslandMark.props) ?? this.#props;
    if (this.#name === null) {
      this.#name = name;
      this.#first = this.#props = props;
      const when = attribute(this, IslandMark.when);
      this.#wait(seen(this, when, () => void this.#live()));
    } else if (name !== this.#name) {
      this.#name = name;
      this.#first = this.#props = props;
      this.#given = [];
      void this.#live(true);
    } else if (props !== this.#props) this.#take(this.#props = props);
  }

  // What it shows would not be true any more, and nobody knows when its moment comes.
  #take(props: string, merges = false): void {
    if (this.#mounted) return this.#mounted.update(props, merges);
    this.#given = merges ? [...this.#given, props] : [];
    if (attribute(this, IslandMark.when)?.startsWith("(")) void this.#live();
  }

  #give(props: string | null): void {
    if (props) {
      this.#see(); // what a patch has changed before has come before
      this.#take(props, true);
    } else this.#mounted?.update();
  }

  async #live(anew = false): Promise<void> {
    this.#wait();
    const name = this.#name;
    try {
      const { mount } = await loadIsland(name!, () => {
        if (this.#name === name) this.#wait(back(() => void this.#live(anew)));
      });
      // By now it may have gone, or be another, or live.
      if (this.#name !== name || !this.isConnected || (this.#mounted && !anew)) return;
      this.#mounted?.unmount();
      this.#mounted = mount(this, this.#first, anew ? "render" : "hydrate") as Mounted;
      if (this.#props !== this.#first) this.#mounted.update(this.#props);
      for (const given of this.#given.splice(0)) this.#mounted.update(given, true);
    } catch (error) {
      // deno-lint-ignore no-console -- the console is where whoever writes a page looks
      console.error(`Cannot bring the island ${name} to life:`, error);
      announce(this, IslandMark.failed, { island: name, error });
    }
  }

  #wait(end?: () => void): void {
    this.#waiting?.();
    this.#waiting = end;
  }

  #leave(): void {
    this.#wait();
    this.#mounted?.unmount();
    this.#mounted = this.#name = null;
  }
}

if (client) {
  (client.operations ??= new Map()).set("setProps", (target, { props }) => {
    const island = first(target, IslandMark.element) ?? closest(target, IslandMark.element);
    announce(island ?? refuse("no island"), IslandMark.given, props);
  });
}
// Patches have to know of them.
void client?.need().catch(() => {}); // the first patch tries again, and waits for it
customElements.define(IslandMark.element, IslandElement);
