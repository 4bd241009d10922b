/** What must compile, and what must not: the compiler is the judge, and each `@ts-expect-error` has its own reason. */
import { connectSync } from "@argyle/argyle/client";
import {
  type FunctionView,
  type ListView,
  useList,
  useRemoteFunction,
  useVariable,
} from "@argyle/argyle/preact";
import { type ReadonlySignal, signalOf } from "@argyle/argyle/signals";
import { action, list, type RemoteVariable, variable } from "@argyle/argyle/socksync";
import { z } from "zod";

interface Product {
  readonly name: string;
  readonly price: number;
}

const groups = {
  stock: variable(0),
  products: list<Product>([]),
  reserve: action(z.object({ index: z.number() }), ({ index }) => ({ left: index })),
  refresh: action(z.object({ hard: z.boolean().optional() }), () => "done"),
};

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

Deno.test("types: a peer knows names, values and arguments of what the other end owns", () => {
  const never = async () => {
    using peer = connectSync<typeof groups>("wss://shop.test/ws");
    const stock = peer.variable("stock"), products = peer.list("products", { pageSize: 10 });
    holds<Equal<typeof stock, RemoteVariable<number>>>();
    holds<Equal<typeof stock.value, number | undefined>>();
    holds<Equal<typeof products.value, readonly Product[]>>();
    // @ts-expect-error -- misspelt
    peer.variable("stok");
    // @ts-expect-error -- a list is no variable
    peer.variable("products");
    // @ts-expect-error -- a variable is no list
    peer.list("stock");
    // @ts-expect-error -- a variable is no function
    peer.function("stock");
    // @ts-expect-error -- what the other end owns is its to change
    stock.value = 5;
    // @ts-expect-error -- likewise
    products.value.push({ name: "tea", price: 1 });
    // @ts-expect-error -- a number is no text
    stock.subscribe((value: string) => value);
    const outcome = await peer.function("reserve").call({ index: 1 });
    holds<Equal<typeof outcome, { left: number }>>();
    // @ts-expect-error -- a text is no index
    void peer.function("reserve").call({ index: "1" });
    // @ts-expect-error -- the schema's input has an index
    void peer.function("reserve").call({ at: 1 });
    // @ts-expect-error -- it cannot be left out
    void peer.function("reserve").call();
    void peer.function("refresh").call();
    void peer.function("refresh").call({ hard: true }, { timeout: 10 });
    // @ts-expect-error -- no option of that name
    void peer.function("refresh").call({}, { deadline: 10 });
  };
  void never;
});

Deno.test("types: of a peer of which nothing is known, names are texts and values unknown", () => {
  const never = () => {
    const peer = connectSync("wss://shop.test/ws");
    const { value } = peer.variable("whatever");
    holds<Equal<typeof value, unknown>>();
    // @ts-expect-error -- nobody knows that it is a number
    value.toFixed();
  };
  void never;
});

Deno.test("types: what connectSync is given is checked", () => {
  const never = () => {
    connectSync("/ws", { groups });
    connectSync(new URL("wss://shop.test/ws"), { protocols: ["a"], headers: { a: "b" } });
    // @ts-expect-error -- a number is no group
    connectSync("/ws", { groups: { five: 5 } });
    // @ts-expect-error -- a number is no address
    connectSync(5);
    // @ts-expect-error -- headers are texts
    connectSync("/ws", { headers: { a: 5 } });
    // @ts-expect-error -- no option of that name
    connectSync("/ws", { retries: 5 });
  };
  void never;
});

Deno.test("types: hooks and signals have the types of what they show", () => {
  const never = () => {
    const peer = connectSync<typeof groups>("wss://shop.test/ws");
    const stock = useVariable(peer.variable("stock"));
    holds<Equal<typeof stock, number | undefined>>();
    const own = useVariable(groups.stock);
    holds<Equal<typeof own, number>>();
    const products = useList(peer.list("products"));
    holds<Equal<typeof products, ListView<Product>>>();
    const reserve = useRemoteFunction(peer.function("reserve"));
    holds<Equal<typeof reserve, FunctionView<{ index: number }, { left: number }>>>();
    void reserve.call({ index: 1 });
    // @ts-expect-error -- a text is no index
    void reserve.call({ index: "1" });
    // @ts-expect-error -- a variable has no pages
    useList(peer.variable("stock"));
    // @ts-expect-error -- a function has no value
    useVariable(peer.function("reserve"));
    const signal = signalOf(peer.variable("stock")), items = signalOf(peer.list("products"));
    holds<Equal<typeof signal, ReadonlySignal<number | undefined>>>();
    holds<Equal<typeof items, ReadonlySignal<readonly Product[]>>>();
    // @ts-expect-error -- it is its source that changes it
    signal.value = 5;
  };
  void never;
});
