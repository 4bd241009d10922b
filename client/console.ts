/**
 * The script of the page `/asyncapi`: connects to an endpoint, sends what stands in a form, and shows what goes and comes.
 * It stands alone.
 *
 * @module
 */

import { clearProblems, readForm, showErrors } from "./console_form.ts";
import { showTraffic } from "./console_log.ts";

/** One endpoint on the page. */
class Console {
  readonly #section: HTMLElement;
  readonly #log: HTMLElement;
  readonly #connect: HTMLButtonElement;
  /** Forms whose message was sent last, by its id: errors stand in the one that they are of. */
  readonly #asked = new Map<number, HTMLFormElement>();
  #socket: WebSocket | undefined;
  #isLeaving = false;
  #count = 0;

  constructor(section: HTMLElement) {
    this.#section = section;
    this.#log = this.#find("[data-log]");
    this.#connect = this.#find("[data-do=connect]");
    section.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(event.target as HTMLFormElement);
    });
    this.#find("[data-do=disconnect]").addEventListener("click", () => this.#leave());
    this.#find("[data-do=clear]").addEventListener("click", () => this.#log.replaceChildren());
    this.#show("closed", "Not connected");
  }

  #find<E extends HTMLElement>(selector: string): E {
    return this.#section.querySelector<E>(selector)!;
  }

  #submit(form: HTMLFormElement): void {
    const { form: kind } = form.dataset;
    if (kind === "connect") {
      // A browser submits by Enter what a disabled button would not.
      if (!this.#connect.disabled) this.#open();
      return;
    }
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (kind === "raw") return this.#send(form.querySelector("textarea")!.value);
    clearProblems(form);
    form.querySelector("[data-answer]")!.textContent = "";
    const id = ++this.#count, text = readForm(form, id);
    if (text === undefined) return;
    for (const [id, other] of this.#asked) if (other === form) this.#asked.delete(id);
    this.#asked.set(id, form);
    this.#send(text);
  }

  #send(text: string): void {
    this.#socket!.send(text);
    showTraffic(this.#log, "sent", text);
  }

  #leave(): void {
    this.#isLeaving = true;
    this.#socket?.close();
  }

  #open(): void {
    const socket = this.#socket = new WebSocket(addressFrom(this.#section));
    let isOpen = this.#isLeaving = false;
    showTraffic(this.#log, "note", `Connecting to ${socket.url}`);
    this.#show("connecting", "Connecting …");
    socket.onopen = () => {
      isOpen = true;
      this.#show("open", "Connected");
      showTraffic(this.#log, "note", "Connected");
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => {
      // A browser does not say why: it tells scripts no status of a handshake.
      const isRefused = !isOpen && !this.#isLeaving;
      this.#asked.clear();
      this.#show("closed", isRefused ? "Refused, or out of reach" : "Not connected");
      const why = "Not connected: refused, or out of reach. Are the params right, and may you come in?";
      showTraffic(this.#log, "note", isRefused ? why : `Closed: ${code} ${reason}`.trim());
    };
  }

  #receive(data: unknown): void {
    if (typeof data !== "string") return showTraffic(this.#log, "received", "(binary)");
    const message = parse(data), errors = message?.errors;
    showTraffic(this.#log, Array.isArray(errors) ? "refused" : "received", data);
    const form = this.#asked.get(message?.id as number);
    if (form === undefined) return;
    form.querySelector("[data-answer]")!.textContent = outcomeOf(message!);
    if (Array.isArray(errors)) showErrors(form, errors);
  }

  #show(state: "closed" | "connecting" | "open", words: string): void {
    const status = this.#find("[data-status]");
    status.dataset.state = state;
    status.textContent = words;
    this.#connect.disabled = state !== "closed";
    this.#find<HTMLButtonElement>("[data-do=disconnect]").disabled = state === "closed";
    const sending = "form:not([data-form=connect]) [type=submit]";
    for (const button of this.#section.querySelectorAll<HTMLButtonElement>(sending)) {
      button.disabled = state !== "open";
    }
  }
}

function addressFrom(section: HTMLElement): string {
  const params = [...section.querySelectorAll<HTMLInputElement>("[data-param]")];
  const path = section.dataset.address!.replace(/\{([^{}]*)\}/g, (_, name) => {
    return encodeURIComponent(params.find(({ dataset: { param } }) => param === name)?.value ?? "");
  });
  const url = new URL(path, location.origin);
  for (const { dataset: { query }, value } of section.querySelectorAll<HTMLInputElement>("[data-query]")) {
    if (value !== "") url.searchParams.set(query!, value);
  }
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function outcomeOf({ errors, end }: Record<string, unknown>): string {
  if (!Array.isArray(errors)) return end === true ? "Answered, all of it" : "Answered";
  return errors.some((error) => error?.type === "server_error") ? "Failed on the server" : "Refused";
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined; // shown as it is
  }
}

for (const section of document.querySelectorAll<HTMLElement>("[data-address]")) new Console(section);
