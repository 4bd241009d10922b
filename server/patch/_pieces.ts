/** Of what one body is made: pieces of the body before it, and fresh ones. */

import { addCount, type Counts, type Entries, hashName, type Outline, Recorder } from "./_outline.ts";
import { type Open, Scanner } from "./_scan.ts";

/** The same in both. */
interface Same {
  readonly kind: "same";
  readonly from: number;
  readonly to: number;
  /** Where it begins in the new body. */
  readonly at: number;
}

/** Elements that are only in the new body. */
interface Fresh {
  readonly kind: "fresh";
  readonly at: number;
  readonly to: number;
  readonly parent: Open;
}

/** The pieces in the order of the new body. What is in none of them is text or attributes. */
export class Pieces {
  readonly #pieces: (Same | Fresh)[] = [];

  /** Adds a piece of the old body. */
  same(from: number, to: number, at: number): void {
    if (to > from) this.#pieces.push({ kind: "same", from, to, at });
  }

  /** Adds what is new. */
  fresh(at: number, to: number, parent: Open): void {
    this.#pieces.push({ kind: "fresh", at, to, parent });
  }

  /** Takes back what was added from a place of the new body on. */
  cut(at: number): void {
    while ((this.#pieces.at(-1)?.at ?? -1) >= at) this.#pieces.pop();
    const last = this.#pieces.at(-1);
    if (last?.kind === "same" && last.at + last.to - last.from > at) {
      this.#pieces[this.#pieces.length - 1] = { ...last, to: last.from + at - last.at };
    }
  }

  /**
   * The outline of the new body, and how its counts differ; `undefined` where a fresh piece is not understood after all.
   */
  outline(
    before: Outline,
    html: string,
  ): { entries: Entries; counts: Counts; limit: number; hidden: boolean } | undefined {
    const counts: Counts = new Map();
    const recorder = new Recorder(counts);
    const { starts, ends, parents } = recorder;
    // A typed array of a page with few names would take longer than all the rest.
    const kept = new Array<0 | 1>(before.starts.length).fill(0);
    let hidden = before.hidden;
    for (const [index, piece] of this.#pieces.entries()) {
      if (piece.kind === "fresh") {
        const scan = new Scanner(html, piece.at, piece.parent, recorder);
        scan.advance(piece.to);
        if (scan.at !== piece.to || scan.top !== piece.parent) return undefined;
        hidden ||= recorder.isHidden;
        continue;
      }
      const shift = piece.at - piece.from;
      for (let i = before.last(piece.from - 1) + 1; i < before.starts.length; i++) {
        const start = before.starts[i]!, end = before.ends[i]!;
        if (start >= piece.to) break;
        kept[i] = 1;
        starts.push(start + shift);
        ends.push(end <= piece.to ? end + shift : this.#moved(end, index));
        parents.push(before.parents[i]!);
      }
    }
    for (let i = 0; i < kept.length; i++) {
      if (kept[i] === 0) addCount(counts, hashName(before.name(i)), -1);
    }
    // All differences are understood, so the rest that is not begins in the last piece, if anywhere.
    const last = this.#pieces.at(-1);
    const limit = before.limit === before.html.length || last?.kind !== "same"
      ? html.length
      : before.limit + last.at - last.from;
    return { entries: recorder, counts, limit, hidden };
  }

  // Behind an end tag of the old body: where that stands in the new one. Mostly it is not far behind the beginning.
  #moved(end: number, index: number): number {
    if (end === Infinity) return end;
    const { length } = this.#pieces;
    for (let i = 0; i < length; i++) {
      const piece = this.#pieces[(index + i) % length]!;
      if (piece.kind === "same" && piece.from < end && end <= piece.to) return end + piece.at - piece.from;
    }
    throw new RangeError(`Cannot find the end at ${end}: no piece holds it.`);
  }
}
