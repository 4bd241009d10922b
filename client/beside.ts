/**
 * The script beside this one: what only some pages need. It is loaded when the first of it is met.
 *
 * @module
 */

import type { Options } from "./bindings.ts";
import type { showBusy } from "./busy.ts";
import type { order } from "./order.ts";
import type { receive } from "./receive.ts";
import type { select } from "./select.ts";

/** What it gives. */
export interface Rest {
  readonly showBusy: typeof showBusy;
  readonly options: Options;
  readonly order: typeof order;
  readonly receive: typeof receive;
  readonly select: typeof select;
}

/** Loads it, once. */
export type LoadRest = () => Promise<Rest>;

/** What has been loaded. */
export let rest: Rest | undefined;

/** Keeps what was loaded; what could not be is tried again. */
export function restLoader(load: LoadRest): LoadRest {
  let loading: Promise<Rest> | undefined;
  return async () => {
    try {
      return rest = await (loading ??= load());
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}
