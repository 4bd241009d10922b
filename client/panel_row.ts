/**
 * A line of the panel: a reflex or a push, and below it, where it is opened, what it took.
 *
 * @module
 */

import { make } from "./panel_make.ts";
import { type Note, type PanelStage, STAGES } from "./panel_notes.ts";

/** One of them. What changes about it is written into the same elements, so that it stays open. */
export class Row {
  readonly element: HTMLElement;
  readonly #summary = make("summary");
  readonly #body = make("div", { class: "body" });

  constructor(note: Note) {
    this.element = make("li", {}, make("details", {}, this.#summary, this.#body));
    this.show(note);
  }

  /** Says what is known by now. */
  show(note: Note): void {
    const { kind, title, state, up, down, operations } = note;
    const total = STAGES.reduce((sum, stage) => sum + (note.stages.get(stage) ?? 0), 0);
    const count = operations.length === 1 ? "1 operation" : `${operations.length} operations`;
    const kindly = /^(error|forbidden|halted)/.exec(state)?.[0] ?? kind;
    this.#summary.replaceChildren(
      make("span", { class: `dot ${kindly}`, "aria-hidden": "true" }),
      make("span", { class: "title" }, titleOf(note) || title),
      make("span", { class: "amounts" }, `${milliseconds(total)} ↑ ${up} B ↓ ${down} B, ${count}`),
    );
    this.#body.replaceChildren(
      make("p", { class: "state" }, [state, note.shown && `as ${note.shown}`].filter(Boolean).join(", ")),
      ...whyOf(note),
      barOf(note, total),
      stagesOf(note),
      ...operations.length === 0 ? [] : [operationsOf(note)],
    );
  }
}

function titleOf({ kind, title, causes }: Note): string {
  if (kind === "reflex") return title;
  return [title, causes.map(([topic]) => topic).join(", ")].filter(Boolean).join(": ");
}

function whyOf({ kind, causes }: Note): HTMLElement[] {
  const sentences = causes.map(([topic, by]) => by === undefined ? topic : `${topic}, published by ${by}`);
  if (sentences.length === 0 && kind === "reflex") sentences.push("the page has called it");
  return sentences.map((why) => make("p", { class: "why" }, `Because: ${why}`));
}

// For eyes alone: what it says stands below it in words.
function barOf({ stages }: Note, total: number): HTMLElement {
  const bar = make("div", { class: "bar", "aria-hidden": "true" });
  for (const stage of STAGES) {
    const ms = stages.get(stage);
    if (ms === undefined || total === 0) continue;
    const part = make("i", { class: stage });
    part.style.flexGrow = `${ms / total}`;
    bar.append(part);
  }
  return bar;
}

function stagesOf({ stages }: Note): HTMLElement {
  const known = STAGES.filter((stage) => stages.has(stage));
  return make(
    "dl",
    {},
    ...known.map((stage) =>
      make(
        "div",
        {},
        make("dt", {}, make("i", { class: stage, "aria-hidden": "true" }), stage),
        make("dd", {}, milliseconds(stages.get(stage as PanelStage)!)),
      )
    ),
  );
}

function operationsOf({ operations }: Note): HTMLElement {
  const heads = ["operation", "where", "bytes"].map((name) => make("th", { scope: "col" }, name));
  const rows = operations.map(({ name, at, bytes }) =>
    make("tr", {}, make("td", {}, name), make("td", {}, at), make("td", {}, `${bytes}`))
  );
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
