/**
 * A form of a message: what stands in it as JSON, and what is wrong with that at its fields.
 *
 * @module
 */

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLFieldSetElement;
type Data = { [key: string]: unknown };

/** What is not said. */
const nothing = Symbol();

/** The message of a form as JSON; `undefined` where a field cannot be read, which is then said there. */
export function readForm(form: HTMLFormElement, id: number): string | undefined {
  const message = empty({ type: form.dataset.type, id });
  let isRead = true;
  for (const control of controls(form)) {
    try {
      const value = read(control);
      if (value !== nothing) put(message, JSON.parse(control.name), value);
    } catch (error) {
      isRead = false;
      tell(control, (error as Error).message);
    }
  }
  return isRead ? JSON.stringify(message) : undefined;
}

/** Shows each error at the field where it is, or at the one around that; and what is left below all of them. */
export function showErrors(form: HTMLFormElement, errors: readonly unknown[]): void {
  const all = controls(form);
  let first: Control | undefined;
  for (const error of errors) {
    const { loc, msg } = error as { loc?: unknown; msg?: unknown };
    const path = Array.isArray(loc) ? [...loc] : [], text = String(msg);
    let control: Control | undefined;
    for (const rest = [...path]; rest.length > 0 && control === undefined; rest.pop()) {
      control = all.find(({ name }) => name === JSON.stringify(rest));
    }
    control ??= path.length > 0 ? all.find(({ name }) => name === "[]") : undefined;
    const isThere = control?.name === JSON.stringify(path);
    const said = isThere || path.length === 0 ? text : `${path.join(".")}: ${text}`;
    if (control === undefined) add(form.querySelector("[data-whole]")!, said);
    else tell(control, said);
    first ??= control;
  }
  first?.focus();
}

/** Takes back what was said. */
export function clearProblems(form: HTMLFormElement): void {
  for (const problem of form.querySelectorAll<HTMLElement>(".problem")) {
    problem.textContent = "";
    problem.hidden = true;
  }
  for (const control of controls(form)) control.removeAttribute("aria-invalid");
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((element): element is Control => element.hasAttribute("data-kind"));
}

function read(control: Control): unknown {
  const { kind, needed } = control.dataset;
  if (control instanceof HTMLFieldSetElement) return needed === undefined ? nothing : empty({});
  if (kind === "flag") return (control as HTMLInputElement).checked;
  const { value } = control;
  if (kind === "text") return value === "" && needed === undefined ? nothing : value;
  if (value.trim() === "") return nothing;
  // What is no number goes as it stands: it is the server that says what is wrong with it.
  if (kind === "number") return Number.isFinite(Number(value)) ? Number(value) : value;
  try {
    return JSON.parse(value);
  } catch {
    throw new TypeError("This is not JSON.");
  }
}

// Objects without a prototype: to them `__proto__` is a key like any other.
function empty(data: Data): Data {
  return Object.assign(Object.create(null), data);
}

function put(message: Data, path: readonly string[], value: unknown): void {
  const last = path.at(-1);
  if (last === undefined) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new TypeError("This is no object.");
    }
    // By names, so that `__proto__` is one.
    for (const key of Object.keys(value)) message[key] = (value as Data)[key];
    return;
  }
  let inside = message;
  for (const key of path.slice(0, -1)) inside = (inside[key] ??= empty({})) as Data;
  inside[last] = value;
}

let ids = 0;

function tell(control: Control, text: string): void {
  const around = control.closest(".field") ?? control;
  let problem = around.querySelector<HTMLElement>(":scope > .problem");
  if (problem === null) {
    problem = document.createElement("p");
    problem.className = "problem";
    around.append(problem);
  }
  problem.id ||= `problem-${++ids}`;
  control.setAttribute("aria-describedby", problem.id);
  control.setAttribute("aria-invalid", "true");
  add(problem, text);
}

function add(problem: HTMLElement, text: string): void {
  problem.textContent += `${problem.textContent === "" ? "" : "\n"}${text}`;
  problem.hidden = false;
}
