/**
 * Islands that somebody else bundles and serves.
 *
 * @module
 */

import type { IslandPlace } from "../../islands/placing.ts";
import type { IslandFile, Islands } from "./islands.ts";

/** What is known of them is where they are. */
export class GivenIslands implements Islands {
  readonly build = "";
  readonly #place: IslandPlace;

  constructor(place: IslandPlace) {
    this.#place = place;
  }

  moduleOf(file: string): string {
    return this.#place.moduleOf(file);
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  file(): Promise<IslandFile | undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
