import { kv, kvList } from "@argyle/argyle/kv";
import { arraySource, type ListSource } from "@argyle/argyle/socksync";
import type { Product } from "./product.ts";
import { seed } from "./seed.ts";

/** Under which key it is written which list is the one. */
const CHOSEN = "inventory:products";

/**
 * Where the products are: in Deno KV, where one is given, else in memory. At the first start they are those of the seed,
 * once, also where several processes start at the same time: each fills a list of its own, and the one whose name is
 * written down first is the list of all. Whoever dies on the way has changed nothing.
 */
export async function openProducts(db?: Deno.Kv): Promise<ListSource<Product>> {
  if (db === undefined) return arraySource(seed);
  const { store } = kv(db), open = (name: string) => kvList<Product>(db, ["inventory", name]);
  const own = crypto.randomUUID();
  for (;;) {
    const [chosen] = await store.get([CHOSEN]);
    if (chosen) return open(chosen.value);
    const filled = open(own);
    await filled.replace(seed);
    const write = { key: CHOSEN, value: own, expiresAt: Infinity };
    if (await store.commit([{ key: CHOSEN, version: null }], [write]) !== null) return filled;
    await filled.replace([]); // somebody was quicker
  }
}
