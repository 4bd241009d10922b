/**
 * Puts the parts of an app together, once its keys are there.
 *
 * @module
 */

import { type Clock, systemClock } from "../protocol/clock.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { Refreshes } from "./bus/refreshes.ts";
import { Admission } from "./door/admission.ts";
import { developer, keptMemory } from "./development.ts";
import { below } from "./door/front_door.ts";
import type { Parts, Site } from "./door/parts.ts";
import { nothingSet, passMiddleware } from "./door/passage.ts";
import { travel } from "./door/travel_door.ts";
import { environment } from "./environment.ts";
import type { Rooms } from "./events/rooms.ts";
import type { ContextValues } from "./http/context.ts";
import { HttpError } from "./http/error.ts";
import type { RequestContext } from "./http/middleware.ts";
import { readPath } from "./http/path.ts";
import { joinIsolates } from "./isolate.ts";
import type { AppOptions } from "./options.ts";
import type { OwnNames } from "./page/attribute_names.ts";
import { findPage, type Page, type Untyped } from "./page/page.ts";
import { type Logger, makeReference } from "./observe.ts";
import { Retries } from "./reflex/retries.ts";
import { openPage, sealPage } from "./page/page_data.ts";
import { Writer } from "./operations/write.ts";
import { Renderer } from "./page/renderer.ts";
import { Loads } from "./page/loads.ts";
import { ParkedViews } from "./page/parked_views.ts";
import { Resting } from "./page/resting.ts";
import { Shelf } from "./page/shelf.ts";
import { SharedViews } from "./page/shared_views.ts";
import { appSecrets } from "./seal/app_secrets.ts";
import { KeyRing } from "./seal/key_ring.ts";
import { Macs } from "./seal/macs.ts";
import { Turns } from "./engine/turns.ts";
import { Identities } from "./session/identities.ts";
import { SessionCookie } from "./session/cookie.ts";
import { MemoryBus } from "./engine/_memory_bus.ts";
import { type MemoryEntry, MemoryStore } from "./engine/_memory_store.ts";
import { Records } from "./session/records.ts";
import { SessionValues } from "./session/values.ts";
import { Buckets } from "./socket/buckets.ts";
import type { Bindings } from "./sync/bindings.ts";
import { Causes } from "./trace/causes.ts";
import { CallLog } from "./trace/call_log.ts";
import { isExporting, Telemetry } from "./trace/telemetry.ts";
import { Watch } from "./trace/work.ts";

/** What an app has before its keys are there. */
export type Given =
  & Pick<
    Parts,
    "base" | "limits" | "log" | "site" | "registry" | "hub" | "pending" | "scripts" | "get" | "islands"
  >
  & { readonly attributes: OwnNames | undefined; readonly bindings: Bindings; readonly rooms: Rooms };

/**
 * The parts of an app.
 *
 * @throws TypeError for a secret that is none, or is missing; Error where the store cannot be reached
 */
export async function compose<Session extends object = Untyped>(
  options: AppOptions<Session>,
  given: Given,
): Promise<Parts> {
  const { name = "app", lang = "en", clock = systemClock, session } = options;
  const engine = options.store ?? memoryOf(clock);
  const { base, limits, log, site } = given;
  // Two apps may share a store: everything of one begins with its name and base.
  const app = `${name}${base}`, development = environment("ARGYLE_ENV") === "development";
  const known = developer(), variable = environment("ARGYLE_SECRET");
  // An empty one is a fault in production; a developer has none.
  const secret = options.secrets ?? (known !== undefined && variable === "" ? undefined : variable);
  const secrets = await appSecrets(engine, app, secret, known?.secret);
  const keys = new KeyRing(secrets, clock);
  // While developing, a process that starts anew has other code.
  const { token = "", start = "" } = known ?? {};
  const deployed = environment("DENO_DEPLOYMENT_ID") ?? token + start;
  const build = [PROTOCOL_VERSION, given.scripts.hash, given.islands.build, deployed].join(" ");
  await given.islands.begin();
  const { bindings, rooms } = given;
  const { store, topics, channel, attendance, close } = await joinIsolates({
    bindings,
    rooms,
    app,
    store: engine,
    bus: options.bus,
    macs: new Macs(secrets),
    limits,
    clock,
    log,
  });
  const failed = (what: string, error: unknown) => log.error(what, error);
  try {
    await bindings.begin({ app, store, channel, topics, clock, failed });
  } catch (error) {
    await close(); // the next try joins once more
    throw error;
  }
  rooms.begin({ channel, attendance });
  const refreshes = new Refreshes(clock);
  const records = new Records(store, app, limits, clock);
  const loads = new Loads(topics, limits, clock);
  const hasPanel = development && environment("ARGYLE_PANEL") !== "off";
  const exports = environment("OTEL_DENO")?.toLowerCase() === "true" && isExporting(Deno.telemetry);
  const telemetry = exports ? new Telemetry(Deno.telemetry, () => given.hub.size) : undefined;
  const causes = telemetry || hasPanel ? new Causes() : undefined;
  const logCalls = options.logCalls ?? development;
  // Those who look at what is asked by HTTP; each socket has its own.
  const watchers = [...telemetry ? [telemetry] : [], ...logCalls ? [new CallLog(log, clock)] : []];
  const renderer = new Renderer(
    given.registry,
    { app: name, attributes: given.attributes },
    { limits, clock, log },
    { loads, presence: attendance, topics, watched: telemetry && ((load) => telemetry.load(load)) },
    { place: given.islands, development },
  );
  const admission = new Admission(limits, clock, log);
  const parts: Parts = {
    ...given,
    lang,
    navigation: options.navigation ?? false,
    docs: { title: name, options: options.docs ?? {} },
    build,
    logCalls,
    hasPanel,
    telemetry,
    watch: watchers.length === 0 ? undefined : new Watch(watchers),
    causes,
    clock,
    keys,
    visits: new Map(),
    admission,
    async inTurn(render) {
      const place = admission.come();
      try {
        await place.begin();
        return await render();
      } finally {
        place.leave();
      }
    },
    hellos: new Buckets({ every: limits.hello, burst: limits.helloBurst }, clock),
    resyncs: new Buckets({ every: limits.resync, burst: limits.resyncBurst }, clock),
    trips: new Buckets({ every: limits.visit, burst: limits.visitBurst }, clock),
    posts: new Buckets({ every: limits.post, burst: limits.postBurst }, clock),
    cookie: new SessionCookie({ name, base }, keys, limits, clock),
    records,
    identities: new Identities(store, app, limits, clock),
    values: new SessionValues(session, log),
    retries: new Retries({ records, topics, turns: new Turns(clock), clock, limits }),
    renderer,
    writer: new Writer(renderer, limits, options.missingElement ?? "warn"),
    topics,
    channel,
    attendance,
    async close() {
      await given.islands.close();
      await bindings.close();
      await close();
    },
    refreshes,
    resting: new Resting(clock),
    parked: new ParkedViews(limits.parked, clock),
    shelf: new Shelf(limits.parked),
    shared: new SharedViews(limits.parked, {
      limits,
      clock,
      topics,
      refreshes,
      isWatched: causes !== undefined,
      render: (page, given) => renderer.renderKeyed(page, given),
      failed: (error, page) => reportFailure(error, page, log),
    }),
    seal: (id, data) => sealPage(keys, id, build, data),
    travel: (trip) => travel(trip, parts),
    open: (id, token) => openPage(keys, id, build, token, limits.token),
    admit: (url, who, { id, headers }) =>
      admit(site, { url, path: below(base, readPath(url, limits)), ...who, id }, headers),
    find: (path) => {
      const url = URL.parse(path, "http://localhost");
      return url === null ? undefined : findPage(site.pages, below(base, readPath(url, limits)));
    },
  };
  return parts;
}

// Sessions outlive an edit of the code, though not the one who edits it.
function memoryOf(clock: Clock): MemoryStore {
  const store = new MemoryStore(clock, new MemoryBus()), kept = keptMemory<MemoryEntry>();
  store.restore(kept?.left ?? []);
  kept?.leaving(() => store.entries());
  return store;
}

// The same middleware as for a GET of the page.
async function admit(
  { middleware }: Site,
  given: Pick<RequestContext, "url" | "path" | "user" | "sessionId" | "id">,
  handshake: Headers,
): Promise<ContextValues | undefined> {
  if (middleware.length === 0) return nothingSet; // without a request for nobody to see
  const request = new Request(given.url, { headers: handshake });
  try {
    const passed = await passMiddleware(middleware, { ...given, request });
    if (!(passed instanceof Response)) return passed;
    await passed.body?.cancel();
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
  }
  return undefined;
}

// A page that many share could not be shown anew. What is below 500 it tells whoever loads it again.
function reportFailure(error: unknown, page: Page, log: Logger): string | undefined {
  if (error instanceof HttpError && error.status < 500) return undefined;
  const reference = makeReference();
  log.error("a page could not be rendered", error, { page: page.path, reference });
  return reference;
}
