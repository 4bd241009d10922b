import { action, App, Head, on, ops, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { type Entry, entryOf, groups } from "./entries.tsx";
import script from "./script.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

/** Who has this page open. */
const Here = topic("here");

const audiences = { me: "this tab", session: "all my tabs", everybody: "everybody here" } as const;

/** A button for each operation: what the server can do to a page. */
export default function operations(options: AppOptions = {}): App {
  class Try extends Reflex {
    run = action(
      z.object({ name: z.string(), to: z.enum(["me", "session", "everybody"]) }),
      ({ name, to }) => {
        const entry = entryOf(name) ?? this.abort("There is no such operation.");
        if (to === "me") entry.write(this.ops);
        else this.broadcast(to === "session" ? "session" : Here(), entry.write(ops()));
        this.skipRender(); // the page stays what it is; only the operation is done
      },
    );

    /** The next render puts right what operations have changed. */
    tidy() {}
  }

  const app = new App({ name: "operations", ...options });
  app.reflexes({ Try });
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  app.route("/script.js", { GET: () => new Response(script, { headers }) });
  app.page("/elsewhere", () => (
    <main>
      <Head>
        <title>Elsewhere</title>
        <style>{style}</style>
      </Head>
      <h1>Elsewhere</h1>
      <p>
        <a href={`${options.base ?? ""}/`}>Back to the operations</a>
      </p>
    </main>
  ));
  app.page("/", ({ subscribe }) => {
    subscribe(Here());
    return (
      <main>
        <Head>
          <title>Operations</title>
          <style>{style}</style>
          <script type="module" src={`${options.base ?? ""}/script.js`} />
        </Head>
        <h1>Operations</h1>
        <p class="quiet">
          What the server can do to a page, besides rendering it. Each button calls a reflex, and that writes
          one line.
        </p>
        <form id="try">
          <fieldset class="to">
            <legend>Done to</legend>
            {Object.entries(audiences).map(([value, text]) => (
              <label key={value}>
                <input type="radio" name="to" value={value} checked={value === "me"} /> {text}
              </label>
            ))}
            <button type="button" class="plain" {...on("click", Try, "tidy")}>Render the page</button>
          </fieldset>
        </form>
        {groups.map(({ title, entries }) => (
          <section key={title} aria-label={title}>
            <h2>{title}</h2>
            <div class="cards">{entries.map((entry) => <Card key={entry.name} {...entry} />)}</div>
          </section>
        ))}
      </main>
    );
  });
  return app;
}

function Card({ name, does, code, stage }: Entry) {
  return (
    <article id={name}>
      <h3>
        <button type="button" form="try" name="name" value={name} data-reflex="click->Try#run">{name}</button>
      </h3>
      <p>{does}</p>
      {stage === undefined ? null : <div class="stage">{stage}</div>}
      <pre tabIndex={0}><code>{code}</code></pre>
    </article>
  );
}
