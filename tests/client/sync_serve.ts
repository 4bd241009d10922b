/**
 * An app with an endpoint of SockSync, on a port of its own.
 *
 * @module
 */

import { App } from "@argyle/argyle";
import type { Groups, SyncPeer } from "@argyle/argyle/socksync";
import type { EndpointContext } from "@argyle/argyle/types";
import type { SyncContext } from "@argyle/argyle/types";
import { MemoryLog } from "../helpers/peer.ts";

/** Serves groups at `/ws/socksync`; leaving the scope stops it. */
export async function serveGroups<const G extends Groups<SyncContext>>(
  groups: G,
  { authorize = () => true, port = 0 }: { authorize?: (context: EndpointContext) => boolean; port?: number } =
    {},
) {
  const app = new App({ log: new MemoryLog() });
  const { peers } = app.sync("/ws/socksync", groups, { authorize });
  const server = await app.listen({ port });
  return {
    url: `${server.url}/ws/socksync`,
    port: server.port,
    /** The one who is connected. */
    guest<Theirs>(): SyncPeer<Theirs> {
      const [guest, other] = peers;
      if (guest === undefined || other !== undefined) throw new Error("Not one is connected.");
      return guest as SyncPeer<Theirs>;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
