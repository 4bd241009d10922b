import { deepStrictEqual as deepEqual, ok } from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import fc from "fast-check";
import type { Peer } from "../../socksync/peer.ts";
import { makePeer, Pipe, type Said } from "./_ends.ts";

/** Somebody at the original's server. */
interface Subscriber {
  readonly peer: Peer;
  page: number;
  size: number;
}

/** A list as the original's server has it, with the faults that it has. */
class OriginalList {
  readonly items: number[];
  readonly #most: number;
  readonly #subscribers = new Set<Subscriber>();

  constructor(items: readonly number[], most: number) {
    this.items = [...items];
    this.#most = most;
  }

  hear(subscriber: Subscriber, said: Said): void {
    if (said["func"] === "subscribe") {
      Object.assign(subscriber, { page: 0, size: this.#most }); // and what changes is told from now on
      this.#subscribers.add(subscriber);
    }
    if (said["func"] === "unsubscribe") this.#subscribers.delete(subscriber);
    if (said["func"] !== "get") return;
    const page = Number(said["page"] ?? 0),
      size = Math.min(this.#most, Number(said["page_size"] ?? this.#most));
    Object.assign(subscriber, { page, size });
    // Beyond the end it gives the last page, by the name of the one that was asked for.
    const last = Math.max(0, Math.ceil(this.items.length / size) - 1), start = Math.min(page, last) * size;
    const items = this.items.slice(start, start + size);
    this.#say([subscriber], {
      func: "set_all",
      page,
      page_size: size,
      total_item_count: this.items.length,
      items,
    });
  }

  insert(index: number, value: number): void {
    this.items.splice(index, 0, value);
    for (const subscriber of this.#subscribers) {
      const start = subscriber.page * subscriber.size, end = start + subscriber.size;
      this.#say([subscriber], { func: "set_count", total_item_count: this.items.length });
      if (index >= end) continue;
      // One too early: a page that has become full just now has no such row.
      if (end <= this.items.length) this.#say([subscriber], { func: "delete", index: subscriber.size - 1 });
      if (index >= start) this.#say([subscriber], { func: "insert", index: index - start, value });
      else if (start >= this.items.length) continue; // it throws here
      else this.#say([subscriber], { func: "insert", index: 0, value: this.items[start] });
    }
  }

  delete(index: number): void {
    this.items.splice(index, 1);
    for (const subscriber of this.#subscribers) {
      const start = subscriber.page * subscriber.size, end = start + subscriber.size;
      this.#say([subscriber], { func: "set_count", total_item_count: this.items.length });
      if (index >= end) continue;
      // To everybody, and not to the one whom it is about.
      this.#say(this.#subscribers, { func: "delete", index: index < start ? 0 : index - start });
      if (end - 1 < this.items.length) {
        this.#say([subscriber], { func: "insert", index: subscriber.size - 1, value: this.items[end - 1] });
      }
    }
  }

  #say(subscribers: Iterable<Subscriber>, said: Said): void {
    for (const { peer } of subscribers) peer.receive(JSON.stringify({ ...said, type: "list", name: "x" }));
  }
}

Deno.test("original: at its server, with all its faults, everybody has the right page as soon as it is quiet", () => {
  const deed = fc.oneof(
    fc.record({ do: fc.constant("insert"), index: fc.nat(20) }),
    fc.record({ do: fc.constant("delete"), index: fc.nat(20) }),
    fc.record({ do: fc.constant("get"), who: fc.nat(2), index: fc.nat(9) }),
    fc.record({ do: fc.constant("turn"), index: fc.constantFrom(1, 100, 250) }),
  );
  fc.assert(
    fc.property(fc.nat(15), fc.array(deed, { maxLength: 40, size: "max" }), (count, deeds) => {
      const server = new OriginalList(Array.from({ length: count }, (_, i) => i), 4), clock = new FakeClock();
      let next = 100;
      const readers = [2, 3, 3].map((pageSize) => {
        const { peer, failures } = makePeer({ clock }), subscriber = { peer, page: 0, size: 0 };
        const pipe: Pipe = new Pipe((text) => server.hear(subscriber, JSON.parse(text)));
        peer.open(pipe);
        return { peer, failures, pipe, mirror: peer.list("x", { pageSize }) };
      });
      const run = () => {
        while (readers.map(({ pipe }) => pipe.read()).includes(true));
      };
      run();
      for (const deed of deeds) {
        if (deed.do === "insert") server.insert(deed.index % (server.items.length + 1), ++next);
        else if (deed.do === "turn") clock.turn(deed.index);
        else if (deed.do === "get") {
          const { mirror } = readers["who" in deed ? deed.who : 0]!;
          mirror.get({ page: deed.index }).catch((error) => ok(error.reason === "timeout"));
        } else if (server.items.length > 0) server.delete(deed.index % server.items.length);
        run();
      }
      for (let quiet = 0; quiet < 12; quiet++) {
        clock.turn(32_000);
        run();
      }
      for (const { mirror, failures } of readers) {
        const start = mirror.page * mirror.pageSize;
        deepEqual([...mirror.value], server.items.slice(start, start + mirror.pageSize));
        deepEqual([mirror.count, mirror.status, failures], [server.items.length, "fresh", []]);
        ok(mirror.page < mirror.pages);
      }
      deepEqual(clock.waiting, 0);
    }),
    { numRuns: 400 },
  );
});
