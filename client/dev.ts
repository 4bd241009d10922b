/**
 * The browser's half of `deno task dev`: brings the page up to date when the app has started anew, takes new stylesheets, and
 * shows what went wrong. The server names this script in a page only while developing.
 *
 * @module
 */

import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import { devChannel, type DevNews, type State } from "./dev_channel.ts";
import { type Fault, overlay } from "./dev_overlay.ts";
import { inSources } from "./dev_source.ts";
import { swapImages, swapStyle } from "./dev_swap.ts";

/** What the module of an island tells that could not be built. */
interface BuildError {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly lineText?: string;
}

const own = document.querySelector(`script[${Attribute.dev}]`)!;
const [token = "", born = ""] = (own.getAttribute(Attribute.dev) ?? "").split(".");
const request = own.getAttribute(Attribute.devRequest);
const shown = overlay();
/** The start of the app that this page is up to date with. */
let known = born;
/** Why an island could not be built: its module throws the same. */
const unbuilt = new Set<string>();

devChannel(token, hear);
addEventListener(`${EVENT_PREFIX}build-error`, (event) => {
  const { detail } = event as CustomEvent<BuildError>;
  unbuilt.add(detail.text);
  shown.show(faultOfBuild(detail));
});
addEventListener(`${EVENT_PREFIX}island-error`, (event) => {
  const { error, island } = (event as CustomEvent<{ error: unknown; island: string }>).detail;
  if (!unbuilt.has((error as Error | null)?.message ?? "")) {
    void tell(faultOf(`The island ${island} failed`, error));
  }
});
addEventListener("error", ({ error, message }) => {
  // Without an error it is another origin's, or the browser's own remark on a ResizeObserver.
  if (error) void tell(faultOf("An error in the page", error ?? message));
});
addEventListener("unhandledrejection", ({ reason }) => {
  // Why a reflex failed, the server has told.
  if ((reason as Error | null)?.name !== "ReflexError") void tell(faultOf("An error in the page", reason));
});

async function tell(fault: Fault): Promise<void> {
  const start = known, told = await inSources(fault);
  if (start === known) shown.show(told); // else it was of code that is no more
}

function hear(news: DevNews): void {
  switch (news.kind) {
    case "state":
      return become(news.state, `${news.start}`, news.fault);
    case "fault":
      // A page that tells of a failure of its own has come after it; no other wants to hear of what was before.
      if (news.isPast ? news.fault.request === request && request : true) shown.show(news.fault);
      return;
    case "css":
      return swapStyle(news.path);
    case "image":
      return swapImages(news.path);
  }
}

function become(state: State, start: string, fault?: Fault): void {
  document.documentElement.setAttribute(Attribute.devState, state);
  if (state === "failed" && fault) return shown.show(fault, true);
  if (state !== "ready" || start === known) return;
  known = start;
  shown.clear();
  // A live page fetches itself anew, and keeps what stands in its fields; it need not wait until it would try again.
  if (document.querySelector(`script[${Attribute.page}]`)) dispatchEvent(new Event("online"));
  // Not `reload`: what was posted is not posted again.
  else location.replace(location.href.split("#")[0]!);
}

function faultOfBuild({ text, file, line, column = 0, lineText }: BuildError): Fault {
  const place = file === undefined || line === undefined ? {} : { place: { file, line, column } };
  const lines = lineText === undefined || line === undefined ? {} : { lines: [{ line, text: lineText }] };
  return { title: "An island cannot be built", message: text, ...place, ...lines, stack: [] };
}

function faultOf(title: string, error: unknown): Fault {
  if (!(error instanceof Error)) return { title, message: String(error), stack: [] };
  const { name, message, stack = "" } = error;
  const lines = stack.split("\n").map((line) => line.trim().replaceAll(`${location.origin}/`, "/"));
  // Firefox and Safari begin with the first place, Chromium with the message.
  const places = lines.filter((line) => /:\d+:\d+\)?$/.test(line));
  return { title, message: `${name}: ${message}`, stack: places.slice(0, 30) };
}
