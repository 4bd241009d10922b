/**
 * Which process a connection leads to.
 *
 * @module
 */

import type { Target } from "../helpers/proxy.ts";

/** Somewhere to lead to; `port` is there as long as it lives. */
export interface Backend {
  readonly port: number | undefined;
}

/** Chooses among processes that live: each connection leads to the next of them. */
export class Balancer {
  readonly #backends: readonly Backend[];
  #turn: number;

  /** @param first counts the processes; with which it begins */
  constructor(backends: readonly Backend[], first: number) {
    this.#backends = backends;
    this.#turn = first;
  }

  /** Where the next connection leads; nowhere where all are dead. */
  readonly target = (): Target | undefined => {
    const port = this.#next(this.#backends.map(({ port }) => port));
    return port === undefined ? undefined : { hostname: "127.0.0.1", port };
  };

  #next(ports: readonly (number | undefined)[]): number | undefined {
    for (let tried = 0; tried < ports.length; tried++) {
      const port = ports[this.#turn++ % ports.length];
      if (port !== undefined) return port;
    }
    return undefined;
  }
}
