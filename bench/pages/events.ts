/**
 * An endpoint of typed events as the bench needs it: what comes in is read by valibot, and what goes out of itself too.
 *
 * @module
 */

import { action, anyone, App, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import * as v from "valibot";

/** Where it is served; behind it comes a number, which is a room. */
export const EVENTS = "ws/events/";

const Room = topic("events/:room");
const Msg = v.pipe(v.string(), v.maxLength(1000)), Id = v.pipe(v.number(), v.integer());

/** Makes one. */
export function eventsPage(options: AppOptions = {}): App {
  const app = new App({ name: "bench-events", ...options });
  app.events(`/${EVENTS}:room`, { sends: { message: v.object({ msg: Msg, sender: Id }) } }).handle({
    /** Is answered with what it says. */
    say: action(v.object({ msg: Msg, sender: Id }), ({ msg, sender }) => ({ msg, sender })),
    /** Is published to the room, and by that to whoever says it. */
    message: action(
      v.object({ msg: Msg, sender: Id }),
      ({ msg, sender }, { params, publish }) => publish(Room(params), "message", { msg, sender }),
    ),
  }, { authorize: anyone, connect: ({ params, join }) => join(Room(params)) });
  return app;
}
