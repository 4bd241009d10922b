import { action, Reflex } from "@argyle/argyle";
import { z } from "zod";

/** Adds for islands, and for the page. */
export class Sums extends Reflex<{ sum?: number }> {
  add = action(z.number(), (by) => this.session.sum = (this.session.sum ?? 0) + by);
  more(by: number) {
    this.session.sum = (this.session.sum ?? 0) + by;
  }
}
