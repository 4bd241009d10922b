import assert from "node:assert/strict";
import { $, show } from "./browser.ts";
import { FakeEnvironment, settled } from "./fakes.ts";
import type { Calls } from "../../client/calls.ts";
import { lifecycle } from "../../client/lifecycle.ts";
import { performer } from "../../client/perform.ts";
import { ReflexError } from "../../client/reflex_error.ts";
import type { ReflexDetail } from "../../client/reflex_event.ts";
import type { Json } from "../../protocol/frames.ts";

const stages = ["created", "before", "queued", "delivered", "nothing", "success", "halted", "forbidden"];
stages.push("error", "after", "finalize");

/** What a call is told, and how it ends. */
type Answer = (tell: Parameters<Calls["call"]>[3]) => Promise<Json | undefined>;

interface Told {
  /** `stage NODE` for each event. */
  readonly events: string[];
  readonly detail: ReflexDetail;
  readonly calls: unknown[][];
}

/** Performs the offer at a position of #b, and says what was told about it, and where. */
async function perform(
  answer: Answer,
  args: string,
  { position = 0, removed = false, before }: {
    position?: number;
    removed?: boolean;
    before?: (event: CustomEvent<ReflexDetail>) => void;
  } = {},
): Promise<Told> {
  show(`<p><b id="b"></b></p>`);
  const element = $("#b"), env = new FakeEnvironment(), told: string[] = [], calls: unknown[][] = [];
  element.setAttribute("data-reflex-args", args);
  let detail: ReflexDetail | undefined;
  const hear = (event: Event) => {
    told.push(`${event.type.slice("argyle:".length)} ${(event.target as Element).nodeName}`);
    detail = (event as CustomEvent<ReflexDetail>).detail;
    if (event.type === "argyle:before") before?.(event as CustomEvent<ReflexDetail>);
  };
  for (const stage of stages) document.addEventListener(`argyle:${stage}`, hear);
  const over = {
    call: (target: string, args: readonly Json[], data: unknown, tell: Parameters<Answer>[0]) => {
      calls.push([target, args, data]);
      tell("delivered");
      return answer(tell);
    },
  } as unknown as Calls;
  const run = lifecycle(over, () => {}, env.rest, env.clock);
  const offer = { type: "click", words: "", target: "A#b", position };
  const done = performer(run)(element, offer, new Event("click"));
  if (removed) element.remove();
  await done;
  await settled();
  for (const stage of stages) document.removeEventListener(`argyle:${stage}`, hear);
  return { events: told, detail: detail!, calls };
}

Deno.test("perform: arguments by position, and each stage told on the element, in order", async () => {
  const { events, detail, calls } = await perform(() => Promise.resolve("yes"), "[[1],[2,3]]", {
    position: 1,
  });
  assert.deepEqual(events, ["created B", "before B", "delivered B", "success B", "after B", "finalize B"]);
  assert.deepEqual([detail.reflex, detail.value, detail.element], ["A#b", "yes", $("#b")]);
  assert.deepEqual(calls, [["A#b", [2, 3], { a: { id: "b" } }]]);
  const list = [[1]], env = new FakeEnvironment();
  const later = Promise.withResolvers<void>();
  let sent: unknown;
  const calls2 = { call: (...[, args]: unknown[]) => later.promise.then(() => void (sent = args)) };
  const run = lifecycle(calls2 as unknown as Calls, () => {}, env.rest, env.clock);
  const outcome = run("A#b", () => [list]);
  list[0]!.push(2);
  later.resolve();
  await outcome;
  assert.deepEqual(sent, [[1]], "arguments are those of the moment of the call");
  const none = await perform(() => Promise.resolve(undefined), "[[1]]", { position: 1 });
  assert.deepEqual(none.calls, [["A#b", [], { a: { id: "b" } }]]);
});

Deno.test("perform: where nothing has changed, that is told before success", async () => {
  const { events } = await perform((tell) => {
    tell("nothing");
    return Promise.resolve(1);
  }, "[]");
  assert.deepEqual(events.slice(2, 5), ["delivered B", "nothing B", "success B"]);
});

Deno.test("perform: failure told by its kind, on the document when the element is gone", async () => {
  const fail = (code: "invalid" | "halted" | "forbidden") => () =>
    Promise.reject(new ReflexError(code, "No.", { a: "b" }));
  const { events, detail } = await perform(fail("invalid"), "[]");
  assert.deepEqual(events.slice(3), ["error B", "after B", "finalize B"]);
  assert.deepEqual([detail.code, detail.message, detail.fields], ["invalid", "No.", { a: "b" }]);
  const gone = await perform(fail("invalid"), "[]", { removed: true });
  assert.deepEqual(gone.events.slice(3), ["error #document", "after #document", "finalize #document"]);
  assert.equal((await perform(fail("halted"), "[]")).events[3], "halted B");
  assert.equal((await perform(fail("forbidden"), "[]")).events[3], "forbidden B");
});

Deno.test("perform: a listener of before changes what is sent, or stops it", async () => {
  const changed = await perform(() => Promise.resolve(undefined), "[[1]]", {
    before: ({ detail }) => {
      detail.args = [2];
      detail.data = { v: "changed" };
    },
  });
  assert.deepEqual(changed.calls, [["A#b", [2], { v: "changed" }]]);
  const stopped = await perform(() => Promise.resolve(undefined), "[[1]]", {
    before: (event) => event.preventDefault(),
  });
  assert.deepEqual(stopped.calls, []);
  assert.deepEqual(stopped.events, ["created B", "before B", "halted B", "after B", "finalize B"]);
});

Deno.test("perform: a listener of before that throws stops nothing", async () => {
  let errors = 0;
  const count = (event: Event) => {
    errors++;
    event.preventDefault();
  };
  globalThis.window?.addEventListener("error", count);
  addEventListener("error", count);
  const { calls, events } = await perform(() => Promise.resolve(undefined), "[]", {
    before: () => {
      throw new Error("a listener has failed");
    },
  }).catch((error: Error) => ({ calls: [[error.message]], events: [] as string[] }));
  removeEventListener("error", count);
  assert.deepEqual(calls, [["A#b", [], { a: { id: "b" } }]]);
  assert.equal(events.at(-1), "finalize B");
});

Deno.test("perform: arguments that are not JSON are told as malformed, and nothing is called", async () => {
  const { calls, detail, events } = await perform(() => Promise.resolve(1), "[[");
  assert.deepEqual([calls, detail.code], [[], "malformed"]);
  assert.deepEqual(events, ["error B", "after B", "finalize B"]);
  assert.match(detail.message ?? "", /JSON/);
});

Deno.test("perform: what takes a while shows on its element, until it is over", async () => {
  show(`<form id="f"><button id="b" class="x"></button></form>`);
  const env = new FakeEnvironment(), element = $("#b");
  const first = Promise.withResolvers<Json | undefined>(), second = Promise.withResolvers<Json | undefined>();
  const outcomes = [first.promise, second.promise];
  const calls = { call: () => outcomes.shift() } as unknown as Calls;
  const run = lifecycle(calls, () => {}, env.rest, env.clock);
  const all = [run("A#b", () => [[]], element), run("A#b", () => [[]], element)];
  env.pass(119);
  await settled();
  assert.equal(element.className, "x");
  env.pass(1);
  await settled();
  assert.equal(element.outerHTML, '<button id="b" class="x reflex-loading" aria-busy="true"></button>');
  first.resolve(1);
  await all[0];
  assert.ok(element.classList.contains("reflex-loading"));
  second.reject(new ReflexError("failed", "No."));
  await all[1]!.catch(() => {});
  assert.equal(element.outerHTML, '<button id="b" class="x"></button>');
});
