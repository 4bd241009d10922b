import { action, anyone, type App, HttpError, topic } from "@argyle/argyle";
import { z } from "zod";

/** The name of a room, as it stands in an address. */
export const RoomName = z.string().max(50, "The name of a room has at most 50 letters.")
  .regex(/^(?!\s*$)\P{Cc}*$/u, "A room has a name.");

/** Who somebody is, as it stands in an address: an integer. */
export const ClientId = z.string().regex(/^-?\d{1,15}$/, "A client is a whole number.").transform(Number);

const Msg = z.string().max(1000);

/** All who are in a room, each shown as their number. */
export const Everybody = topic("room/:room", { presence: z.object({ client_id: z.int() }) });

/** One of them, on however many connections. */
const One = topic("room/:room/:client", { presence: z.object({}) });

/** What is spoken in rooms: programs are typed by it, `connectEvents<Rooms>(url)`. */
export type Rooms = ReturnType<typeof addRooms>;

/** Adds the endpoint. Whoever comes says themselves which number they are. */
export function addRooms(app: App) {
  return app.events("/room/:room/:client", {
    params: z.object({ room: RoomName, client: ClientId }),
    sends: {
      message: z.object({ msg: Msg, sender: z.int() }),
      whisper: z.object({ from: z.int(), msg: Msg }),
      join: z.object({ client_id: z.int() }),
      leave: z.object({ client_id: z.int() }),
    },
  }).handle({
    message: action(
      z.object({ msg: Msg }),
      ({ msg }, { params, publish }) => publish(Everybody(params), "message", { msg, sender: params.client }),
    ),
    whisper: action(
      z.object({ to: z.int(), msg: Msg }),
      async ({ to, msg }, { params: { room, client }, publish, present }) => {
        const theirs = One({ room, client: to });
        // In any case: who has just come to another process may be heard before it is known that they are there.
        await publish(theirs, "whisper", { from: client, msg });
        if ((await present(theirs)).length === 0) throw new HttpError(404, `There is no ${to} in ${room}.`);
      },
    ),
  }, {
    authorize: anyone,
    async connect({ params, join, publish }) {
      await join(Everybody(params), { client_id: params.client });
      await join(One(params), {});
      await publish(Everybody(params), "join", { client_id: params.client });
    },
    disconnect: ({ params, publish }) => publish(Everybody(params), "leave", { client_id: params.client }),
  });
}
