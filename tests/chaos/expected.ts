/**
 * What the logs of processes may say while things go wrong. Anything else is a fault of the framework.
 *
 * @module
 */

import type { Expected } from "./checks.ts";

/** What a client of Redis says of a connection that is lost, or of a Redis that is still loading its file. */
const lost =
  "(Socket closed unexpectedly|Connection is closed|read ECONNRESET|write EPIPE|connect ECONNREFUSED" +
  "|LOADING|it has not answered within 5000 ms)";

/** What the framework does when its store does not answer: each is told, and nothing else is. */
const doings: Readonly<Record<string, string>> = {
  "calls": "the call \\S+ could not be carried out",
  "sockets": "a socket's handler failed",
  "isolates":
    "other isolates (cannot be heard yet; it is tried again|could not be told what has happened here)",
  "renders": "(a page could not be checked|pages could not be brought up to date, and will be)",
};

/** By the first pattern that fits. */
export const expectedLines: readonly Expected[] = [
  { kind: "lost connections of a Redis client", pattern: /^warn redis: / },
  ...Object.entries(doings).map(([kind, doing]) => ({
    kind: `${kind} without a store`,
    pattern: new RegExp(
      `^error ${doing}: Error: Cannot (read from|commit to|listen to|publish to) Redis: ${lost}`,
    ),
  })),
  {
    kind: "requests without a store",
    pattern: new RegExp(
      "^error a request failed: HttpError: The data cannot be reached now\\.[^]*" +
        `caused by Error: Cannot read from Redis: ${lost}`,
    ),
  },
  // The app's own use of the client.
  {
    kind: "rooms without a store",
    pattern: new RegExp(
      `^error (the reflex Clicker#say failed|a request failed|a page could not be rendered): Error: ${lost}`,
    ),
  },
];
