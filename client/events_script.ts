/**
 * The browser's script for typed events, which stands alone: the same for pages of the framework and for others. In a page's
 * own scripts it is what `@argyle/argyle/client` has of it.
 *
 * @module
 */

export { connectEvents, EventsError } from "./connect_events.ts";
