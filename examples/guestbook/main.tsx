import { action, App, Head, type Html, redirect, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { type Entry, Guestbook, type Problems, problemsOf } from "./guestbook.ts";
import style from "./style.css" with { type: "text" };

/** A guestbook that works with JavaScript and without: one form, posted or called. */
export default function guestbook(options: AppOptions = {}): App {
  const engine = options.store === undefined ? memory() : { store: options.store };
  const book = new Guestbook(engine.store);

  class Visitors extends Reflex {
    problems: Problems = {};
    sign = action(z.object({ name: z.string(), message: z.string() }), async (written) => {
      this.problems = await book.sign(written) ?? {};
      if (this.problems.name ?? this.problems.message) this.state.written = written; // shown again, to be mended
      else delete this.state.written;
    });
  }

  const app = new App({ name: "guestbook", ...options, ...engine });
  app.reflexes({ Visitors });

  // Without JavaScript the same form is posted here. What is wrong travels in the URL, and so does what was written.
  app.route("/", {
    async POST({ url, form }) {
      const fields = await form();
      const written = { name: fields.get("name").text(200), message: fields.get("message").text(2000) };
      const problems = await book.sign(written);
      if (problems === undefined) return redirect(`${url.pathname}#entries`);
      return redirect(`${url.pathname}?${new URLSearchParams({ ...written, problem: "1" })}`);
    },
  });

  app.page("/", async ({ load, query, ran, state }) => {
    const entries = await load("entries", () => book.entries());
    const posted = query.has("problem")
      ? { name: query.get("name") ?? "", message: query.get("message") ?? "" }
      : undefined;
    const written = state.written ?? posted ?? { name: "", message: "" };
    const problems = ran(Visitors)?.problems ?? (posted === undefined ? {} : problemsOf(posted));
    return (
      <main>
        <Head>
          <title>Guestbook</title>
          <style>{style}</style>
        </Head>
        <h1>Guestbook</h1>
        <p class="lead">Works with JavaScript and without. Please sign.</p>
        <form id="sign" method="post" data-reflex="submit->Visitors#sign">
          <Field name="name" label="Your name" problem={problems.name}>
            <input
              id="name"
              name="name"
              autocomplete="name"
              value={written.name}
              aria-invalid={problems.name !== undefined}
              aria-describedby="name-problem"
            />
          </Field>
          <Field name="message" label="Your message" problem={problems.message}>
            <textarea
              id="message"
              name="message"
              rows={3}
              value={written.message}
              aria-invalid={problems.message !== undefined}
              aria-describedby="message-problem"
            />
          </Field>
          <button type="submit">Sign</button>
        </form>
        <section id="entries" aria-label="Entries" aria-live="polite">
          {entries.length === 0
            ? <p class="quiet">Nobody has signed yet.</p>
            : entries.map((entry) => <Signature key={entry.id} {...entry} />)}
        </section>
      </main>
    );
  });
  return app;
}

function Field({ name, label, problem, children }: {
  name: string;
  label: string;
  problem: string | undefined;
  children: Html;
}) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <p id={`${name}-problem`} class="problem" role="alert">{problem}</p>
    </div>
  );
}

function Signature({ id, name, message, at }: Entry) {
  const time = new Date(at).toISOString();
  return (
    <article id={`entry-${id}`}>
      <p class="message">{message}</p>
      <p class="quiet">
        {name}, <time datetime={time}>{time.slice(0, 10)}</time>
      </p>
    </article>
  );
}
