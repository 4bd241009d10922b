/**
 * Where an app has the modules of its islands from.
 *
 * @module
 */

import type { IslandPlace } from "../../islands/placing.ts";

/** A file for browsers. */
export interface IslandFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** Names the content, but for what is said of its coding. */
  readonly tag: string;
  /** Whether the name says all of the content. */
  readonly immutable: boolean;
}

/** The islands of an app: built before, or bundled when they are asked for. */
export interface Islands extends IslandPlace {
  /** Names the build; nothing where there is none. */
  readonly build: string;
  /** What can be made ready before somebody asks. It does not reject: what is wrong is said to whoever asks. */
  begin(): Promise<void>;
  /**
   * A file by its name.
   *
   * @param development whether a developer asks, who may see details
   * @throws HttpError 500 where islands cannot be bundled
   */
  file(name: string, development: boolean): Promise<IslandFile | undefined>;
  /** Lets go of what bundles. */
  close(): Promise<void>;
}

/** The media types of what is served. */
export const scriptType = "text/javascript; charset=utf-8";
export const mapType = "application/json";
