/**
 * What the server shows in an island: it is moved where the component wants it, and Preact never looks into it.
 *
 * @module
 */

import { Component, createElement, type VNode } from "preact";
import { IslandMark } from "../protocol/markers.ts";

/** Has Preact leave alone what is in an element; under Trusted Types, too. */
const ITS_OWN = {
  __html: (globalThis as { trustedTypes?: { emptyHTML: string } }).trustedTypes?.emptyHTML ?? "",
};

/** Where the component has its children. */
class Slot extends Component<{ holder: SlotHolder; id: string }> {
  #own: Element | undefined;

  readonly #ref = (element: Element | null): void => {
    const { holder } = this.props;
    if (element) holder.show(this.#own = element);
    else if (this.#own) holder.leave(this.#own);
  };

  override shouldComponentUpdate(): boolean {
    return false;
  }

  override render(): VNode {
    const props = { style: "display:contents", dangerouslySetInnerHTML: ITS_OWN, ref: this.#ref };
    return createElement(IslandMark.slot, { id: this.props.id, ...props }) as VNode;
  }
}

/** Keeps the slot of one island on the page, whether it is shown or not: patches reach into it. */
export class SlotHolder {
  readonly #island: Element;
  /** Those that Preact takes away itself. */
  readonly #shown = new WeakSet<Element>();
  #current: Element | undefined;

  constructor(island: Element) {
    this.#island = island;
  }

  /** The children for the component; nothing where the server has none. */
  node(): VNode | undefined {
    const slot = this.#find();
    return slot && createElement(Slot, { key: slot.id, holder: this, id: slot.id }) as VNode;
  }

  /** Empties the island, but for the slot, which is hidden. */
  clear(): void {
    const slot = this.#find();
    if (slot) hide(slot);
    this.#island.replaceChildren(...slot ? [slot] : []);
  }

  /** The component shows it here. */
  show(element: Element): void {
    const old = this.#current;
    this.#current = element;
    this.#shown.add(element);
    if (!old || old === element) return;
    move(old, element);
    if (!this.#shown.has(old)) old.remove();
  }

  /** The component shows it there no more. */
  leave(element: Element): void {
    if (this.#current !== element) return;
    const parked = document.createElement(IslandMark.slot);
    parked.id = element.id;
    hide(parked);
    this.#island.append(parked);
    move(element, parked);
    this.#current = parked;
  }

  #find(): Element | undefined {
    const island = IslandMark.element;
    if (this.#current?.isConnected) return this.#current;
    this.#current = [...this.#island.querySelectorAll(IslandMark.slot)].find((slot) =>
      slot.parentElement?.closest(`${island},${IslandMark.slot}`) === this.#island
    );
    return this.#current;
  }
}

function hide(slot: Element): void {
  slot.setAttribute("hidden", "");
  slot.removeAttribute("style");
}

// Whoever has the focus in it keeps that, where the browser knows how to.
function move(from: Element, to: Element): void {
  from.removeAttribute("id");
  const how = "moveBefore" in to && to.isConnected && from.isConnected ? "moveBefore" : "insertBefore";
  while (from.firstChild) to[how as "insertBefore"](from.firstChild, null);
}
