/**
 * A place in the document that stays where it is, whatever comes and goes around it. A browser has `Range` for that;
 * happy-dom's goes along with the element before which it was set, and leaves the page with it.
 *
 * @module
 */

/** What our script uses of a `Range`. */
export class Place {
  /** From the inside out: what it stands in, and what stood before it there. */
  #levels: readonly { readonly parent: Node; readonly before: readonly Node[] }[] = [];

  /** Sets it before a node. */
  setStartBefore(node: Node): void {
    const levels: { parent: Node; before: readonly Node[] }[] = [];
    for (let inner = node, parent = node.parentNode; parent !== null; parent = (inner = parent).parentNode) {
      const all = [...parent.childNodes];
      levels.push({ parent, before: all.slice(0, all.indexOf(inner as ChildNode)) });
    }
    this.#levels = levels;
  }

  /** What it stands in: the innermost that is still on the page. */
  get startContainer(): Node {
    return this.#level.parent;
  }

  /** How many nodes stand before it there. */
  get startOffset(): number {
    const { parent, before } = this.#level;
    return before.filter((node) => node.parentNode === parent).length;
  }

  /** The same place, which can be set elsewhere. */
  cloneRange(): Place {
    const place = new Place();
    place.#levels = this.#levels;
    return place;
  }

  get #level(): { readonly parent: Node; readonly before: readonly Node[] } {
    const level = this.#levels.find(({ parent }) => parent.isConnected);
    if (level === undefined) throw new TypeError("It was set nowhere.");
    return level;
  }
}
