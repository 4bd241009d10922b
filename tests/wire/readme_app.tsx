import { action, App, Head, on, redirect, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";

interface Session {
  count?: number;
  name?: string;
}

class Counter extends Reflex<Session> {
  add(by: number) {
    this.session.count = (this.session.count ?? 0) + by;
  }

  peek() {
    return this.session.count ?? 0;
  }

  stop() {
    this.abort("Nothing can be stopped here.");
  }

  fail() {
    throw new Error("This is for the log alone.");
  }
}

class Visitor extends Reflex<Session> {
  rename = action(z.object({ name: z.string().trim().min(1, "A name, please") }), ({ name }) => {
    this.session.name = name;
  });

  enter() {
    this.login("ann");
  }

  leave() {
    this.redirect("/elsewhere");
  }

  sort(by: string) {
    this.redirect({ query: { by } }, { replace: true });
  }
}

/** The app of the transcripts. */
export default function wire(options: AppOptions<Session> = {}): App<Session> {
  const app = new App<Session>(options);
  app.reflexes({ Counter, Visitor });
  app.page("/", ({ session }) => (
    <main>
      <Head>
        <title>{session.name ?? "Nobody"}</title>
      </Head>
      <output id="count">{session.count ?? 0}</output>
      <button id="add" {...on("click", Counter, "add", 5)}>+5</button>
      <button data-reflex="click->Counter#peek">Peek</button>
      <button data-reflex="click->Counter#stop">Stop</button>
      <button data-reflex="click->Counter#fail">Fail</button>
      <form data-reflex="submit->Visitor#rename">
        <input name="name" />
      </form>
      <button data-reflex="click->Visitor#enter">Log in</button>
      <button data-reflex="click->Visitor#leave">Leave</button>
      <button {...on("click", Visitor, "sort", "name")}>Sort</button>
    </main>
  ));
  app.page("/orders", ({ session, query }) => (
    <main>
      <Head>
        <title>{session.name ?? "Nobody"}</title>
      </Head>
      <output id="count">Page {query.get("page") ?? 1}</output>
      <button data-reflex="click->Counter#peek">Peek</button>
    </main>
  ));
  app.page("/latest", () => redirect("/orders?page=9"));
  return app;
}
