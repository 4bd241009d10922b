import { App, Head, on, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import style from "./style.css" with { type: "text" };

interface Session {
  count?: number;
}

class Counter extends Reflex<Session> {
  add(by: number) {
    this.session.count = (this.session.count ?? 0) + by;
  }
}

/** A counter for each session. */
export default function counter(options: AppOptions<Session> = {}): App<Session> {
  const app = new App<Session>({ name: "counter", ...options });
  app.reflexes({ Counter });
  app.page("/", ({ session }) => (
    <main>
      <Head>
        <title>Counter</title>
        <style>{style}</style>
      </Head>
      <h1>Counter</h1>
      <p>Each click runs on the server.</p>
      <output id="count" aria-live="polite">{session.count ?? 0}</output>
      <div class="buttons">
        <button type="button" id="decrement" aria-label="One less" {...on("click", Counter, "add", -1)}>
          −1
        </button>
        <button
          type="button"
          id="increment"
          class="primary"
          aria-label="One more"
          {...on("click", Counter, "add", 1)}
        >
          +1
        </button>
      </div>
    </main>
  ));
  return app;
}
