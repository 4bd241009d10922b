import { HttpError } from "@argyle/argyle";
import { type List, list, type ListSource, type Variable, variable } from "@argyle/argyle/socksync";
import { isSame, Product } from "./product.ts";

/** So many products there are at most: anybody may insert some. */
const MOST_PRODUCTS = 1000;

/** The products, and how many pieces there are of all. */
export class Inventory {
  /** Page by page, for all who look at it. */
  readonly products: List<Product>;
  /** The sum of all quantities. */
  readonly stock: Variable<number> = variable(0);
  #turn: Promise<unknown> = Promise.resolve();
  #counting: Promise<unknown> = Promise.resolve();
  #next: Promise<unknown> | undefined;

  constructor(source: ListSource<Product>) {
    this.products = list(source, { schema: Product });
  }

  /** Adds a product. */
  insert(index: number, product: Product): Promise<Product> {
    return this.#inTurn(async () => {
      if (await this.products.count() >= MOST_PRODUCTS) {
        throw new HttpError(
          409,
          `Cannot insert ${product.name}: there are ${MOST_PRODUCTS} products already.`,
        );
      }
      await this.products.insert(index, product);
      return product;
    });
  }

  /** Puts a product in the place of another; `was` says which one that is meant to be. */
  update(index: number, product: Product, was?: Product): Promise<Product> {
    return this.#inTurn(async () => await this.#change(await this.#find(index, was), was, () => product));
  }

  /** Takes some of a product away, if there are as many. */
  reserve(index: number, quantity: number, was?: Product): Promise<Product> {
    return this.#inTurn(async () =>
      await this.#change(await this.#find(index, was), was, (product) => {
        if (product.quantity >= quantity) return { ...product, quantity: product.quantity - quantity };
        const left = product.quantity === 0 ? "none is left" : `only ${product.quantity} are left`;
        throw new HttpError(409, `Cannot reserve ${quantity} of ${product.name}: ${left}.`);
      })
    );
  }

  /** Removes a product, and says which one it was. */
  remove(index: number, was?: Product): Promise<Product> {
    return this.#inTurn(async () => {
      const at = await this.#find(index, was), product = await this.at(at);
      await this.products.delete(at);
      return product;
    });
  }

  /** The product that stands somewhere. */
  async at(index: number): Promise<Product> {
    const [product] = await this.products.slice(index, index + 1);
    if (product !== undefined) return product;
    throw new HttpError(
      404,
      `There is no product ${index}: the list has ${await this.products.count()} items.`,
    );
  }

  /**
   * Makes `stock` what it is to be. The sum is taken inside of `update`, so that it is taken again where somebody else was
   * quicker: whoever writes it last has read the list after the last change. Those who wait for it at the same time have it
   * done once. A process that was killed between a change and its sum leaves it to the next change, or the next start.
   */
  count(): Promise<unknown> {
    return this.#next ??= this.#counting = this.#counting.catch(() => {}).then(() => {
      this.#next = undefined; // what changes from here on is for the one after
      return this.stock.update(async () => {
        const products = await this.products.slice(0, Number.MAX_SAFE_INTEGER);
        return products.reduce((sum, { quantity }) => sum + quantity, 0);
      });
    });
  }

  // Those of this process come one after another: what stands where does not change in between.
  #inTurn(edit: () => Promise<Product>): Promise<Product> {
    const turn = this.#turn.then(async () => {
      try {
        return await edit();
      } catch (error) {
        // The list says which index it was: that is the caller's to know.
        throw error instanceof RangeError ? new HttpError(404, error.message, { cause: error }) : error;
      }
    });
    this.#turn = turn.catch(() => {});
    return turn.then(async (product) => {
      await this.count();
      return product;
    });
  }

  // Another process may have been here, which the list itself sees.
  #change(at: number, was: Product | undefined, change: (product: Product) => Product): Promise<Product> {
    return this.products.update(at, (product) => {
      if (was === undefined || isSame(product, was)) return change(product);
      throw changed(was);
    });
  }

  /** Where a product stands by now that somebody has seen at an index: others may have inserted some before it. */
  async #find(index: number, was: Product | undefined): Promise<number> {
    if (was === undefined) return index;
    const products = await this.products.slice(0, Number.MAX_SAFE_INTEGER);
    const found = products.flatMap((product, at) => isSame(product, was) ? [at] : []);
    if (found.length === 0) throw changed(was);
    return found.reduce((one, other) => Math.abs(other - index) < Math.abs(one - index) ? other : one);
  }
}

function changed({ name }: Product): HttpError {
  return new HttpError(409, `Somebody else has just changed ${name}, or removed it. Look, and try again.`);
}
