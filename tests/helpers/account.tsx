/**
 * People who log in and out, through a page as they would.
 *
 * @module
 */

import { type App, on, Reflex } from "@argyle/argyle";
import { Path } from "@argyle/argyle/protocol";
import { load, Peer } from "./peer.ts";

class Account extends Reflex {
  enter(user: string) {
    this.login(user);
  }
  leave() {
    this.logout();
  }
}

/** Adds a page at `/` on which Ann and Bob can log in. */
export function addAccounts(app: App): App {
  app.reflexes({ Account });
  return app.page("/", ({ user }) => (
    <main>
      <output>{user ?? "nobody"}</output>
      {["ann", "bob"].map((name) => <i key={name} {...on("click", Account, "enter", name)} />)}
      <i {...on("click", Account, "leave")} />
    </main>
  ));
}

/** An app that listens. */
export interface Open {
  readonly app: App;
  readonly server: { readonly url: string };
}

/** Logs somebody in, with the cookie of a page where one is given. @returns the cookie of the new session */
export async function enter(at: Open, user: "ann" | "bob", cookie?: string): Promise<string> {
  return await change(at, "Account#enter", [user], cookie);
}

/** Logs out. @returns the cookie of the new session */
export async function leave(at: Open, cookie: string): Promise<string> {
  return await change(at, "Account#leave", [], cookie);
}

async function change({ app, server }: Open, call: string, args: string[], cookie?: string): Promise<string> {
  const page = await load(app, "/", cookie === undefined ? {} : { cookie });
  await using peer = await Peer.live(server, page);
  await peer.call(call, args);
  const [, ticket] = await peer.next();
  const response = await app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, {
      method: "POST",
      body: String(ticket),
      headers: {
        cookie: page.cookie,
        "sec-fetch-site": "same-origin",
        "content-length": String(String(ticket).length),
      },
    }),
  );
  const set = response.headers.get("set-cookie")?.split(";")[0];
  if (response.status !== 204 || set === undefined) throw new Error(`The ticket was ${response.status}.`);
  return set;
}
