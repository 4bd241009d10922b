/**
 * Runs an app's middleware where there is no answer but ours: before a socket is let in.
 *
 * @module
 */

import { ContextValues } from "../http/context.ts";
import { type Middleware, type RequestContext, runMiddleware } from "../http/middleware.ts";

/**
 * Runs the same middleware as for a GET. It lets pass by going on with `next()`, whatever it makes of that answer, as long
 * as that is none of refusal.
 *
 * @returns what it has set; or its own answer, where it does not let pass
 * @throws whatever it throws
 */
export async function passMiddleware(
  middleware: readonly Middleware[],
  given: Omit<RequestContext, "get" | "set">,
): Promise<ContextValues | Response> {
  if (middleware.length === 0) return nothingSet;
  const values = new ContextValues();
  let isAsked = false;
  const context = { ...given, get: values.get, set: values.set };
  const response = await runMiddleware(middleware, context, () => {
    isAsked = true;
    return Promise.resolve(new Response(null, { status: 204 }));
  });
  if (!isAsked || !response.ok) return response;
  await response.body?.cancel();
  return values;
}

/** What is set where there is no middleware: thousands of live pages have that. */
export const nothingSet = new ContextValues();
