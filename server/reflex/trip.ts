/**
 * A socket's way to another page.
 *
 * @module
 */

import type { ContextValues } from "../http/context.ts";
import type { Opened } from "../page/open_view.ts";
import type { Page } from "../page/page.ts";
import type { Snapshot } from "../session/records.ts";

/** Who goes, and where to. */
export interface Trip {
  /** Path and query, as a stranger says them. */
  readonly to: string;
  /** The origin, as the browser's address bar has it. */
  readonly origin: string;
  /** The headers of the socket's handshake, packed, without its cookies. */
  readonly told: string;
  /** The browser's cookies. */
  readonly cookie: string;
  readonly session: string;
  /** Whether a developer looks on, on this machine. */
  readonly development: boolean;
  /** Aborted when nobody waits for the page any more. */
  readonly signal: AbortSignal;
}

/** The page at its end. */
export interface Landing {
  readonly page: Page;
  readonly params: Record<string, string>;
  readonly opened: Opened;
  /** What middleware has set. */
  readonly values: ContextValues;
  /** The name of its visit. */
  readonly visit: string;
  /** What it was rendered from. */
  readonly seen: Snapshot;
  /** Whether it shows messages that are shown once. */
  readonly isFlashShown: boolean;
  /** Where it is, after redirects; with the fragment that the last of them named. */
  readonly url: URL;
  /** `Set-Cookie` headers of all answers on the way. */
  readonly setCookies: readonly string[];
  /** The browser's cookies after them. */
  readonly cookie: string;
}
