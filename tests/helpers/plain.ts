/**
 * A person whose browser runs no script: it keeps cookies, follows links and posts forms.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { AnyApp } from "@argyle/argyle/types";

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly html: string;
  /** What stands in `body`. */
  readonly body: string;
}

type Fields = readonly (readonly [string, string])[];

/** A browser without JavaScript. */
export class PlainBrowser {
  readonly cookies = new Map<string, string>();
  readonly #app: Pick<AnyApp, "fetch">;
  readonly #origin: string;

  constructor(app: Pick<AnyApp, "fetch">, origin = "http://127.0.0.1") {
    this.#app = app;
    this.#origin = origin;
  }

  get cookie(): string {
    return Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Asks for something, and keeps the cookies that come with it. */
  async ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (this.cookies.size > 0 && !headers.has("cookie")) headers.set("cookie", this.cookie);
    const response = await this.#app.fetch(new Request(new URL(path, this.#origin), { ...init, headers }));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const html = await response.text();
    return {
      status: response.status,
      location: response.headers.get("location"),
      headers: response.headers,
      html,
      body: /<body>(.*)<\/body>/s.exec(html)?.[1] ?? "",
    };
  }

  /** Posts to a form's address as a page of ours does. */
  post(path: string, fields: Fields = [], headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, {
      method: "POST",
      body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
      headers: { "sec-fetch-site": "same-origin", ...headers },
    });
  }

  /** Posts a form of a page, the first that begins so. */
  async submit(path: string, tag: string, fields: Fields = []): Promise<Answer> {
    const { html } = await this.ask(path);
    return await this.post(actionOf(html, tag, path), fields, {
      referer: new URL(path, this.#origin).href,
    });
  }

  /** The page that an answer leads to. */
  async follow({ status, location }: Answer): Promise<Answer> {
    assert.equal(status, 303);
    return await this.ask(location ?? "");
  }
}

/** The address of a form in a page: `tag` is what its start tag begins with. */
export function actionOf(html: string, tag = "<form", path = "/"): string {
  const start = html.indexOf(tag);
  assert.notEqual(start, -1, `there is no ${tag} in ${html}`);
  const text = html.slice(start, html.indexOf("<", start + 1));
  const [, action] = / method="post" action="([^"]*)"/.exec(text) ?? [];
  assert.ok(action !== undefined, `${text} is not posted`);
  return new URL(action.replaceAll("&amp;", "&"), new URL(path, "http://127.0.0.1")).href
    .slice("http://127.0.0.1".length);
}
