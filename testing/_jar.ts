/**
 * What makes several tabs one person's: the cookies.
 *
 * @module
 */

/** Cookies by name. All of them go to every path: a test has one origin. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** @param header cookies to begin with, as a request has them: `a=1; b=2` */
  constructor(header = "") {
    for (const pair of header.split(";")) this.#set(pair);
  }

  /** The header of a request; `""` where there is none to send. */
  get header(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Keeps what a response sets, and forgets what it lets expire. */
  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...rest] = line.split(";");
      const attributes = rest.map((attribute) => attribute.trim().toLowerCase());
      if (attributes.some(isOver)) this.#cookies.delete(nameOf(pair));
      else this.#set(pair);
    }
  }

  #set(pair: string): void {
    if (pair.includes("=")) this.#cookies.set(nameOf(pair), pair.slice(pair.indexOf("=") + 1).trim());
  }
}

function nameOf(pair: string): string {
  return (pair.split("=")[0] ?? "").trim();
}

function isOver(attribute: string): boolean {
  const [name, value = ""] = attribute.split(/=(.*)/s);
  if (name === "max-age") return Number(value) <= 0;
  return name === "expires" && Date.parse(value) <= Date.now();
}
