import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import { setImmediate } from "node:timers";
import { Refreshes } from "../../../server/bus/refreshes.ts";
import { topic } from "../../../server/bus/topic.ts";
import { Topics } from "../../../server/bus/topics.ts";
import { Offers } from "../../../server/page/offers.ts";
import type { Page } from "../../../server/page/page.ts";
import type { Reader, SharedView, Step } from "../../../server/page/shared_view.ts";
import { SharedViews } from "../../../server/page/shared_views.ts";
import type { Render } from "../../../server/page/shown.ts";

const News = topic("news"), page = { path: "/" } as Page;
const given = (key: string) => ({ params: {}, query: undefined, key });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function make({ bases = 2, parked = 1_000_000 } = {}) {
  const topics = new Topics(), refreshes = new Refreshes();
  const counts = { renders: 0 };
  let text = "0";
  const views = new SharedViews(parked, {
    limits: { bases, oldOffers: 10_000 },
    clock: new FakeClock(),
    topics,
    refreshes,
    render(): Promise<Render> {
      counts.renders++;
      const body = `<b id="n">${text}</b>`;
      return Promise.resolve({
        head: "",
        body,
        offers: new Offers(),
        slots: [],
        topics: [News()],
        joins: [],
        since: topics.now,
      });
    },
    failed: () => assert.fail("nothing fails"),
  });
  return {
    views,
    topics,
    counts,
    async change(next: string): Promise<void> {
      text = next;
      topics.publish("news");
      await turn();
    },
  };
}

/** Takes every step, or none while it is told to wait. */
class FakeReader implements Reader {
  readonly view: SharedView;
  readonly steps: Step[] = [];
  at: number;
  waits = false;

  constructor(view: SharedView) {
    this.view = view;
    this.at = view.version;
    view.attach(this);
  }

  tell(): void {}

  step(step: Step): boolean {
    if (this.waits || step.from !== this.at) return false;
    this.steps.push(step);
    this.at = step.to;
    return true;
  }

  fail(): void {
    assert.fail("nothing fails");
  }
}

Deno.test("SharedView: one publish is one render, one comparison and one text, however many show it", async () => {
  const { views, counts, change } = make();
  const view = views.get(page, given("a"));
  await Promise.all([view.fresh(), view.fresh(), view.fresh()]);
  assert.equal(counts.renders, 1);
  const readers = Array.from({ length: 2000 }, () => new FakeReader(view));
  await change("1");
  assert.equal(counts.renders, 2);
  const steps = new Set(readers.flatMap(({ steps }) => steps));
  assert.equal(steps.size, 1);
  const [step] = steps;
  assert.deepEqual([step?.from, step?.to, step?.text], [1, 2, '[["text","n","1"]]']);
  await change("1");
  assert.equal(counts.renders, 3);
  assert.ok(readers.every(({ steps }) => steps.length === 1), "nothing has changed");
});

Deno.test("SharedView: those who waited together get one step together, from what they show to what is true", async () => {
  const { views, change } = make();
  const view = views.get(page, given("a"));
  await view.fresh();
  const readers = Array.from({ length: 100 }, () => new FakeReader(view));
  for (const reader of readers) reader.waits = true;
  for (const text of ["1", "2", "3", "4"]) await change(text);
  const step = view.stepFrom(1);
  assert.deepEqual([step?.from, step?.to, step?.text], [1, 5, '[["text","n","4"]]']);
  assert.ok(readers.every((reader) => view.stepFrom(reader.at) === step));
});

Deno.test("SharedView: only so many old renders are kept: those that somebody shows first", async () => {
  const { views, change } = make({ bases: 2 });
  const view = views.get(page, given("a"));
  await view.fresh();
  const late = new FakeReader(view), quick = new FakeReader(view);
  late.waits = true;
  for (const text of ["1", "2", "3", "4"]) await change(text);
  assert.equal(quick.at, 5);
  assert.deepEqual([1, 2, 3, 4, 5].map((version) => view.base(version) !== undefined), [
    true,
    false,
    false,
    true,
    true,
  ]);
  // Three who froze at three moments: there is room for two, and the oldest is lost.
  const others = [new FakeReader(view), quick];
  others[0]!.waits = true;
  await change("5");
  others[1]!.waits = true;
  await change("6");
  await change("7");
  assert.equal(view.stepFrom(late.at), undefined);
  assert.ok(others.every(({ at }) => view.stepFrom(at)?.to === view.version));
});

Deno.test("SharedViews: a view that is ended follows nothing and tells nobody", async () => {
  const { views, topics, counts, change } = make({ parked: 6000 });
  for (const key of ["a", "b", "c", "d"]) await views.get(page, given(key)).fresh();
  assert.equal(views.size, 2);
  const { renders } = counts;
  const kept = views.get(page, given("d")), reader = new FakeReader(kept);
  for (const key of ["e", "f", "g"]) await views.get(page, given(key)).fresh();
  assert.ok(!kept.ended, "somebody shows it");
  await change("1");
  assert.equal(reader.steps.length, 1);
  assert.equal(counts.renders, renders + 4);
  kept.detach(reader);
  for (const key of ["h", "i", "j"]) await views.get(page, given(key)).fresh();
  assert.ok(kept.ended);
  kept.end();
  assert.ok(topics.size <= 1);
});
