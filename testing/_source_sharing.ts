/**
 * The part of the contract of a source that is about many who change a list at once, and about being told.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ListChange } from "../socksync/source.ts";
import { Mirror, type SourceItem } from "./_source_mirror.ts";
import { fill, item, replayed } from "./_source_reading.ts";
import type { GivenSource, SourceTest } from "./source_contract.ts";

/** Registers it. */
export function sharingTests(test: SourceTest): void {
  raceTests(test);
  watchTests(test);
}

function raceTests(test: SourceTest): void {
  test("of fifty updates at once none is lost", async ({ source, other }) => {
    await source.insert(undefined, { name: "count", rank: 0 });
    const start = await Mirror.of(source), both = [source, await other?.() ?? source];
    const changes = await Promise.all(
      Array.from(
        { length: 50 },
        async (_, at) => await both[at % 2]!.update(0, (old) => ({ ...old, rank: old.rank + 1 })),
      ),
    );
    const last = replayed(start, changes).get(start.version + 50);
    assert.deepEqual(last, [{ name: "count", rank: 50 }]);
    for (const one of both) {
      assert.deepEqual(await one.read(0, 9), { version: start.version + 50, count: 1, items: last });
    }
  });

  test("changes of any kind at once come one after the other, and each says what it was", async (given) => {
    const { source, other } = given;
    await fill(source, 40);
    const start = await Mirror.of(source), both = [source, await other?.() ?? source];
    const changes = await Promise.all(Array.from({ length: 60 }, async (_, at) => {
      const through = both[at % 2]!, value = { name: `new ${at}`, rank: (at * 11) % 40 };
      if (at % 4 === 0) return await through.delete(at % 20);
      if (at % 4 === 1) return await through.update(at % 20, () => value);
      if (at % 4 === 2 && through.move !== undefined) return await through.move(at % 20, (at * 3) % 20);
      return await through.insert(through.isOrdered ? undefined : at % 20, value);
    }));
    const last = replayed(start, changes).get(start.version + 60) ?? [];
    for (const one of both) await new Mirror(start.version + 60, last).equals(one);
  });

  test("another object over the same items has the same list at the same version", async ({ source, other }) => {
    if (other === undefined) return;
    await fill(source, 3);
    const second = await other();
    const mirror = await Mirror.of(source);
    await mirror.equals(second);
    mirror.follow(await second.update(1, (old) => ({ ...old, name: "by the other" })));
    await mirror.equals(source);
    mirror.follow(await source.delete(0));
    await mirror.equals(second);
    await mirror.equals(await other());
  });
}

function watchTests(test: SourceTest): void {
  test("where it watches: what others change is told", async (given) => {
    const { source, other } = given;
    if (source.watch === undefined || other === undefined) return;
    await fill(source, 3);
    const second = await other();
    const mirror = await Mirror.of(source), told = new Told();
    const watch = await source.watch((change) => told.hear(change));
    let version = mirror.version;
    for (let round = 0; round < 10; round++) {
      ({ version } = await second.insert(undefined, item(round)));
      if (round % 2 === 0) ({ version } = await second.delete(0));
      if (round % 5 === 0) ({ version } = await source.update(0, (old) => ({ ...old, name: "own" })));
      // Every other time several changes are made before anybody listens.
      if (round % 2 === 1) await told.reaches(version);
    }
    await told.reaches(version);
    await followTold(mirror, told, source);
    assert.equal(mirror.version, version);
    await mirror.equals(source);
    await watch[Symbol.dispose]();
  });

  test("where it watches: a watch that is over tells nothing, and leaves no timer", async (given) => {
    const { source, other, clock } = given;
    if (source.watch === undefined || other === undefined) return;
    const second = await other(), waiting = clock.waiting;
    const [one, two] = [new Told(), new Told()];
    const first = await source.watch((change) => one.hear(change));
    await one.reaches((await second.insert(undefined, item(1))).version);
    await first[Symbol.dispose]();
    await first[Symbol.dispose]();
    assert.equal(clock.waiting, waiting, "a timer is left");
    const again = await source.watch((change) => two.hear(change)), { length } = one.changes;
    await two.reaches((await second.insert(undefined, item(2))).version);
    assert.equal(one.changes.length, length);
    await again[Symbol.dispose]();
    assert.equal(clock.waiting, waiting, "a timer is left");
  });
}

// As whoever shows the list does: what is known already counts once, what has no steps or comes after a gap is read.
async function followTold(mirror: Mirror, told: Told, source: GivenSource["source"]): Promise<void> {
  for (const change of told.changes) {
    if (change.version <= mirror.version) continue;
    if (change.steps !== undefined && change.version === mirror.version + 1) mirror.follow(change);
    else {
      const now = await Mirror.of(source);
      assert.ok(now.version >= change.version, "what was told cannot be read yet");
      mirror.version = now.version;
      mirror.items = now.items;
    }
  }
}

/** What a watch has told. */
class Told {
  readonly changes: ListChange<SourceItem>[] = [];
  #wake = () => {};

  hear(change: ListChange<SourceItem>): void {
    this.changes.push(change);
    this.#wake();
  }

  /** Waits until a version was told, or a later one. */
  async reaches(version: number): Promise<void> {
    while (!this.changes.some((change) => change.version >= version)) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
