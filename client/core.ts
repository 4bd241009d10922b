/**
 * What every page carries: the running client, and what the scripts beside it have to share with it. What is not here,
 * they bring along themselves.
 *
 * @module
 */

import { browserEnvironment } from "./environment.ts";
import { ownScript } from "./page.ts";
import { type Client, start } from "./start.ts";

export * from "./dom.ts";
export { refuse } from "./refuse.ts";
export { said } from "./open.ts";
export { defaultOf, holdFields, markSent } from "./fields.ts";
export { morph } from "./morph.ts";
export { change, changeAttributes } from "./operations.ts";
export { DONE, isOurs } from "./ours.ts";
export { fill, inertDocument, parseElement, parseInside, sweep } from "./parse.ts";
export { after, place } from "./plain_morph.ts";
export { ReflexError } from "./reflex_error.ts";
export { pageData, scriptIn } from "./page.ts";
export { tellNow } from "./watch.ts";
export { elementData } from "./serialize.ts";

const script = globalThis.document && ownScript();

/** The page's client; none where this is not a page of the framework. */
export const client: Client | null | undefined = script && start(script, browserEnvironment());
