/**
 * The script for going to other pages over the socket. It is loaded where a link or form asks for it, or a script does.
 *
 * @module
 */

import { client } from "./core.ts";
import { type Navigate, navigation } from "./navigate.ts";

/** Goes to a page; none where this is no page of the framework. */
export const navigate: Navigate | undefined = client ? navigation(client) : undefined;
