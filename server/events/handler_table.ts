/**
 * The handlers of one endpoint, by their events.
 *
 * @module
 */

import { type Action, isAction, refuseAuthorize } from "../../protocol/action.ts";
import { EventsEndpoint, recordFields } from "./events_endpoint.ts";
import type { EndpointClass } from "./handlers.ts";
import { eventName } from "./names.ts";

/** A handler. */
interface Entry {
  /** The action; of a class, that of the instance that was made at registration. */
  readonly action: Action;
  /** Which field of an instance it is; `undefined` where all connections have the same. */
  readonly field: string | undefined;
}

/** Handlers: those of an object or a class, and what was attached later. */
export class HandlerTable {
  readonly #entries = new Map<string, Entry>();
  /** The class, where there is one. */
  readonly endpointClass: EndpointClass | undefined;

  /** @throws TypeError for what is no handler, and for two of one event */
  constructor(handlers: unknown) {
    if (isEndpointClass(handlers)) {
      this.endpointClass = handlers;
      this.#addClass(handlers);
    } else if (typeof handlers === "object" && handlers !== null) this.#addAll(Object.entries(handlers));
    else {throw new TypeError(
        "Cannot handle events: that is neither an object of actions nor an EventsEndpoint.",
      );}
  }

  /** The names of all events that are handled, in the order in which they were declared. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** All of them; of a class, those of an instance without a connection. */
  get actions(): ReadonlyMap<string, Action> {
    return new Map([...this.#entries].map(([name, { action }]) => [name, action]));
  }

  /** The handler of an event, for one connection. */
  find(event: string, instance: object | undefined): Action | undefined {
    const entry = this.#entries.get(event);
    if (entry?.field === undefined) return entry?.action;
    const own = (instance as Record<string, unknown>)[entry.field];
    return isAction(own) ? own : undefined;
  }

  /**
   * Adds handlers that all connections share, those that are open too.
   *
   * @throws TypeError for an event that has one, unless it is to be overwritten; then nothing is added
   */
  attach(handlers: object, { overwrite = false }: { readonly overwrite?: boolean } = {}): void {
    const added = new HandlerTable(handlers);
    if (added.endpointClass !== undefined) throw new TypeError("Cannot attach a class: attach actions.");
    const taken = overwrite ? undefined : added.names.find((name) => this.#entries.has(name));
    if (taken !== undefined) throw duplicate(taken);
    for (const [name, entry] of added.#entries) this.#entries.set(name, entry);
  }

  #addAll(members: readonly (readonly [key: string, value: unknown])[]): void {
    for (const [key, value] of members) {
      if (!isAction(value)) {
        throw new TypeError(`Cannot handle ${JSON.stringify(key)}: it is no action.`);
      }
      refuseAuthorize(value, `the handler ${JSON.stringify(key)}`);
      const name = eventName(key, value);
      if (this.#entries.has(name)) throw duplicate(name);
      this.#entries.set(name, { action: value, field: undefined });
    }
  }

  // From the base to the class itself: what stands later overrides by the event's name, what stands beside it must not.
  #addClass(create: EndpointClass): void {
    const { instance, fields } = recordFields(create);
    let begin = 0;
    for (const level of levelsOf(create)) {
      const end = level === create ? fields.length : recordFields(level).fields.length;
      this.#addLevel(instance, new Set(fields.slice(begin, end)));
      begin = end;
    }
  }

  #addLevel(instance: object, fields: ReadonlySet<string>): void {
    const here = new Set<string>();
    for (const field of fields) {
      const value = (instance as Record<string, unknown>)[field];
      if (!isAction(value)) continue;
      if (field === "connect" || field === "disconnect") {
        throw new TypeError(`Cannot handle ${JSON.stringify(field)}: it is what happens around messages.`);
      }
      refuseAuthorize(value, `the handler ${JSON.stringify(field)}`);
      const name = eventName(field, value);
      if (here.has(name)) throw duplicate(name);
      here.add(name);
      this.#entries.set(name, { action: value, field });
    }
  }
}

function isEndpointClass(value: unknown): value is EndpointClass {
  return typeof value === "function" && value.prototype instanceof EventsEndpoint;
}

// A class and its bases, the first of them first.
function levelsOf(create: EndpointClass): readonly EndpointClass[] {
  const levels: EndpointClass[] = [];
  for (let level: unknown = create; isEndpointClass(level); level = Object.getPrototypeOf(level)) {
    levels.unshift(level);
  }
  return levels;
}

function duplicate(name: string): TypeError {
  return new TypeError(`Cannot handle ${JSON.stringify(name)} twice: the event has a handler.`);
}
