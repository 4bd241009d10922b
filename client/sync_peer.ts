/**
 * The engine and the line, put together.
 *
 * @module
 */

import type { SyncPeer } from "../socksync/groups.ts";
import { Peer } from "../socksync/peer.ts";
import type { ConnectSyncOptions } from "./connect_sync.ts";
import { syncAddress } from "./sync_address.ts";
import type { SyncEnvironment } from "./sync_environment.ts";
import { SyncLine } from "./sync_line.ts";
import { Most } from "./sync_pace.ts";
import { engineEnd } from "./sync_transport.ts";

/**
 * Connects.
 *
 * @throws TypeError as `connectSync`
 */
export function syncPeer<Theirs>(
  url: string | URL,
  { groups, signal, protocols = [], headers }: ConnectSyncOptions,
  env: SyncEnvironment,
): SyncPeer<Theirs> {
  const address = syncAddress(url, env.base);
  const handshake = { protocols: [protocols].flat(), headers };
  let line: SyncLine | undefined;
  const close = () => peer.close();
  const peer: Peer<Theirs> = new Peer<Theirs>({
    clock: env.clock,
    limits: peerLimits,
    context: { user: undefined, get: initialValue },
    longest: Most.frame,
    failed,
    tell,
    ended() {
      line?.stop();
      signal?.removeEventListener("abort", close);
    },
  });
  if (groups) peer.own(groups);
  if (signal?.aborted) close();
  else {
    line = new SyncLine(
      engineEnd(peer, env.clock, failed),
      { connect: () => env.connect(address, handshake), probe },
      env,
    );
    signal?.addEventListener("abort", close);
  }
  return peer;
}

/** Every peer answers it: error 2, `type is required.` */
const probe = '{"func":"ping"}';

/** The defaults of `Limits`, but for one. The object that has all of them is not for browsers. */
export const peerLimits = {
  depth: 32,
  syncGroups: 1024,
  syncCalls: 1024,
  pageSize: 100,
  /** A person who is asked takes longer than a server that works: as long as a caller waits. */
  reflex: 30_000,
  buffered: 4_194_304,
};

/** Of a server nothing is known but its address, and no middleware has set anything. */
function initialValue<T>(
  { name, initial }: { readonly name: string; readonly initial: { readonly value: T } | undefined },
): T {
  if (initial) return initial.value;
  throw new TypeError(`Cannot get ${name}: nobody has set it.`);
}

function failed(what: string, error: unknown): void {
  // deno-lint-ignore no-console -- nobody else is there to be told
  console.error(`SockSync: ${what}`, error);
}

/** What a function of this end has thrown is no business of the other's. */
function tell(error: unknown, name: string): string {
  failed(`${name} failed`, error);
  return "The call failed.";
}
