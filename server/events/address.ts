/**
 * Reads the address of an endpoint of events: what its path and its query say.
 *
 * @module
 */

import type { Schema } from "../../protocol/schema.ts";
import type { EndpointContext } from "../socket/endpoint.ts";
import { type EventError, issueErrors, writeErrors } from "./event_error.ts";
import type { EventsAsker } from "./types.ts";

/** How it is read. */
export interface AddressSchemas {
  readonly params?: Schema | undefined;
  readonly query?: Schema | undefined;
}

/** Bytes of errors, about. */
const ROOM = 8192;

/** Who asks, with what their address says; or 400 that says all that is wrong with it. */
export async function readAddress(
  context: EndpointContext,
  found: Record<string, string>,
  schemas: AddressSchemas,
): Promise<EventsAsker<unknown, unknown> | Response> {
  const query = context.url.searchParams;
  const [params, asked] = await Promise.all([
    read("path", schemas.params, found, found),
    read("query", schemas.query, query, schemas.query === undefined ? {} : textsOf(query)),
  ]);
  const errors = [...params.errors, ...asked.errors];
  if (errors.length === 0) return { ...context, params: params.value, query: asked.value };
  return new Response(writeErrors(errors, undefined, ROOM), {
    status: 400,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

async function read(
  place: string,
  schema: Schema | undefined,
  plain: unknown,
  input: object,
): Promise<{ value: unknown; errors: readonly EventError[] }> {
  if (schema === undefined) return { value: plain, errors: [] };
  const result = await schema["~standard"].validate(input);
  if (result.issues === undefined) return { value: result.value, errors: [] };
  const errors = issueErrors(result.issues, input).map((error) => ({ ...error, loc: [place, ...error.loc] }));
  return { value: undefined, errors };
}

// `fromEntries` defines what it writes: a name like `__proto__` is a name like any other.
function textsOf(query: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(query.keys());
  return Object.fromEntries([...names].map((name) => {
    const all = query.getAll(name);
    return [name, all.length === 1 ? all[0]! : all];
  }));
}
