import { App, Head, type Layout, Live, on, topic } from "@argyle/argyle";
import { systemClock } from "@argyle/argyle/protocol";
import type { AppOptions } from "@argyle/argyle/types";
import { timeOf } from "./chart.ts";
import Chart from "./chart_island.tsx";
import { dashboardOf, type Session, type Summary } from "./dashboard.ts";
import { curves, moments, type Range, ranges, reading, series, TICK, tickOf } from "./readings.ts";
import style from "./style.css" with { type: "text" };
import { Ticker } from "./ticker.ts";

const Readings = topic("readings");

/** How many rows the table of readings has. */
const ROWS = 20;

const words: Readonly<Record<Range, string>> = { 30: "30 seconds", 120: "2 minutes", 600: "10 minutes" };

/** An app whose ticker ends with it. */
export class DashboardApp extends App<Session> {
  readonly ticker: Ticker;

  constructor(options: AppOptions<Session>) {
    super(options);
    this.ticker = new Ticker(options.clock ?? systemClock, TICK, () => void this.publish(Readings()));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.ticker.stop();
    await super[Symbol.asyncDispose]();
  }
}

/** Curves that move all the time, in a chart that is an island. */
export default function dashboard(options: AppOptions<Session> = {}): DashboardApp {
  const { clock = systemClock, base = "" } = options;
  const app = new DashboardApp({ name: "dashboard", navigation: true, layout: shellOf(base), ...options });
  const { ticker } = app;
  const Dashboard = dashboardOf(clock);
  app.reflexes({ Dashboard });

  app.page<"/", { report?: Summary[] }>("/", ({ session, state }) => {
    const { range = 30, hidden = [] } = session;
    return (
      <main>
        <Head>
          <title>Dashboard</title>
        </Head>
        <h1>Dashboard</h1>
        <div class="filters">
          <div role="group" aria-label="Time">
            {ranges.map((seconds) => (
              <button
                type="button"
                class="plain"
                id={`range-${seconds}`}
                aria-pressed={seconds === range ? "true" : "false"}
                {...on("click", Dashboard, "range", seconds)}
              >
                {words[seconds]}
              </button>
            ))}
          </div>
          <div role="group" aria-label="Curves">
            {series.map(({ id, name }) => (
              <button
                type="button"
                class={`plain ${id}`}
                id={`show-${id}`}
                aria-pressed={hidden.includes(id) ? "false" : "true"}
                {...on("click", Dashboard, "toggle", id)}
              >
                {name}
              </button>
            ))}
          </div>
        </div>
        <Live<Session> topic={Readings()} id="live" as="section">
          {({ session: { range = 30, hidden = [], marks = [] } }) => {
            ticker.look();
            const now = tickOf(clock.now()), at = moments(now, range);
            const shown = series.map(({ id }) => id).filter((id) => !hidden.includes(id));
            return (
              <>
                <dl id="now">
                  {series.map(({ id, name, unit }) => (
                    <div key={id} class={id}>
                      <dt>{name}</dt>
                      <dd>
                        <b id={`now-${id}`}>{reading(id, now)}</b> {unit}
                      </dd>
                    </div>
                  ))}
                </dl>
                <Chart curves={curves(shown, at)} moments={at} marks={marks} />
              </>
            );
          }}
        </Live>
        <section id="report" aria-labelledby="report-title">
          <h2 id="report-title">The last hour</h2>
          <button
            type="button"
            id="make-report"
            {...on("click", Dashboard, "report")}
            data-reflex-disable-with="Working …"
          >
            Make a report
          </button>
          <div
            id="bar"
            role="progressbar"
            aria-label="How far the report is"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={0}
            data-reflex-permanent
          >
            <div id="progress" />
          </div>
          {state.report && <Report lines={state.report} />}
        </section>
      </main>
    );
  }, { calls: [Dashboard] });

  app.page("/readings", () => (
    <main>
      <Head>
        <title>Readings</title>
      </Head>
      <h1>Readings</h1>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ id, name }) => <th key={id} scope="col">{name}</th>)}
          </tr>
        </thead>
        <Live<Session> topic={Readings()} id="rows" as="tbody">
          {() => {
            ticker.look();
            const now = tickOf(clock.now());
            return Array.from({ length: ROWS }, (_, back) => now - back * TICK).map((at) => (
              <tr key={at}>
                <th scope="row">{timeOf(at)}</th>
                {series.map(({ id }) => <td key={id}>{reading(id, at).toFixed(1)}</td>)}
              </tr>
            ));
          }}
        </Live>
      </table>
    </main>
  ));

  app.page("/about", () => (
    <main>
      <Head>
        <title>About</title>
      </Head>
      <h1>About</h1>
      <p>Nothing is measured here: the curves are computed from the time.</p>
      <dl>
        {series.map(({ id, name, unit }) => (
          <div key={id} class={id}>
            <dt>{name}</dt>
            <dd>{unit}, every {(TICK / 1000).toFixed(1)} s</dd>
          </div>
        ))}
      </dl>
    </main>
  ));
  return app;
}

function Report({ lines }: { lines: readonly Summary[] }) {
  return (
    <table id="summary">
      <thead>
        <tr>
          <th scope="col">Curve</th>
          <th scope="col">Least</th>
          <th scope="col">Mean</th>
          <th scope="col">Most</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, least, mean, most }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{least}</td>
            <td>{mean}</td>
            <td>{most}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shellOf(base: string): Layout<Session> {
  const places = [["/", "Dashboard"], ["/readings", "Readings"], ["/about", "About"]] as const;
  return ({ url, children }) => (
    <>
      <Head>
        <style>{style}</style>
      </Head>
      <nav aria-label="Pages">
        {places.map(([path, name]) => {
          const href = `${base}${path === "/" && base !== "" ? "" : path}`;
          return (
            <a key={path} href={href} aria-current={url.pathname === href ? "page" : undefined}>{name}</a>
          );
        })}
      </nav>
      {children}
    </>
  );
}
