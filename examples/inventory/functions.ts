import { action, HttpError } from "@argyle/argyle";
import { SyncError, type SyncPeer } from "@argyle/argyle/socksync";
import type { Action, SyncContext } from "@argyle/argyle/types";
import { z } from "zod";
import type { Inventory } from "./inventory.ts";
import { Index, Product, Quantity } from "./product.ts";

/** A person has so many milliseconds for an answer; the call that asks has a second more. */
const ANSWER = 30_000;

/** Who has seen which product is meant may say so: others may have changed the list a moment ago. */
const Seen = Product.optional();

/** What can be called at the endpoint. */
export function functions(inventory: Inventory) {
  return {
    insert: action(
      z.object({ index: Index, value: Product }),
      ({ index, value }) => inventory.insert(index, value),
    ),
    update: action(
      z.object({ index: Index, value: Product, was: Seen }),
      ({ index, value, was }) => inventory.update(index, value, was),
    ),
    remove: action(
      z.object({ index: Index, was: Seen }),
      ({ index, was }) => inventory.remove(index, was),
    ),
    reserve: action(
      z.object({ index: Index, quantity: Quantity.min(1, "A quantity is 1 or more."), was: Seen }),
      ({ index, quantity, was }) => inventory.reserve(index, quantity, was),
    ),
    /** Removes a product. Where some of it is left, whoever calls is asked first, by a function of theirs. */
    discard: action(
      z.object({ index: Index, was: Seen }),
      async ({ index, was }, context: SyncContext) => {
        const product = was ?? await inventory.at(index);
        if (product.quantity > 0 && !await isSure(product, context)) return { removed: false };
        await inventory.remove(index, product); // as it was when they were asked
        return { removed: true };
      },
      { timeout: ANSWER + 1000 },
    ),
    fail: action(z.object({}), () => {
      throw new Error("The shelf fell down, as it was asked to.");
    }),
  };
}

/** What a browser that shows the table owns. */
type Theirs = { confirm: Action<{ question: string }, boolean> };

// What the other end returns is a stranger's word: a schema reads it.
async function isSure({ name, quantity }: Product, context: SyncContext): Promise<boolean> {
  const question = `${quantity} of ${name} ${quantity === 1 ? "is" : "are"} left. Remove it all the same?`;
  const peer = context.peer as SyncPeer<Theirs>, { signal } = context;
  try {
    return await peer.function("confirm", { output: z.boolean() }).call({ question }, {
      signal,
      timeout: ANSWER,
    });
  } catch (error) {
    if (signal.aborted) return false; // they have gone
    if (!(error instanceof SyncError)) throw error;
    throw new HttpError(409, `Cannot remove ${name}: it was asked whether to, and nobody has answered.`, {
      cause: error,
    });
  }
}
