/** A database of Deno KV some of whose calls do something else. */
import type { Clock } from "../../protocol/clock.ts";
import { systemClock } from "../../protocol/clock.ts";

/** The real one, except for what is replaced. */
export function replaced(
  db: Deno.Kv,
  methods: Partial<Pick<Deno.Kv, "atomic" | "getMany" | "watch">>,
): Deno.Kv {
  return new Proxy(db, {
    get(target, name) {
      const own = Reflect.get(methods, name);
      return own ?? Reflect.get(target, name).bind(target);
    },
  });
}

/** Commits throw what `fail` gives, before they do anything. */
export function withCommits(db: Deno.Kv, fail: () => Error | undefined): Deno.Kv {
  return replaced(db, {
    atomic() {
      const atomic = db.atomic(), commit = atomic.commit.bind(atomic);
      atomic.commit = () => {
        const error = fail();
        return error === undefined ? commit() : Promise.reject(error);
      };
      return atomic;
    },
  });
}

/** What SQLite says where another connection writes. */
export function locked(): Error {
  return new TypeError("database is locked");
}

/** The system's time, with pauses that take none; `waited` keeps what they would have. */
export function impatient(waited: number[] = []): Clock {
  return {
    now: systemClock.now,
    after(ms, run) {
      waited.push(ms);
      queueMicrotask(run);
      return () => {};
    },
  };
}
