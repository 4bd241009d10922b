import { z } from "zod";

/** So many of a product there may be. */
const MOST_PIECES = 1_000_000_000;

/** How many: a whole number. */
export const Quantity = z.int("A quantity is a whole number.")
  .min(0, "A quantity is 0 or more.")
  .max(MOST_PIECES, `A quantity is at most ${MOST_PIECES}.`);

/** Something that can be had: as it lies in the list, and as it goes over the wire. */
export const Product = z.object({
  name: z.string("A name is a text.").max(80, "A name has at most 80 letters.")
    .regex(/\S/, "A product has a name."),
  quantity: Quantity,
  price: z.number("A price is a number.").min(0, "A price is 0 or more.").max(
    1_000_000_000,
    "A price is at most 1000000000.",
  ),
});
export type Product = z.infer<typeof Product>;

/** Where a product stands in the list. */
export const Index = z.int("An index is a whole number.").min(0, "An index is 0 or more.");

/** Whether two say the same. */
export function isSame(one: Product, other: Product): boolean {
  return one.name === other.name && one.quantity === other.quantity && one.price === other.price;
}
