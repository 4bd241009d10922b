/**
 * Scripts for whoever develops an app, on pages of this machine alone. What they are is loaded when the first of those
 * pages is: in production it is never read.
 *
 * @module
 */

import { Path } from "../../protocol/markers.ts";
import { clientPath, type Tools } from "../page/document.ts";
import { read, type Script, type ScriptsByPath } from "./client_door.ts";
import { developer } from "../development.ts";
import { HttpError } from "../http/error.ts";
import type { Arrived, Parts } from "./parts.ts";

let loading: Promise<{ readonly hash: string; readonly scripts: ScriptsByPath }> | undefined;

/** The tools of a page. The panel stands before the page's own script: it watches the socket from its first frame on. */
export async function toolsFor({ hasPanel }: Pick<Parts, "hasPanel">): Promise<Tools> {
  const { hash } = await load();
  return {
    before: hasPanel ? [clientPath("panel", hash)] : [],
    after: [clientPath("log", hash)],
  };
}

/** One of the scripts, by its path below the app's base. */
export async function findTool(path: string): Promise<Script | undefined> {
  return path.startsWith(Path.root) ? (await load()).scripts.get(path) : undefined;
}

function load(): NonNullable<typeof loading> {
  return loading ??= import("../page/dev_scripts.ts").then(({ devHash: hash, devScripts: codes }) => {
    return { hash, scripts: read({ hash, codes }) };
  });
}

/**
 * The script of `deno task dev`, which is not kept: it belongs to whatever runs the app. Nothing where the app was not
 * started by it, or where it is no developer who asks.
 *
 * @throws HttpError 405 for another method
 */
export async function serveDevScript({ request, path, development }: Arrived): Promise<Response | undefined> {
  if (!development || path !== `${Path.root}dev.js` || developer() === undefined) return undefined;
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "The script is got by GET.", { headers: { allow: "GET, HEAD" } });
  }
  const { devScripts } = await import("../page/dev_scripts.ts");
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" };
  return new Response(devScripts.dev, { headers });
}
