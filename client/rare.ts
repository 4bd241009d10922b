/**
 * What few pages ever meet, and what the script beside this one is for.
 *
 * @module
 */

import { Attribute } from "../protocol/markers.ts";

/** What of a page makes every patch of it a matter of that script. */
export const RARELY =
  `[${Attribute.ignore}],[${Attribute.leave}],[${Attribute.announce}],[${Attribute.navigate}],[name=view-transition],dialog,iframe,video`;

/**
 * Tells by the text of a frame whether it waits for that script. It may be wrong about one that holds such words as
 * data, which then waits for nothing.
 */
export const RARE: RegExp = RegExp(
  `\\["((ticket|go|head|body|order|select|do)"|error",0)|<\\w+-|autofocus|<(dialog|iframe|video)|${Attribute.live}|${Attribute.navigate}|` +
    `${Attribute.ignore}|${Attribute.enter}|${Attribute.leave}|${Attribute.announce}`,
);
