import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { action, Reflex } from "@argyle/argyle";
import { reflex, ReflexError, type RemoteReflex } from "@argyle/argyle/client";
import { useOptimistic } from "@argyle/argyle/preact";
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { renderToString } from "preact-render-to-string";
import { z } from "zod";

/** A function of a server's: the test says when it answers, and what. */
class Server {
  readonly calls: { input: string; answer: (result: number) => void; fail: (error: Error) => void }[] = [];
  readonly add = (input: string): Promise<number> => {
    const { promise, resolve: answer, reject: fail } = Promise.withResolvers<number>();
    this.calls.push({ input, answer, fail });
    return promise;
  };
}

/** A list that grows, as a component shows it, until the end of the test. */
function draw(server: Server, first: readonly string[]) {
  show("<div id=root></div>");
  const root = $("#root");
  const seen = new Set<unknown>();
  let add: (input: string) => Promise<number>, times = 0;
  function List({ items, mark }: { items: readonly string[]; mark: string }) {
    const [shown, call] = useOptimistic(items, server.add, (items, input) => [...items, `${input}${mark}`]);
    times++;
    seen.add(call);
    add = call;
    return h("p", null, shown.join(" "));
  }
  const set = (items: readonly string[], mark = "?") =>
    void act(() => render(h(List, { items, mark }), root));
  set(first);
  return {
    set,
    text: () => root.textContent,
    times: () => times,
    functions: () => seen.size,
    add(input: string): Promise<number> {
      let outcome!: Promise<number>;
      act(() => void (outcome = add(input)));
      return outcome;
    },
    /** Lets an outcome come. */
    come: (outcome: () => void) =>
      act(async () => {
        outcome();
        await new Promise((resolve) => setTimeout(resolve));
      }),
    [Symbol.dispose]: () => void act(() => render(null, root)),
  };
}

const error = new ReflexError("halted", "Not today");

Deno.test("useOptimistic: what a call will do is shown at once, and what the server makes of it after that", async () => {
  const server = new Server();
  using list = draw(server, ["a"]);
  const outcome = list.add("b");
  assert.equal(list.text(), "a b?");
  list.set(["a", "B"]); // as a patch does, before the outcome is told
  await list.come(() => server.calls[0]!.answer(2));
  assert.equal(list.text(), "a B");
  assert.equal(await outcome, 2);
  assert.equal(list.functions(), 1, "the function is the same at each render");
});

Deno.test("useOptimistic: where the value stays, it is shown again", async () => {
  const server = new Server();
  using list = draw(server, ["a"]);
  void list.add("b");
  await list.come(() => server.calls[0]!.answer(1));
  assert.equal(list.text(), "a");
});

Deno.test("useOptimistic: a failure takes back what was shown, and need not be caught", async () => {
  const server = new Server();
  using list = draw(server, ["a"]);
  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", listen);
  const first = list.add("b");
  void list.add("c");
  assert.equal(list.text(), "a b? c?");
  await list.come(() => server.calls[0]!.fail(error));
  assert.equal(list.text(), "a c?");
  await list.come(() => server.calls[1]!.fail(error));
  assert.equal(list.text(), "a");
  await assert.rejects(first, (thrown) => thrown === error);
  removeEventListener("unhandledrejection", listen);
  assert.deepEqual(unhandled, []);
});

Deno.test("useOptimistic: what is under way is done to a value that comes meanwhile, in the order of the calls", async () => {
  const server = new Server();
  using list = draw(server, ["a"]);
  for (const input of ["b", "c", "d"]) void list.add(input);
  list.set(["a", "x"]); // somebody else's
  assert.equal(list.text(), "a x b? c? d?");
  // Outcomes in another order.
  list.set(["a", "x", "C"]);
  await list.come(() => server.calls[1]!.answer(3));
  assert.equal(list.text(), "a x C b? d?");
  await list.come(() => server.calls[2]!.fail(error));
  assert.equal(list.text(), "a x C b?");
  list.set(["a", "x", "C", "B"]);
  await list.come(() => server.calls[0]!.answer(4));
  assert.equal(list.text(), "a x C B");
});

Deno.test("useOptimistic: it is the reducer of the newest render that is asked", () => {
  const server = new Server();
  using list = draw(server, ["a"]);
  void list.add("b");
  list.set(["a"], "!");
  assert.equal(list.text(), "a b!");
});

Deno.test("useOptimistic: an outcome after the component has gone draws nothing", async () => {
  const server = new Server();
  let times: number, outcome: Promise<number>;
  const list = draw(server, ["a"]);
  {
    using _list = list;
    outcome = list.add("b");
    times = list.times();
  }
  await list.come(() => server.calls[0]!.answer(7));
  assert.equal(await outcome, 7);
  assert.equal(list.times(), times);
});

Deno.test("useOptimistic: a function that throws is a call that has failed", async () => {
  show("<div id=root></div>");
  const root = $("#root");
  let call!: (by: number) => Promise<number>;
  const throwing = (_: number): Promise<number> => {
    throw error;
  };
  function Count() {
    const [shown, add] = useOptimistic(1, throwing, (value, by) => value + by);
    call = add;
    return h("p", null, shown);
  }
  act(() => render(h(Count, {}), root));
  await act(async () => {
    await assert.rejects(call(2), (thrown) => thrown === error);
  });
  assert.equal(root.textContent, "1");
  act(() => render(null, root));
});

Deno.test("useOptimistic: on a server it shows the value, and calls nobody", () => {
  const server = new Server();
  function Count({ value }: { value: number }) {
    const [shown] = useOptimistic(value, server.add, (value) => value + 1);
    return h("p", null, shown);
  }
  assert.equal(renderToString(h(Count, { value: 3 })), "<p>3</p>");
  assert.equal(server.calls.length, 0);
});

class Dashboard extends Reflex {
  mark = action(z.object({ index: z.int(), value: z.number() }), ({ index }): string => `${index}`);
  ping = action(z.object({ n: z.int() }).optional(), () => {});
  reset() {
    return 1;
  }
}

Deno.test("useOptimistic: types are those of the action", () => {
  // Never called: hooks work in components alone.
  const _types = (dashboard: RemoteReflex<Dashboard>, values: number[]) => {
    const [shown, mark] = useOptimistic(values, dashboard.mark, (values, { index, value }) => {
      const exact: number = index + value;
      return values.with(index, exact);
    });
    const list: number[] = shown;
    const outcome: Promise<string> = mark({ index: 1, value: 2 });
    // @ts-expect-error: an input of the action
    void mark({ index: "1" });
    // @ts-expect-error: the action has one
    void mark();
    // @ts-expect-error: what is shown is what the value is
    useOptimistic(values, dashboard.mark, (_values, { index }) => `${index}`);
    const [, ping] = useOptimistic(0, dashboard.ping, (value, input) => value + (input?.n ?? 1));
    void ping();
    void ping({ n: 1 });
    const [, reset] = useOptimistic(0, dashboard.reset, () => 0);
    const one: Promise<number> = reset();
    return [list, outcome, one];
  };
  assert.equal(typeof reflex<Dashboard>(Dashboard.name).mark, "function");
});
