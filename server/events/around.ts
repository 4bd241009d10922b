/**
 * What happens around the messages of a connection, whether an endpoint says it in hooks or in a class.
 *
 * @module
 */

import { bindEndpoint } from "./events_endpoint.ts";
import type { EndpointClass } from "./handlers.ts";
import type { EventsContext, EventsHooks } from "./types.ts";

/** The hooks of either form. */
export type Hooks = Pick<EventsHooks, "authorize"> & Partial<EventsHooks>;

/** What happens around messages. */
export interface Around {
  /** The instance of the class, where there is one. */
  readonly instance: object | undefined;
  connect(context: EventsContext): unknown;
  disconnect(context: EventsContext, code: number): unknown;
  failed(error: unknown, context: EventsContext): unknown;
}

/**
 * What happens around the messages of one connection.
 *
 * @throws what the constructor of the class throws
 */
export function makeAround(
  { connect, disconnect, onError }: Hooks,
  endpointClass: EndpointClass | undefined,
  context: EventsContext,
): Around {
  const failed: Around["failed"] = (error, context) => onError?.(error, context);
  if (endpointClass === undefined) {
    return {
      instance: undefined,
      failed,
      connect: (context) => connect?.(context),
      disconnect: (context, code) => disconnect?.(context, code),
    };
  }
  const instance = new endpointClass();
  bindEndpoint(instance, context);
  return {
    instance,
    failed,
    connect: () => instance.connect(),
    disconnect: (_context, code) => instance.disconnect(code),
  };
}
