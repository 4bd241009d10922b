/**
 * Who a page is rendered for.
 *
 * @module
 */

import type { ContextValues } from "../http/context.ts";
import type { ContextParts } from "../page/context.ts";
import type { FormErrors } from "../page/form.ts";
import type { Page, Untyped } from "../page/page.ts";
import type { Flash } from "../session/flash.ts";
import type { Snapshot } from "../session/records.ts";
import { visitState } from "./call.ts";
import type { Reflex } from "./reflex.ts";

/** Where they are. */
export interface Whereabouts {
  readonly page: Page;
  readonly params: Record<string, string>;
  /** The page's URL. */
  readonly href: string;
  /** What middleware has set. */
  readonly values: ContextValues;
  /** The session. */
  readonly session: string;
}

/** What is known of them now. */
export interface Known {
  /** The session's values. */
  readonly session: Untyped;
  readonly seen: Snapshot;
  /** What is wrong with the fields of the page's forms. */
  readonly errors: FormErrors;
  /** The call that has just run. */
  readonly ran: Reflex | undefined;
  /** When it was looked up, as topics count changes; right now where left out. */
  readonly since: number | undefined;
}

/** A person who has a page open. Few pages read their URL, so that it is made when one does. */
export class Person implements ContextParts {
  readonly owner: string;
  readonly params: Record<string, string>;
  readonly session: Untyped;
  readonly state: Untyped;
  readonly user: string | undefined;
  readonly flash: readonly Flash[];
  readonly values: ContextValues;
  readonly errors: FormErrors;
  readonly ran: Reflex | undefined;
  readonly since: number | undefined;
  readonly #href: string;
  #url: URL | undefined;

  constructor(
    { page, params, href, values, session: name }: Whereabouts,
    { session, seen, errors, ran, since }: Known,
  ) {
    this.owner = ownerOf(name, seen);
    this.params = params;
    this.session = session;
    this.state = visitState(seen, page);
    this.user = seen.user;
    this.flash = seen.visit.flash;
    this.values = values;
    this.errors = errors;
    this.ran = ran;
    this.since = since;
    this.#href = href;
  }

  get url(): URL {
    return this.#url ??= new URL(this.#href);
  }
}

/** Names whose data it is that a render has loaded. */
export function ownerOf(session: string, { identity }: Pick<Snapshot, "identity">): string {
  return `${session} ${identity}`;
}
