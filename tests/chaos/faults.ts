/**
 * Lets a schedule's faults happen.
 *
 * @module
 */

import type { Proxy } from "../helpers/proxy.ts";
import type { Scene } from "./scene.ts";
import type { Fault, Place } from "./schedule.ts";

/** Lets a fault happen; done when it is over. */
export async function happen(fault: Fault, scene: Scene): Promise<void> {
  if (fault.what === "kill") {
    const process = scene.processes[fault.whom];
    await process?.kill();
    await pause(fault.ms);
    return await process?.start();
  }
  if (fault.what === "kill store") {
    await scene.redis?.kill();
    await pause(fault.ms);
    return await scene.redis?.start();
  }
  const proxy = proxyAt(fault.whom, scene);
  switch (fault.what) {
    case "cut":
      return proxy.cut();
    case "refuse":
      proxy.refuse();
      proxy.cut();
      await pause(fault.ms);
      return proxy.accept();
    case "freeze":
      proxy.freeze(...fault.directions);
      await pause(fault.ms);
      return proxy.thaw(...fault.directions);
    case "delay":
      proxy.delay = fault.by;
      await pause(fault.ms);
      proxy.delay = 0;
  }
}

function proxyAt({ line, at }: Place, scene: Scene): Proxy {
  const proxy = (line === "clients" ? scene.lines : scene.storeLines)[at];
  if (proxy === undefined) throw new Error(`Cannot let a fault happen: there is no line ${at} of ${line}.`);
  return proxy;
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
