import assert from "node:assert/strict";
import { readManifest, root, runDeno } from "./project.ts";

/** What each entry exports. A change here is a change of what users rely on, and stands in CHANGELOG.md too. */
const surface: Record<string, readonly string[]> = {
  ".": list(`
    App Bus ContextKey Engine EventsEndpoint Head Html HttpError Layout Live Middleware Operations PageContext PathParams Reflex RequestContext Schema
    SharedContext Store Topic action anyone contextKey href memo on ops raw redirect topic
  `),
  "./build": list("build"),
  "./broadcast": list("Bus BusListener Message Publication broadcastBus"),
  "./client": list(
    "Behavior ConnectEventsOptions ConnectSyncOptions EventAnswer EventIssue EventsClient EventsError EventsMessage EventsOf EventsStatus MorphHook NavigateOptions OperationDetail ReflexDetail ReflexError ReflexEvent ReflexMember ReflexOptions ReflexStage RemoteAction RemoteReflex SendInput SendOptions behavior connectEvents connectSync morphHook navigate operation perform reflex",
  ),
  "./dev": list("Developing dev"),
  "./generate": list("generate"),
  "./init": list("Ask init"),
  "./islands": list("IslandMoment IslandOptions island"),
  "./kv": list(
    "Bus BusListener Check Engine Entry KvListOptions KvListSource ListChange ListSlice ListSource ListStep ListWatch Message Publication Store Write kv kvList openKv",
  ),
  "./memory": list("Bus BusListener Check Engine Entry Message Publication Store Write memory"),
  "./nats": list("Check Engine Entry NatsConnection NatsHeaders NatsMessage NatsOptions Store Write nats"),
  "./preact": list(
    "FunctionView ListView Readable useList useOptimistic useRemoteFunction useStatus useVariable",
  ),
  "./protocol": list(`
    Address Attribute AttributesOperation BLOCKED_URL BodyOperation CallFrame ClientFrame Clock Close DoOperation DoneFrame EVENT_PREFIX ElementData
    ErrorCode ErrorFrame GoFrame HeadOperation HelloFrame InsertOperation IslandMark Json Limits Loading
    MorphOperation Operation Option OrderOperation Outcome PROTOCOL_VERSION PageFrame
    PatchFrame Path PingFrame PongFrame ReadyFrame RemoveOperation ResyncFrame Schema SchemaInput SchemaIssue SchemaOutput
    SchemaResult SelectOperation ServerFrame ShownFrame TextOperation TicketFrame VISIT_HEADER VisitFrame WireError canonicalJson defaultLimits errorSentences
    isUrlAttribute issueFields parseJson readClientFrame readServerFrame safeUrl systemClock writeFrame
  `),
  "./redis": list(
    "Bus BusListener Check Engine Entry Message Publication RedisClient RedisConnection Store Write redis",
  ),
  "./signals": list("Readable ReadonlySignal signalOf statusSignalOf"),
  "./socksync": list(`
    ArraySource Authorize CallInput CallOptions Group GroupContext GroupVerb Groups GroupsOf Kinds List ListChange ListOptions
    ListSlice
    ListSource ListStep ListWatch Peer PeerOptions RemoteFunction RemoteList RemoteVariable Status SyncError SyncPeer Transport
    Unsubscribe Variable VariableOptions Watched action arraySource list variable
  `),
  "./sql": list(`
    ListChange ListSlice ListSource ListStep ListWatch PostgresClient PostgresQuery PostgresTransaction SqlList SqlListOptions
    SqlOrder SqliteDatabase SqliteStatement SqliteValue postgresList sqliteList
  `),
  "./stimulus": list("StimulateOptions Stimulating StimulusController useReflex"),
  "./testing": list(
    "BusUnderTest Exchange FailedCall FakeClock FieldValue OpenOptions Served SourceItem SourceUnderTest StoreUnderTest TestPage busContract open sourceContract storeContract",
  ),
  "./types": list(`
    Action ActionAuthority ActionOptions AnyApp AppOptions AttributeNames Audience Bound BusListener CalledAction Check
    Clock CookieOptions DocsOptions ElementOptions ElementReader EndpointClass EndpointContext Entry ErrorComponent
    EventHandlers EventName Events EventsAsker EventsContext EventsDeclaration EventsHooks EventsOptions
    FieldAttributes FieldName Flash FormAction FormBinding FormOptions FormReader HandledEvents IslandBuildOptions
    IslandPlace JoinsOf JsonSchemaWanted JsxElement KeyContext KeyedContext KeyedPageComponent KeyedPageOptions
    LeadOptions Limits ListenOptions
    Listening LiveProps Load LoadOptions LogFields Logger Message MissingElement Offer OfferArgs OfferOptions Offerable
    OperationOptions OtherQuery PageComponent PageError PageOptions PresenceOf PublicContext PublicPageComponent PublicPageOptions
    Publication Raw ReflexAudience ReflexClass RouteContext RouteHandler RouteHandlers RouteOptions SchemaInput
    SchemaIssue SchemaOutput SchemaResult Sends SentData StaticOptions SyncContext SyncEndpoint SyncOptions
    TopicContext TopicKind TopicOptions Untrusted UntrustedError Untyped Watchable Write
  `),
};

/** Compilers write its calls, and its types are Preact's. */
const written = "./jsx-runtime";

/** What an example may import beside the entries: libraries, as users have them. */
const libraries = [
  "zod",
  "@hotwired/stimulus",
  "@preact/signals-core",
  "preact/hooks",
  "redis",
  "ioredis",
  "@nats-io/transport-node",
  "node:sqlite",
  "postgres",
];

/** Examples that may be left out of `deno test --doc`, each with its reason. */
const IGNORED = 5;

interface Docs {
  nodes: Record<string, { module_doc?: unknown; symbols: Symbol[] }>;
}

interface Symbol {
  name: string;
  declarations: Declaration[];
}

interface Declaration {
  location: { filename: string; line: number };
  declarationKind: string;
  /** `reference`: declared in a file that is another entry, and documented there. */
  kind: string;
  jsDoc?: { doc?: string; tags?: { kind: string; doc?: string }[] };
}

const { exports } = await readManifest();
const entries = Object.entries(exports).filter(([entry]) => entry !== written);
const docs = await readDocs(entries.map(([, path]) => path));

Deno.test("exports: each entry exports what stands in its list", () => {
  const exported = entries.map(([entry, path]) => {
    const symbols = docs.nodes[new URL(path, root).href]?.symbols ?? [];
    return [entry, symbols.filter(isExported).map(({ name }) => name).sort()];
  });
  assert.deepEqual(Object.fromEntries(exported), surface);
});

Deno.test("exports: every symbol has a doc comment and an example", () => {
  assert.deepEqual(undocumented(docs), []);
});

Deno.test("exports: examples import the entries alone, and run, or say why not", () => {
  const importable = [
    "@argyle/argyle",
    ...entries.map(([entry]) => `@argyle/argyle${entry.slice(1)}`),
    ...libraries,
  ];
  const found = fences(Object.values(docs.nodes).map(({ module_doc, symbols }) => [module_doc, symbols]));
  assert.ok(found.length > 100);
  const strange = found.flatMap(({ code }) =>
    [...code.matchAll(/\bfrom "([^"]+)"/g)].map(([, from]) => from)
  );
  assert.deepEqual(strange.filter((from) => !importable.includes(from!)), []);
  const ignored = found.filter(({ info }) => /\bignore\b/.test(info)).map(({ info }) => info);
  assert.deepEqual(ignored.filter((info) => !/^tsx? ignore \w+ \w+/.test(info)), []);
  assert.ok(ignored.length <= IGNORED, ignored.join("\n"));
});

Deno.test("undocumented: a symbol without a comment, and one without an example", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const example = "/**\n * One.\n *\n * @example\n * ```ts\n * 1;\n * ```\n */";
    const code =
      `${example}\nexport const a = 1;\n/** Two. */\nexport const b = 2;\nexport const c = 3;\nconst d = 4;\n`;
    await Deno.writeTextFile(file, code);
    assert.deepEqual(undocumented(await readDocs([file])).map((line) => line.split(" (")[0]), [
      "b: no example",
      "c: no comment",
      "c: no example",
    ]);
  } finally {
    await Deno.remove(file);
  }
});

async function readDocs(files: string[]): Promise<Docs> {
  const { success, stdout, stderr } = await runDeno(["doc", "--quiet", "--no-lock", "--json", ...files]);
  assert.ok(success, stderr);
  return JSON.parse(stdout);
}

/** A sentence for each exported symbol that has no doc text or no example; overloads count together. */
function undocumented({ nodes }: Docs): string[] {
  return Object.values(nodes).flatMap(({ symbols }) => symbols).filter(isExported).flatMap((symbol) => {
    const own = symbol.declarations.filter(({ kind }) => kind !== "reference");
    const [first] = own;
    if (first === undefined) return [];
    const tags = own.flatMap(({ jsDoc }) => jsDoc?.tags ?? []);
    const where = `(${first.location.filename.replace(root.href, "")}:${first.location.line + 1})`;
    return [
      own.some(({ jsDoc }) => jsDoc?.doc?.trim()) ? [] : `${symbol.name}: no comment ${where}`,
      tags.some(({ kind, doc = "" }) => kind === "example" && /^```tsx?\b/m.test(doc))
        ? []
        : `${symbol.name}: no example ${where}`,
    ].flat();
  });
}

function isExported({ declarations }: Symbol): boolean {
  return declarations.some(({ declarationKind }) => declarationKind === "export");
}

/** The samples in all comments: of modules, symbols, and their members. */
function fences(value: unknown): { info: string; code: string }[] {
  if (typeof value === "string") {
    const found = value.matchAll(/^```(?<info>.*)\n(?<code>[^]*?)^```$/gm);
    return Array.from(found, ({ groups = {} }) => ({ info: groups.info ?? "", code: groups.code ?? "" }));
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(fences) : [];
}

function list(names: string): string[] {
  return names.trim().split(/\s+/);
}
