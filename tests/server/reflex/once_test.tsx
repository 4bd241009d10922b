import assert from "node:assert/strict";
import { App, Reflex, type Store } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import fc from "fast-check";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

class Tally extends Reflex<{ calls?: number[] }> {
  note() {
    (this.session.calls ??= []).push(Number(this.id.split(".")[1]));
  }
}

/** A store whose commits conflict or fail now and then, as they are told to. */
function unreliable(store: Store, outcomes: ("ok" | "conflict" | "away" | "done but away")[]): Store {
  return {
    name: "unreliable",
    durable: false,
    exclusive: true,
    get: (keys) => store.get(keys),
    async commit(checks, writes) {
      const outcome = outcomes.shift() ?? "ok";
      if (outcome === "conflict") return null;
      if (outcome === "away") throw new Error("connection refused");
      const version = await store.commit(checks, writes);
      if (outcome === "done but away") throw new Error("connection lost");
      return version;
    },
  };
}

type Step = { send: number } | { again: number } | "cut" | "ack";

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ send: fc.constant(1) }) },
  { weight: 3, arbitrary: fc.record({ again: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.constantFrom("cut" as const, "ack" as const) },
);

const outcome = fc.constantFrom("ok", "ok", "conflict", "away", "done but away");

timed(
  "calls: whatever is sent again, cut or lost on the way to the store, each has its effect once, in order",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.array(outcome, { maxLength: 12 }),
        async (steps, outcomes) => {
          const app = new App({
            log: new MemoryLog(),
            store: unreliable(memory().store, outcomes as "ok"[]),
          });
          app.reflexes({ Tally });
          app.page("/", () => <b data-reflex="click->Tally#note" />);
          await using server = await app.listen({ port: 0 });
          const first = await load(app);
          let page = first;
          let peer = await Peer.live(server, page);
          // A browser in small: what has no outcome is kept and goes again; "unavailable" is no outcome to a patient one.
          const texts = new Map<number, string>();
          const open = new Set<number>();
          let n = 0, acknowledged = 0;
          const answered = async () => {
            for (;;) {
              const [kind, number, code] = await peer.next();
              if (kind === "pong") return;
              if (kind === "done" || (kind === "error" && code !== "unavailable")) {
                open.delete(number as number);
              }
            }
          };
          const settle = async () => {
            peer.send(["ping"]);
            await answered();
          };
          const resend = async () => {
            for (const waiting of [...open].sort((a, b) => a - b)) {
              while (open.has(waiting)) {
                peer.send(texts.get(waiting)!);
                const [kind, number, code] = await peer.next();
                if (kind === "done" || (kind === "error" && code !== "unavailable")) {
                  open.delete(number as number);
                }
              }
            }
          };
          for (const step of steps) {
            if (step === "ack") {
              await resend();
              acknowledged = n;
            } else if (step === "cut") {
              await peer[Symbol.asyncDispose]();
              page = await load(app, "/", { cookie: first.cookie, visit: page.token });
              peer = await Peer.live(server, { ...page, cookie: first.cookie });
              await resend();
            } else if ("send" in step) {
              await resend(); // a call that the store did not take must not be overtaken
              n += 1;
              texts.set(n, JSON.stringify(["call", n, acknowledged, "Tally#note"]));
              open.add(n);
              peer.send(texts.get(n)!);
              await settle();
            } else if (n > 0) {
              const number = Math.max(1, n - step.again);
              if (number > acknowledged) peer.send(texts.get(number)!);
              await settle();
            }
          }
          await resend();
          await peer[Symbol.asyncDispose]();
          const { body } = await load(show(app), "/", { cookie: first.cookie });
          assert.equal(body, Array.from({ length: n }, (_, i) => i + 1).join(" "));
        },
      ),
      { numRuns: 60 },
    );
  },
);

/** The same app with a page that shows the session. */
function show(app: App): App {
  app.page("/shown", ({ session }) => (session.calls ?? []).join(" "));
  return { fetch: (request: Request) => app.fetch(new Request(`${request.url}shown`, request)) } as App;
}
