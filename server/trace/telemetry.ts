/**
 * OpenTelemetry by what Deno has built in: a span for each call of a reflex, each push and each page that is loaded, with
 * one for each stage in it. What is in them is the same for everybody who does the same: no arguments, no names of people
 * or topics, no texts of errors. The log has those, and where Deno exports the console, under the span's own trace.
 *
 * @module
 */

import type { Stage } from "../../protocol/timing.ts";
import type { Watcher, Watching, Work } from "./work.ts";

/** A value of an attribute. */
type Value = string | number | boolean;

/** What we use of a span. Deno's own types know nothing of it, and the package that has them is no package of ours. */
export interface Span {
  setAttributes(attributes: Readonly<Record<string, Value>>): void;
  setStatus(status: { readonly code: number; readonly message?: string }): void;
  spanContext(): unknown;
  end(time?: number): void;
}

/** What travels along with what runs. */
interface Context {
  getValue(key: symbol): unknown;
}

interface SpanOptions {
  readonly kind?: number;
  readonly root?: boolean;
  readonly startTime?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly links?: readonly { readonly context: unknown }[];
}

interface Tracer {
  startSpan(name: string): Span;
  startActiveSpan<T>(name: string, options: SpanOptions, run: (span: Span) => T): T;
  startActiveSpan<T>(name: string, options: SpanOptions, context: Context, run: (span: Span) => T): T;
}

interface Meter {
  createHistogram(name: string, options: object): {
    record(value: number, attributes: Readonly<Record<string, Value>>): void;
  };
  createObservableUpDownCounter(name: string, options: object): {
    addCallback(read: (result: { observe(value: number): void }) => void): void;
  };
}

/** What Deno has of OpenTelemetry. */
export interface Provided {
  readonly tracerProvider: { getTracer(name: string): Tracer };
  readonly contextManager: {
    active(): Context | undefined;
    with<T>(context: Context, run: () => T): T;
  };
  readonly meterProvider: { getMeter(name: string): Meter };
}

/** What spans and figures are made with. */
interface Means {
  readonly tracer: Tracer;
  readonly contexts: Provided["contextManager"];
  readonly durations: ReturnType<Meter["createHistogram"]>;
}

/** Who says it. */
const NAME = "argyle";

/** Kinds of spans and codes of their status, as OpenTelemetry numbers them. */
const SERVER = 1, PRODUCER = 3, INTERNAL = 0, ERROR = 2;

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** By this the span that is under way is found in a context. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

const kinds = { reflex: SERVER, push: PRODUCER, page: INTERNAL, visit: SERVER } as const;

/** Outcomes that are the server's fault: what a person may not do, or has filled in wrong, is none. */
const faults: ReadonlySet<string> = new Set(["failed", "timeout", "busy", "unavailable", "render", "error"]);

/** Whether Deno exports anything: something else may have said no, and then each span would be an error. */
export function isExporting({ tracerProvider }: Provided): boolean {
  try {
    tracerProvider.getTracer(NAME).startSpan(NAME); // what never ends is never exported
    return true;
  } catch (error) {
    if (error instanceof Error && error.message === "otel not initialized") return false;
    throw error;
  }
}

/** Watches everything that an app does. */
export class Telemetry implements Watcher {
  readonly #means: Means;

  /**
   * @param provided `Deno.telemetry`, with `OTEL_DENO=true`: else Deno throws where a span begins
   * @param open counts the sockets that are open
   */
  constructor({ tracerProvider, contextManager: contexts, meterProvider }: Provided, open: () => number) {
    const tracer = tracerProvider.getTracer(NAME), meter = meterProvider.getMeter(NAME);
    const durations = meter.createHistogram("argyle.reflex.duration", {
      description: "From the frame of a call to its outcome.",
      unit: "s",
      advice: { explicitBucketBoundaries: BUCKETS },
    });
    this.#means = { tracer, contexts, durations };
    meter.createObservableUpDownCounter("argyle.sockets", { description: "Sockets that are open." })
      .addCallback((result) => result.observe(open()));
  }

  /** The request that is being answered now: what comes over its socket is linked to it. */
  get request(): Watcher {
    const span = this.#means.contexts.active()?.getValue(SPAN) as Span | undefined;
    const links = span === undefined ? [] : [{ context: span.spanContext() }];
    return { begin: (work) => this.#begin(work, links) };
  }

  /** Watches a page that is loaded: its span is in that of its request. */
  begin(work: Work): Watching {
    return this.#begin(work, []);
  }

  /** Runs what loads the data of a page: its span is in that of the render. */
  load<T>(run: () => Promise<T>): Promise<T> {
    return this.#means.tracer.startActiveSpan("argyle.load", {}, async (span) => {
      try {
        return await run();
      } catch (error) {
        fail(span, error instanceof Error ? error.name : typeof error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  // A socket lives for hours, so that its frames are no parts of the request that opened it: they begin traces of their own.
  #begin(work: Work, links: NonNullable<SpanOptions["links"]>): Watching {
    const { kind, visit, up, came } = work.task;
    const options = {
      kind: kinds[kind],
      root: kind !== "page",
      links,
      ...came !== undefined && { startTime: performance.timeOrigin + came },
      attributes: {
        // What is gone to has a span of its own in this one, with its page.
        ...kind !== "visit" && { [kind === "reflex" ? "argyle.target" : "argyle.page"]: targetOf(work) },
        ...visit !== undefined && { "argyle.visit": visit },
        ...up !== undefined && { "argyle.bytes_up": up },
      },
    };
    return this.#means.tracer.startActiveSpan(
      `argyle.${kind}`,
      options,
      (span) => new Traced(work, span, this.#means),
    );
  }
}

/** One work as spans. */
class Traced implements Watching {
  readonly #work: Work;
  readonly #span: Span;
  readonly #context: Context;
  readonly #means: Means;
  #stage: { readonly span: Span; readonly context: Context } | undefined;
  readonly #began: number;

  constructor(work: Work, span: Span, means: Means) {
    this.#work = work;
    this.#span = span;
    this.#means = means;
    this.#context = means.contexts.active()!;
    this.#began = work.task.came ?? performance.now();
  }

  enter(stage: Stage): void {
    const { tracer, contexts } = this.#means;
    this.#stage?.span.end();
    this.#stage = tracer.startActiveSpan(
      `argyle.${stage}`,
      {},
      this.#context,
      (span) => ({ span, context: contexts.active()! }),
    );
  }

  // What the app fetches meanwhile has a span in that of the stage.
  around<T>(run: () => T): T {
    return this.#means.contexts.with(this.#stage!.context, run);
  }

  end(): void {
    this.#stage?.span.end();
    const { task: { kind, causes }, outcome, fault, operations, down } = this.#work;
    const by = causes?.find(([, by]) => by !== undefined)?.[1];
    this.#span.setAttributes({
      "argyle.outcome": outcome,
      "argyle.operations": operations,
      "argyle.bytes_down": down,
      ...causes !== undefined && { "argyle.topics": causes.length },
      ...by !== undefined && { "argyle.caused_by": by },
    });
    const code = fault ?? outcome;
    if (faults.has(code)) fail(this.#span, code);
    this.#span.end();
    if (kind !== "reflex") return;
    this.#means.durations.record((performance.now() - this.#began) / 1000, {
      "argyle.target": targetOf(this.#work),
      "argyle.outcome": outcome,
    });
  }
}

function fail(span: Span, type: string): void {
  span.setAttributes({ "error.type": type });
  span.setStatus({ code: ERROR });
}

// Each value of an attribute is a series of its own for whoever keeps the figures: there are as many as reflexes.
function targetOf({ task: { target, isKnown = true } }: Work): string {
  return isKnown ? target : "unknown";
}
