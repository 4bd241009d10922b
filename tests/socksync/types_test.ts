import { strictEqual as equal } from "node:assert/strict";
import { action, anyone, App } from "@argyle/argyle";
import { type GroupsOf, list, type Peer, type SyncPeer, variable } from "@argyle/argyle/socksync";
import { z } from "zod";

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles for `true` alone. */
function holds<_T extends true>(): void {}

interface Product {
  readonly name: string;
  readonly quantity: number;
}

const price = variable(42);
const products = list<Product>([]);

function declare() {
  return new App().sync("/ws/types", {
    price,
    products,
    reserve: action(z.object({ quantity: z.number() }), ({ quantity }, { user, peer, signal }) => {
      holds<Same<typeof quantity, number>>();
      holds<Same<typeof user, string | undefined>>();
      holds<Same<typeof peer, SyncPeer>>();
      holds<Same<typeof signal, AbortSignal>>();
      return Promise.resolve({ left: quantity });
    }),
    parsed: action(
      z.object({ at: z.string().transform((text) => new Date(text)) }),
      ({ at }) => at.getTime(),
    ),
    ping: action(z.object({ who: z.string().optional() }), () => "pong"),
    plain: action(z.object({}), () => {}),
  }, { authorize: anyone });
}

type Theirs = GroupsOf<ReturnType<typeof declare>>;

// What follows is compiled, and never run.
async function wellTyped(peer: SyncPeer<Theirs>): Promise<void> {
  const value = peer.variable("price").value;
  holds<Same<typeof value, number | undefined>>();
  const got = await peer.variable("price").get();
  holds<Same<typeof got, number>>();
  const items = peer.list("products", { pageSize: 10 }).value;
  holds<Same<typeof items, readonly Product[]>>();
  const page = await peer.list("products").get({ page: 2 });
  holds<Same<typeof page, readonly Product[]>>();
  const left = await peer.function("reserve").call({ quantity: 1 }, { timeout: 100 });
  holds<Same<typeof left, { left: number }>>();
  const time = await peer.function("parsed").call({ at: "2026" });
  holds<Same<typeof time, number>>();
  const pong = await peer.function("ping").call();
  holds<Same<typeof pong, string>>();
  await peer.function("plain").call();
  peer.variable("price").subscribe((value) => holds<Same<typeof value, number>>());
  peer.list("products").subscribe((items) => holds<Same<typeof items, readonly Product[]>>());
  peer.variable("price", { schema: z.number() });
  peer.function("reserve", { output: z.object({ left: z.number() }) });
}

function illTyped(peer: SyncPeer<Theirs>): void {
  // @ts-expect-error no such name
  peer.variable("prize");
  // @ts-expect-error a list is no variable
  peer.variable("products");
  // @ts-expect-error a variable is no list
  peer.list("price");
  // @ts-expect-error a variable is no function
  peer.function("price");
  // @ts-expect-error no such function
  peer.function("reverse");
  // @ts-expect-error arguments are needed
  peer.function("reserve").call();
  // @ts-expect-error a text is no number
  peer.function("reserve").call({ quantity: "1" });
  // @ts-expect-error no such argument
  peer.function("reserve").call({ quantity: 1, speed: 2 });
  // @ts-expect-error the schema reads a text
  peer.function("parsed").call({ at: new Date() });
  // @ts-expect-error no such option
  peer.function("ping").call({}, { deadline: 1 });
  // @ts-expect-error a page is a number
  peer.list("products").get({ page: "1" });
  // @ts-expect-error no such option
  peer.list("products", { size: 1 });
  // @ts-expect-error what is here is not changed in place
  peer.list("products").value.push({ name: "", quantity: 1 });
  // @ts-expect-error nor here
  peer.variable("price").value = 1;
  // @ts-expect-error a schema of another type
  peer.variable("price", { schema: z.string() });
  // @ts-expect-error a result of another type
  peer.function("plain").call().then((result: string) => result);
  // @ts-expect-error no group
  peer.own({ x: 1 });
}

function owned(): void {
  // @ts-expect-error a variable of numbers
  price.set("42");
  // @ts-expect-error a list of products
  products.append({ name: "tea" });
  // @ts-expect-error its function gives a number
  price.update((value) => `${value}`);
  // @ts-expect-error its schema gives numbers
  variable<string>("1", { schema: z.number() });
  // @ts-expect-error somebody has to say who may
  new App().sync("/ws/x", { price }, {});
  // @ts-expect-error no group
  new App().sync("/ws/x", { price: 42 }, { authorize: anyone });
  // @ts-expect-error no such thing is known of a caller
  new App().sync("/ws/x", { f: action(z.object({}), (_, { nothing }) => nothing) }, { authorize: anyone });
}

async function anybody(peer: SyncPeer, all: Peer): Promise<void> {
  // Where nothing is known of the other end, all of it is a stranger's word.
  const value = peer.variable("whatever").value, result = await all.function("f").call({ x: 1 });
  holds<Same<typeof value, unknown>>();
  holds<Same<typeof result, unknown>>();
  const items = peer.list("whatever").value;
  holds<Same<typeof items, readonly unknown[]>>();
  const plain: SyncPeer<{ price: typeof price }> = peer as SyncPeer<{ price: typeof price }>;
  // @ts-expect-error no such name
  plain.list("price");
}

Deno.test("types: what was declared is what a client sees", () => {
  // Checked by the compiler: each of these is used, and none is called.
  equal([wellTyped, illTyped, owned, anybody, declare].length, 5);
});
