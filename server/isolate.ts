/**
 * One isolate among those of its app: what they keep together, and what they tell each other.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Limits } from "../protocol/limits.ts";
import { Attendance } from "./bus/attendance.ts";
import { Channel } from "./bus/channel.ts";
import { Elsewhere } from "./bus/elsewhere.ts";
import type { Notice } from "./bus/notice.ts";
import { Outbox } from "./bus/outbox.ts";
import { Presence } from "./bus/presence.ts";
import { Topics } from "./bus/topics.ts";
import type { Bus } from "./engine/bus.ts";
import type { Store } from "./engine/store.ts";
import type { Logger } from "./observe.ts";
import { Offers } from "./page/offers.ts";
import type { Macs } from "./seal/macs.ts";
import { SealedStore } from "./session/sealed_store.ts";

/** What an isolate is made of. */
export interface IsolateParts {
  /** The app's name, with its base. */
  readonly app: string;
  readonly store: Store;
  /** Left out where the app has one isolate. */
  readonly bus: Bus | undefined;
  readonly macs: Macs;
  readonly limits: Pick<Limits, "operationBytes" | "presence">;
  readonly clock: Clock;
  readonly log: Logger;
  /** What has been said of variables and lists is heard by whoever has them. */
  readonly bindings: { hear(notice: Notice): void; gap(): void };
  /** What was published at endpoints elsewhere is heard by those who are on the topic here. */
  readonly rooms: { hear(notice: Notice): void };
}

/** An isolate that hears the others. */
export interface Isolate {
  /** Where records are kept: its commits publish to the bus, by whatever means. */
  readonly store: Store;
  readonly topics: Topics;
  readonly channel: Channel;
  readonly attendance: Attendance;
  /** Says what is still to be said, and lets go of the bus. */
  close(): Promise<void>;
}

/** Joins the other isolates: whatever they say from then on is heard, or as soon as the bus can be reached. */
export async function joinIsolates(parts: IsolateParts): Promise<Isolate> {
  const { app, macs, limits, clock, log, bindings, rooms } = parts;
  const { store, bus, outbox } = joinEngine(parts);
  const topics = new Topics(), presence = new Presence(topics, limits.presence);
  const channel = new Channel({
    bus,
    name: app,
    seals: {
      seal: (context, text) => macs.seal("bus", context, text),
      open: (context, sealed) => macs.open("bus", context, sealed),
    },
    readOffers: Offers.of,
    operationBytes: limits.operationBytes,
    clock,
    log,
  });
  const elsewhere = channel.isShared
    ? new Elsewhere({ isolate: channel.isolate, presence, clock, send: (...said) => channel.send(...said) })
    : undefined;
  const attendance = new Attendance(elsewhere ?? presence, clock, channel.isShared);
  await channel.open({
    hear(notice, from, isKnown) {
      if (!isKnown) {
        take(notice, topics);
        rooms.hear(notice);
      }
      bindings.hear(notice);
      elsewhere?.hear(notice, from);
    },
    gap() {
      topics.doubt();
      bindings.gap();
      elsewhere?.gap();
    },
  });
  elsewhere?.begin();
  return {
    store,
    topics,
    channel,
    attendance,
    async close() {
      elsewhere?.end();
      attendance.end();
      await outbox?.idle();
      await channel.close();
      await outbox?.[Symbol.asyncDispose]();
    },
  };
}

// Commits publish: in one transaction where the engine can, else by an outbox.
function joinEngine(
  { store: given, bus, app, macs, clock, log }: IsolateParts,
): { store: Store; bus: Bus | undefined; outbox: Outbox | undefined } {
  const store = given.exclusive ? given : new SealedStore(given, app, macs);
  if (bus === undefined || store.transactional === bus) return { store, bus, outbox: undefined };
  const outbox = new Outbox(store, bus, { app, clock, log });
  return { store: outbox, bus: outbox.transactional, outbox };
}

// What another isolate has told its own pages, ours are told.
function take(notice: Notice, topics: Topics): void {
  if (notice[0] === "changed") topics.publish(notice[1]);
  else if (notice[0] === "told") topics.tell(notice[1], notice[2]);
}
