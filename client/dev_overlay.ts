/**
 * What went wrong, above the page. It lies in a root of its own, so that neither the page's styles nor its patches meet it.
 *
 * @module
 */

import { overlayStyle } from "./dev_style.ts";

/** A fault as it is shown. */
export interface Fault {
  readonly title: string;
  readonly message: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
  readonly lines?: readonly { readonly line: number; readonly text: string }[];
  readonly stack: readonly string[];
  readonly request?: string;
}

/** What is above the page. */
export interface Overlay {
  /** Shows a fault; `alone` in place of all that are shown. */
  show(fault: Fault, alone?: boolean): void;
  /** Takes all away. */
  clear(): void;
}

/** Faults that are shown at once; the newest first. */
const MOST = 5;

/** What stands on the page while there is a fault. */
interface Shown {
  readonly host: HTMLElement;
  readonly dialog: HTMLDialogElement;
}

/** Nothing is on the page before the first fault. */
export function overlay(): Overlay {
  let shown: Shown | undefined;
  const faults: Fault[] = [];

  function draw(): void {
    // One dialog for all that come: it knows who had the focus before the first.
    const { dialog } = shown ??= open();
    dialog.querySelectorAll("article").forEach((article) => article.remove());
    dialog.prepend(...faults.map(articleOf));
    if (!dialog.open) dialog.showModal();
    // What had it may just have gone.
    else if (!dialog.querySelector(":focus")) dialog.focus();
  }

  function open(): Shown {
    const host = document.createElement("argyle-overlay");
    const root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(overlayStyle);
    root.adoptedStyleSheets = [sheet];
    // A dialog tells that it was closed when it, or another, may be open again.
    const dialog = dialogOf((closed) => shown?.dialog === closed && !closed.open && clear());
    root.append(dialog);
    // Behind the body, where no patch comes.
    document.documentElement.append(host);
    return { host, dialog };
  }

  function clear(): void {
    if (!shown) return;
    const { host, dialog } = shown;
    shown = undefined;
    faults.length = 0;
    // Closed first: that gives the focus back to whoever had it.
    dialog.close();
    host.remove();
  }

  return {
    show(fault, alone = false) {
      if (alone) faults.length = 0;
      if (faults.some((one) => one.message === fault.message && one.title === fault.title)) return;
      faults.unshift(fault);
      faults.length = Math.min(faults.length, MOST);
      draw();
    },
    clear,
  };
}

function dialogOf(closed: (dialog: HTMLDialogElement) => unknown): HTMLDialogElement {
  const dialog = make("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "title-0");
  dialog.setAttribute("aria-describedby", "message-0");
  dialog.tabIndex = -1;
  dialog.addEventListener("close", () => closed(dialog));
  const button = make("button", "Close");
  button.type = "button";
  button.addEventListener("click", () => dialog.close());
  const foot = make("footer");
  foot.append(make("p", "It goes when the fault is mended. Escape closes it."), button);
  dialog.append(foot);
  return dialog;
}

function articleOf(fault: Fault, index: number): HTMLElement {
  const { title, message, place, lines = [], stack } = fault, article = make("article");
  const heading = make("h2", title), text = make("p", message);
  heading.id = `title-${index}`;
  text.id = `message-${index}`;
  text.className = "message";
  article.append(heading, text);
  if (place) {
    const where = make("p", `${place.file}:${place.line}:${place.column}`);
    where.className = "place";
    article.append(where);
  }
  if (lines.length > 0) article.append(frameOf(lines, place));
  if (stack.length > 0) {
    const details = make("details");
    details.append(make("summary", "Stack"), make("pre", stack.join("\n")));
    article.append(details);
  }
  return article;
}

function frameOf(lines: NonNullable<Fault["lines"]>, place: Fault["place"]): HTMLElement {
  const frame = make("pre"), width = `${lines.at(-1)!.line}`.length;
  frame.className = "frame";
  // It scrolls where it is wide: with the keyboard, too.
  frame.tabIndex = 0;
  frame.setAttribute("aria-label", "Source");
  for (const { line, text } of lines) {
    const isIt = line === place?.line,
      row = make(isIt ? "mark" : "span", `${`${line}`.padStart(width)} | ${text}\n`);
    frame.append(row);
    if (!isIt) continue;
    // Tabs stay tabs, so that the caret stands below its character.
    const before = text.slice(0, Math.max(0, place!.column - 1)).replace(/[^\t]/g, " ");
    const caret = make("span", `${" ".repeat(width)} | ${before}^\n`);
    caret.className = "caret";
    caret.ariaHidden = "true";
    frame.append(caret);
  }
  return frame;
}

function make<Name extends keyof HTMLElementTagNameMap>(name: Name, text = ""): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
