/**
 * The panel, as it stands on the page: a button in the corner, and what it opens. It stands beside `body`, in a shadow
 * tree, so that neither the page's styles nor its patches reach it.
 *
 * @module
 */

import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import { page } from "./dom.ts";
import type { PanelLine } from "./panel_line.ts";
import { make } from "./panel_make.ts";
import { Marks } from "./panel_marks.ts";
import type { Note, Notes } from "./panel_notes.ts";
import { Row } from "./panel_row.ts";
import { STYLE } from "./panel_style.ts";

/** Milliseconds that can be chosen. */
const DELAYS = [0, 100, 300, 1000];

/** Under this name the browser keeps whether it is open. */
const KEPT = "argyle-panel";

/** The panel of a page. */
export class PanelView {
  readonly marks: Marks;
  readonly #line: PanelLine;
  readonly #notes: () => Notes;
  readonly #host = document.createElement("argyle-panel");
  readonly #list = make("ol");
  readonly #rows = new Map<Note, Row>();
  readonly #status = make("span", { role: "status" });
  readonly #toggle: HTMLButtonElement;
  readonly #panel: HTMLElement;
  readonly #cut: HTMLButtonElement;

  constructor(line: PanelLine, notes: () => Notes) {
    this.#line = line;
    this.#notes = notes;
    const layer = make("div", { class: "marks", "aria-hidden": "true" });
    this.marks = new Marks(layer);
    this.#toggle = this.#button("◆", () => this.#open(!this.isOpen), {
      class: "toggle",
      "aria-label": "Argyle panel",
      "aria-controls": "panel",
      "aria-keyshortcuts": "Alt+Shift+Y",
      title: "Argyle panel (Alt+Shift+Y)",
    });
    this.#cut = this.#button("Disconnect", () => this.#cutOrMend());
    this.#panel = this.#make();
    const root = this.#host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(layer, this.#panel, this.#toggle);
  }

  /** Puts it beside the page. */
  start(): void {
    this.#open(kept() === "open");
    for (const event of ["connected", "disconnected"]) {
      document.addEventListener(EVENT_PREFIX + event, () => this.#showStatus());
    }
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || !event.shiftKey || event.code !== "KeyY") return;
      event.preventDefault();
      this.#open(!this.isOpen);
    }, true);
    // What is typed here is not the page's.
    this.#host.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" && this.isOpen) this.#close();
    });
    page("documentElement").append(this.#host);
  }

  /** A note is new, or says more than before. */
  show(note: Note): void {
    const row = this.#rows.get(note);
    if (row !== undefined) return row.show(note);
    const made = new Row(note);
    this.#rows.set(note, made);
    this.#list.prepend(made.element);
    const kept = new Set(this.#notes().all);
    for (const [old, { element }] of this.#rows) {
      if (kept.has(old)) continue;
      element.remove();
      this.#rows.delete(old);
    }
  }

  #make(): HTMLElement {
    const delays = DELAYS.map((ms) =>
      this.#button(`${ms}`, () => this.#delay(ms), {
        "data-delay": `${ms}`,
        "aria-pressed": `${ms === 0}`,
        "aria-label": `${ms} ms`,
      })
    );
    const highlight = this.#button("Highlight", () => {
      this.marks.isOn = highlight.getAttribute("aria-pressed") === "false";
      highlight.setAttribute("aria-pressed", `${this.marks.isOn}`);
    }, { "aria-pressed": "true" });
    return make(
      "section",
      { id: "panel", "aria-label": "Argyle panel" },
      make(
        "header",
        {},
        make("strong", {}, "Argyle"),
        this.#status,
        this.#button("Close", () => this.#close()),
      ),
      make(
        "div",
        { class: "tools" },
        make("div", { role: "group", "aria-label": "Latency each way" }, "Latency ms", ...delays),
        this.#cut,
        this.#button("Restart", () => this.#line.restart(), {
          title: "Closes the line as a server does that restarts",
        }),
        this.#button("Resync", () => this.#line.resync(), { title: "Loads the page again, and morphs it" }),
        highlight,
        this.#button("Clear", () => this.#clear()),
      ),
      this.#list,
    );
  }

  #button(text: string, run: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
    const button = make("button", { type: "button", ...attributes }, text);
    button.addEventListener("click", run);
    return button;
  }

  #open(isOpen: boolean): void {
    this.#panel.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", `${isOpen}`);
    this.#host.toggleAttribute("data-open", isOpen);
    this.#showStatus();
    keep(isOpen ? "open" : "closed");
  }

  #close(): void {
    this.#open(false);
    this.#toggle.focus();
  }

  #delay(ms: number): void {
    this.#line.delay = ms;
    for (const button of this.#panel.querySelectorAll("[data-delay]")) {
      button.setAttribute("aria-pressed", `${button.getAttribute("data-delay") === `${ms}`}`);
    }
  }

  #cutOrMend(): void {
    if (this.#line.isCut) this.#line.mend();
    else this.#line.cut();
    this.#cut.textContent = this.#line.isCut ? "Reconnect" : "Disconnect";
  }

  #clear(): void {
    this.#notes().clear();
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  #showStatus(): void {
    const status = page("documentElement").getAttribute(Attribute.status) ?? "";
    this.#status.textContent = status;
    this.#host.setAttribute("data-status", status);
  }

  /** Whether somebody looks. */
  get isOpen(): boolean {
    return !this.#panel.hidden;
  }
}

// Where the browser keeps nothing, it is closed.
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

function keep(state: string): void {
  try {
    localStorage.setItem(KEPT, state);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
