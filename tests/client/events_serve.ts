/**
 * An app with an endpoint of typed events, on a port of its own.
 *
 * @module
 */

import { action, App, topic } from "@argyle/argyle";
import type { EventsAsker } from "@argyle/argyle/types";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";

const Room = topic("room/:room"), Client = topic("room/:room/:client");

/** What is asked of whoever connects, and what the handler `wait` waits for. */
export interface ServeOptions {
  readonly authorize?: (asker: Pick<EventsAsker, "request" | "origin">) => boolean;
  readonly port?: number;
  readonly waited?: () => Promise<unknown>;
}

/** Rooms: whoever is in one hears what is said there. */
export function makeRooms({ authorize = () => true, waited = () => Promise.resolve() }: ServeOptions = {}) {
  const app = new App({ log: new MemoryLog() });
  const rooms = app.events("/room/:room/:client", {
    params: z.object({ room: z.string(), client: z.coerce.number().int() }),
    sends: {
      message: z.object({ msg: z.string(), sender: z.int() }),
      whisper: z.object({ from: z.int(), msg: z.string() }),
      join: z.object({ client_id: z.int() }),
    },
  }).handle({
    message: action(z.object({ msg: z.string().max(1000) }), ({ msg }, { params, publish }) => {
      return publish(Room(params), "message", { msg, sender: params.client });
    }),
    onWhisper: action(z.object({ to: z.int(), msg: z.string() }), ({ to, msg }, { params, publish }) => {
      return publish(Client({ room: params.room, client: String(to) }), "whisper", {
        from: params.client,
        msg,
      });
    }),
    time: action(z.object({ zone: z.string() }), ({ zone }) => ({ now: zone })),
    double: action(z.object({ n: z.number() }), async ({ n }) => {
      await Promise.resolve();
      return { n: 2 * n };
    }),
    wait: action(z.object({}), async () => {
      await waited();
      return { waited: true };
    }),
    count: action(z.object({ to: z.int() }), async function* ({ to }) {
      for (let n = 1; n <= to; n++) {
        await Promise.resolve();
        yield { n };
      }
    }),
    leave: action(z.object({}), (_input, { close }) => close(4001, "As you wish.")),
  }, {
    authorize,
    async connect({ params, join, publish }) {
      await join(Room(params));
      await join(Client({ room: params.room, client: String(params.client) }));
      await publish(Room(params), "join", { client_id: params.client });
    },
  });
  return { app, rooms };
}

/** What `connectEvents` is typed by. */
export type Rooms = ReturnType<typeof makeRooms>["rooms"];

/** Serves them; leaving the scope stops it. */
export async function serveRooms(options: ServeOptions = {}) {
  const { app, rooms } = makeRooms(options);
  const server = await app.listen({ port: options.port ?? 0 });
  return {
    rooms,
    /** The address of one person in a room. */
    url: (client: number, room = "lobby") => `${server.url}/room/${room}/${client}`,
    port: server.port,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
