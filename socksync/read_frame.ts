/**
 * From a message to a frame.
 *
 * @module
 */

import { Code, type Frame, FrameError } from "./frames.ts";

const QUOTE = 34, BACKSLASH = 92, OPEN = 91, CLOSE = 93, OPEN_BRACE = 123, CLOSE_BRACE = 125;

/**
 * Reads a message: one JSON object, as text.
 *
 * @param depth levels of lists and objects that it may have: whoever walks over a value later does so by recursion
 * @throws FrameError 7 for what is no JSON, 8 for what is no object
 */
export function readFrame(data: unknown, depth: number): Frame {
  if (typeof data !== "string") throw new FrameError(Code.other, "A frame is a text, not binary.");
  let frame: unknown;
  if (isDeep(data, depth)) throw new FrameError(Code.other, `A frame has at most ${depth} levels.`);
  try {
    frame = JSON.parse(data);
  } catch {
    throw new FrameError(Code.json, "Invalid json.");
  }
  if (typeof frame === "object" && frame !== null && !Array.isArray(frame)) return frame as Frame;
  throw new FrameError(Code.other, "A frame is an object.");
}

// Before it is parsed: that is recursive too.
function isDeep(text: string, most: number): boolean {
  let depth = 0, inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) inString = false;
    } else if (c === QUOTE) inString = true;
    else if (c === OPEN || c === OPEN_BRACE) {
      if (++depth > most) return true;
    } else if (c === CLOSE || c === CLOSE_BRACE) depth--;
  }
  return false;
}
