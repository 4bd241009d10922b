import stimulus from "@hotwired/stimulus/dist/stimulus.js" with { type: "text" };
import { action, App, Head, HttpError, on, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import controllers from "./controllers.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

interface Session {
  /** Hues in degrees, the last one first. */
  kept?: number[];
}

const MOST = 6;
const FIRST = 262;

/** A shelf of colours for each session, with Stimulus controllers in the browser. */
export default function palette(options: AppOptions<Session> = {}): App<Session> {
  let keptByAll = 0; // since the start, in this process's memory

  class Palette extends Reflex<Session> {
    keep = action(z.object({ hue: z.int().min(0).max(359) }), ({ hue }) => {
      const kept = this.session.kept ?? [];
      if (kept.includes(hue)) this.abort(`You have ${nameOf(hue)} ${hue}° already.`);
      if (kept.length >= MOST) throw new HttpError(507, `There is room for ${MOST}. Let one go first.`);
      this.session.kept = [hue, ...kept];
      keptByAll += 1;
      return `${nameOf(hue)} ${hue}°`;
    });

    drop(hue: number) {
      this.session.kept = (this.session.kept ?? []).filter((each) => each !== hue);
      return `${nameOf(hue)} ${hue}°`;
    }
  }

  const app = new App<Session>({ name: "palette", ...options });
  app.reflexes({ Palette });
  const headers = { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" };
  app.route("/controllers.js", { GET: () => new Response(controllers, { headers }) });
  app.route("/stimulus.js", { GET: () => new Response(stimulus, { headers }) });
  app.page("/", ({ session: { kept = [] } }) => (
    <main>
      <Head>
        <title>Palette</title>
        <style>{style}</style>
        <script type="module" src={`${options.base ?? ""}/controllers.js`} />
      </Head>
      <h1>Palette</h1>
      <p>Stimulus moves the colour here; the server keeps it.</p>
      <form data-controller="palette" data-action="submit->palette#keep">
        {/* What a controller writes is its own: no patch touches it. */}
        <div id="preview" data-palette-target="preview" data-reflex-permanent="" />
        <label for="hue">Hue</label>
        <input
          id="hue"
          type="range"
          min="0"
          max="359"
          value={FIRST}
          data-palette-target="hue"
          data-action="palette#preview"
        />
        <div class="row">
          <button class="primary">Keep</button>
          <output id="said" data-palette-target="said" data-reflex-permanent="" />
        </div>
      </form>
      <section data-controller="shelf" aria-labelledby="shelf-title">
        <h2 id="shelf-title">Kept</h2>
        <ul id="shelf">
          {kept.map((hue) => (
            <li
              key={hue}
              id={`hue-${hue}`}
              data-controller="swatch"
              style={{ background: `hsl(${hue} 70% 55%)` }}
            >
              <span>{nameOf(hue)} {hue}°</span>
              <button
                type="button"
                aria-label={`Let ${nameOf(hue)} ${hue}° go`}
                data-name={`${nameOf(hue)} ${hue}°`}
                {...on("click", Palette, "drop", hue)}
              >
                ×
              </button>
            </li>
          ))}
          {kept.length === 0 && <li key="none" class="none">Nothing yet.</li>}
        </ul>
        <output id="gone" data-shelf-target="said" data-reflex-permanent="" />
      </section>
      <footer data-controller="tally">
        <span id="all">{keptByAll} kept by everybody</span>
        <button type="button" data-action="tally#look">Look again</button>
      </footer>
    </main>
  ), { calls: [Palette] }); // what scripts may call
  return app;
}

const names = "red orange yellow lime green jade cyan azure blue violet magenta rose".split(" ");

function nameOf(hue: number): string {
  return names[Math.round(hue / 30) % names.length]!;
}
