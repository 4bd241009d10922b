import assert from "node:assert/strict";
import { timed } from "../helpers/peer.ts";

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly {
    key: string;
    value: { stringValue?: string; intValue?: string; doubleValue?: number };
  }[];
  readonly status?: { code?: number; message?: string };
  readonly links?: readonly { traceId: string; spanId: string }[];
}

interface Collected {
  readonly spans: readonly Span[];
  /** Names of metrics, and all that was said of them. */
  readonly metrics: ReadonlyMap<string, string>;
  /** Everything but stacks and texts of the console, as it came. */
  readonly text: string;
}

/** Takes what a program exports, until it ends. */
async function collect(program: string, env: Record<string, string>): Promise<Collected> {
  const spans: Span[] = [], metrics = new Map<string, string>(), texts: string[] = [];
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  await using collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (request.method === "GET") {
      await heard;
      return new Response();
    }
    const text = await request.text(), body = JSON.parse(text);
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const scope of scopeMetrics) {
        for (const metric of scope.metrics) metrics.set(metric.name, JSON.stringify(metric));
      }
    }
    texts.push(text);
    if (metrics.has("argyle.sockets")) resolve();
    return Response.json({});
  });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL(`./fixtures/${program}`, import.meta.url).pathname],
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_METRIC_EXPORT_INTERVAL: "20",
      ...env,
    },
  }).output();
  resolve();
  assert.ok(success, new TextDecoder().decode(stderr));
  return { spans, metrics, text: texts.join("\n") };
}

function valuesOf({ attributes }: Span): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map((
      { key, value },
    ) => [key, value.stringValue ?? Number(value.intValue ?? value.doubleValue)]),
  );
}

timed(
  "telemetry: a span for each page, call and push, with those of the stages and of what they fetch",
  async () => {
    const { spans, metrics, text } = await collect("traced.tsx", { OTEL_DENO: "true" });
    const all = (name: string) => spans.filter((span) => span.name === name);
    const inside = ({ spanId, traceId }: Span) =>
      spans.filter((span) => span.parentSpanId === spanId && span.traceId === traceId);
    const parent = ({ parentSpanId }: Span) => spans.find(({ spanId }) => spanId === parentSpanId);
    const stages = (span: Span) => inside(span).map(({ name }) => name);

    // A page is a part of its request.
    const visits = all("argyle.visit"),
      isVisited = (page: Span) => visits.some(({ traceId }) => traceId === page.traceId);
    const pages = all("argyle.page").filter((page) => !isVisited(page)),
      outcomes = pages.map((page) => valuesOf(page)["argyle.outcome"]);
    assert.deepEqual(outcomes, ["page", "error", "refused", "page", "page"]);
    for (const page of pages) assert.equal(valuesOf(parent(page)!)["http.request.method"], "GET");
    const [loaded, broken, refused, traced] = pages as [Span, Span, Span, Span];
    assert.deepEqual(stages(loaded), ["argyle.render", "argyle.patch"]);
    assert.equal(valuesOf(traced)["argyle.page"], "/traced/:who");
    assert.deepEqual(
      [broken.status?.code, refused.status?.code ?? 0],
      [2, 0],
      "a refusal is no fault of the server",
    );
    assert.equal(valuesOf(broken)["error.type"], "error");
    const [load] = all("argyle.load"), [fetched] = inside(load!);
    assert.equal(parent(load!)?.name, "argyle.render");
    assert.equal(valuesOf(fetched!)["url.path"], "/answer");

    // A call begins a trace of its own, with a link to the request of its socket.
    const reflexes = all("argyle.reflex"), calls = reflexes.map(valuesOf);
    assert.deepEqual(calls.map((call) => [call["argyle.target"], call["argyle.outcome"]]), [
      ["Traced#ask", "page"],
      ["Traced#tell", "page"],
      ["Traced#break", "failed"],
      ["Traced#refuse", "forbidden"],
      ["unknown", "unknown_reflex"],
    ]);
    const [ask, tell, breaks, forbidden] = reflexes as [Span, Span, Span, Span];
    assert.ok(reflexes.every(({ parentSpanId = "", kind }) => parentSpanId === "" && kind === 2));
    const [link] = ask.links ?? [], opened = spans.find(({ spanId }) => spanId === link?.spanId);
    assert.equal(valuesOf(opened!)["url.path"], "/_argyle/socket");
    assert.deepEqual(
      stages(ask),
      ["check", "run", "commit", "render", "diff", "patch"].map((stage) => `argyle.${stage}`),
    );
    const [run] = inside(ask).filter(({ name }) => name === "argyle.run");
    assert.equal(valuesOf(inside(run!)[0]!)["url.path"], "/answer");
    const { "argyle.bytes_up": up, "argyle.bytes_down": down, "argyle.operations": operations } = calls[0]!;
    assert.ok(Number(up) > 30 && Number(down) > 30, `${up}, ${down}`);
    assert.equal(operations, 1);
    assert.deepEqual([breaks.status?.code, forbidden.status?.code ?? 0], [2, 0]);
    assert.equal(valuesOf(breaks)["error.type"], "failed");

    // What others are shown is a push, of the reflex that has published it.
    const push = all("argyle.push").map(valuesOf).find((push) => push["argyle.operations"] === 1);
    assert.equal(push?.["argyle.caused_by"], "Traced#tell");
    assert.equal(push["argyle.topics"], 1);
    assert.equal(valuesOf(tell)["argyle.operations"], 1);

    // A page that is gone to is rendered as any other, in the trace of whoever goes.
    const [visit] = visits as [Span];
    assert.equal(valuesOf(visit)["argyle.outcome"], "page");
    assert.deepEqual([visits.length, visit.kind, visit.parentSpanId ?? ""], [1, 2, ""]);
    const [gone] = all("argyle.page").filter(isVisited);
    assert.equal(valuesOf(gone!)["argyle.page"], "/loads");

    assert.match(metrics.get("argyle.reflex.duration") ?? "", /Traced#ask/);
    assert.ok(metrics.has("argyle.sockets"));
    // The URL of a request is Deno's to tell, and stands in its own span alone.
    const ours = spans.filter(({ name }) => name.startsWith("argyle."));
    assert.doesNotMatch(JSON.stringify(ours), /canary/);
    assert.doesNotMatch([...metrics].filter(([name]) => name.startsWith("argyle")).join(), /canary/);
    assert.match(text, /argyle\.reflex/);
  },
);

timed("telemetry: what else says no to it is heard, and the app serves", async () => {
  const { spans } = await collect("traced.tsx", { OTEL_DENO: "true", OTEL_SDK_DISABLED: "true" });
  assert.deepEqual(spans, []);
});

timed("telemetry: where nothing is exported no span is made, and nothing is measured", async () => {
  const { spans, text } = await collect("untraced.ts", { OTEL_DENO: "" });
  assert.deepEqual([spans, text], [[], ""]);
  // What counts there does count.
  await assert.rejects(collect("untraced.ts", { OTEL_DENO: "true" }), /Nobody has asked for telemetry/);
});
