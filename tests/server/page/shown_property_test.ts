import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import type { PlacedSlot } from "../../../server/page/live_slot.ts";
import { Offers } from "../../../server/page/offers.ts";
import { Refreshes } from "../../../server/bus/refreshes.ts";
import { Topics } from "../../../server/bus/topics.ts";
import type { Page } from "../../../server/page/page.ts";
import { ownStep, SharedView, type Step } from "../../../server/page/shared_view.ts";
import {
  difference,
  fullBody,
  isWhole,
  type Part,
  partDifference,
  type PartsById,
  type Render,
  type Shown,
  whole,
} from "../../../server/page/shown.ts";
import { changes } from "../patch/_pages.ts";
import { patch } from "../patch/_tree.ts";

/** A page with holes: where its parts stand, as a share of its length. */
interface Holes {
  readonly markup: string;
  readonly at: readonly number[];
}

const names = ["argyle-live", "argyle-live", "div", "tbody", "ul"];

/** Puts the elements of parts between tags of a markup. */
function slotted({ markup, at }: Holes, prefix: string): { body: string; slots: PlacedSlot[] } {
  const gaps = [0, ...[...markup.matchAll(/>/g)].map(({ index }) => index + 1)];
  const places = at.map((share, n) => ({ n, gap: gaps[Math.floor(share * gaps.length)] ?? 0 }))
    .sort((a, b) => a.gap - b.gap || a.n - b.n);
  const slots: PlacedSlot[] = [];
  let body = "", from = 0;
  for (const { n, gap } of places) {
    const id = `${prefix}${n}`, name = names[n % names.length]!;
    const open = `<${name} id="${id}" data-argyle-live>`;
    body += markup.slice(from, gap) + open;
    slots.push({ id, name, open, topics: [], render: () => null, at: body.length });
    body += `</${name}>`;
    from = gap;
  }
  return { body: body + markup.slice(from), slots };
}

function render(holes: Holes): Render {
  return { head: "", ...slotted(holes, "L"), offers: new Offers(), topics: [], joins: [], since: 0 };
}

function part(slot: PlacedSlot, holes: Holes): Part {
  const { body, slots } = slotted(holes, `${slot.id}-`);
  const inner = body || "<!---->";
  return {
    slot,
    body: `${slot.open}${inner}</${slot.name}>`,
    slots: slots.map((inside) => ({ ...inside, at: inside.at + slot.open.length })),
    offers: new Offers(),
    topics: [],
    joins: [],
    since: 0,
    place: undefined,
  };
}

/** Parts for all places; those that are told not to change are the same objects as before. */
function fill(slots: readonly PlacedSlot[], inner: readonly string[], known?: PartsById): PartsById {
  const parts = new Map<string, Part>();
  const add = (slot: PlacedSlot, depth: number) => {
    const text = inner[(slot.id.length + slot.id.charCodeAt(1)) % inner.length] ?? "";
    const made = part(slot, { markup: text, at: depth < 1 && text.length % 3 === 0 ? [0.5] : [] });
    const old = known?.get(slot.id);
    parts.set(slot.id, old?.body === made.body ? old : made);
    for (const inside of made.slots) add(inside, depth + 1);
  };
  for (const slot of slots) add(slot, 0);
  return parts;
}

const at = fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { maxLength: 2 });
const pairs = fc.oneof(changes({ wild: false }), changes({ wild: false }), changes({ wild: true }));
const bodies = pairs.map(({ before, after }) => [before.body, after.body] as const);

Deno.test("shown: a page with parts, patched, is the page, for random pages, places and parts", () => {
  let small = 0, all = 0;
  fc.assert(
    fc.property(bodies, at, at, bodies, bodies, fc.boolean(), ([a, b], atA, atB, one, two, still) => {
      const first = render({ markup: a, at: atA });
      const before: Shown = { render: first, parts: fill(first.slots, [one[0], two[0]]) };
      const next = still ? first : render({ markup: b, at: atA.length === 0 ? atB : atA });
      const after: Shown = { render: next, parts: fill(next.slots, [one[1], two[1]], before.parts) };
      const wanted = { head: "", body: fullBody(after) };
      const operations = difference(before, after);
      const { equal, possible, error } = patch({ head: "", body: fullBody(before) }, wanted, operations);
      all++;
      if (!isWhole(operations)) small++;
      if (!possible && isWhole(operations)) return;
      assert.ok(equal, `patched is not parsed: ${String(error)} ${JSON.stringify(operations)}`);
    }),
    { seed: Number(Deno.env.get("DIFF_SEED") ?? 31), numRuns: Number(Deno.env.get("DIFF_RUNS") ?? 1000) },
  );
  assert.ok(small > all / 4, `only ${small} of ${all} pages were patched in parts`);
});

Deno.test("shared view: whoever shows it, with whatever parts, shows the page after each step", async () => {
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(
      bodies,
      at,
      fc.array(bodies, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async ([a, b], holes, people, turns) => {
        const renders = [a, b, a].map((markup, n) =>
          render({ markup, at: turns || n !== 1 ? holes : holes.slice(1) })
        );
        let n = 0;
        const topics = new Topics(), refreshes = new Refreshes();
        const view = new SharedView({} as Page, { params: {}, query: undefined, key: "" }, "", {
          limits: { bases: 4, oldOffers: 10_000 },
          clock: new FakeClock(),
          topics,
          refreshes,
          render: () => Promise.resolve(renders[n++]!),
          failed: () => assert.fail("it cannot fail"),
          used() {},
        });
        await view.fresh();
        const readers = people.map(([before, after]) => ({
          before,
          after,
          shown: { render: renders[0]!, parts: new Map() as PartsById },
          body: "",
          at: 1,
          step(step: Step) {
            const { parts, shares, operations } = ownStep(step, this.shown.parts);
            const all = [...(shares ? step.operations : []), ...operations];
            if (shares && step.operations.length > 0) shared++;
            this.check({ render: step.render, parts }, all);
            view.countParts(view.version, this.shown.parts, parts);
            this.shown = { render: step.render, parts };
            this.at = step.to;
            return true;
          },
          check(next: Shown, operations: readonly unknown[]) {
            const wanted = { head: "", body: fullBody(next) };
            const { equal, possible, error } = patch(
              { head: "", body: this.body },
              wanted,
              operations as Step["operations"],
            );
            this.body = wanted.body;
            if (!possible && isWhole(operations as Step["operations"])) return;
            assert.ok(equal, `patched is not parsed: ${String(error)} ${JSON.stringify(operations)}`);
          },
          /** Its own parts change. */
          own(inner: string) {
            const parts = fill(this.shown.render.slots, [inner], this.shown.parts);
            const next = { render: this.shown.render, parts };
            const operations = partDifference(this.shown.parts, next, new Set()) ?? whole(next);
            this.check(next, operations);
            view.countParts(view.version, this.shown.parts, parts);
            this.shown = next;
          },
          tell() {},
          fail() {},
        }));
        for (const reader of readers) {
          reader.body = fullBody(reader.shown);
          reader.own(reader.before);
          view.attach(reader);
        }
        for (const inner of ["after", "before"] as const) {
          view.changed();
          await view.fresh();
          for (const reader of readers) reader.own(reader[inner]);
        }
        view.end();
      },
    ),
    { seed: Number(Deno.env.get("DIFF_SEED") ?? 37), numRuns: Number(Deno.env.get("DIFF_RUNS") ?? 250) },
  );
  assert.ok(shared > 100, `only ${shared} steps were shared`);
});
