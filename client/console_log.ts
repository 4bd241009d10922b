/**
 * The list of what goes and comes.
 *
 * @module
 */

/** So many entries are kept. */
const ENTRIES = 200;
/** So many characters of one are shown. */
const CHARACTERS = 10_000;

const words = { sent: "→ sent", received: "← received", refused: "← received errors", note: "" };

/** Adds an entry: when, which way, and the text, laid out where it is JSON. Who has scrolled up stays there. */
export function showTraffic(log: HTMLElement, way: keyof typeof words, text: string): void {
  const isFollowed = log.scrollTop + 40 >= beginOfLast(log);
  const entry = make("div", ""), pretty = way === "note" ? text : layOut(text), now = new Date();
  entry.dataset.way = way;
  const time = make("time", now.toLocaleTimeString([], { hour12: false }));
  time.dateTime = now.toISOString();
  const about = make("span", "");
  about.className = "about";
  about.append(time, ` ${way === "note" ? text : words[way]}`);
  entry.append(about);
  if (way !== "note") {
    entry.append(make("pre", pretty.length > CHARACTERS ? `${pretty.slice(0, CHARACTERS)} …` : pretty));
  }
  log.append(entry);
  while (log.childElementCount > ENTRIES) log.firstElementChild!.remove();
  if (isFollowed) log.scrollTop = beginOfLast(log);
}

// Where the last entry is seen whole or, if it is taller than the list, from its begin.
function beginOfLast(log: HTMLElement): number {
  const top = (log.lastElementChild as HTMLElement | null)?.offsetTop ?? 0;
  return Math.min(top, log.scrollHeight - log.clientHeight);
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // not JSON
  }
}
