/**
 * Everything on a page that has a state which no markup shows, and places in which it may stand.
 *
 * @module
 */

import { App, type Html, topic } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import type { Page } from "./chromium.ts";
import { drawn, says } from "./serve.ts";

const News = topic("news");

/** A page of which the test says what it is. */
export function shown(first: Html) {
  const state = { main: first, round: 0 };
  const app = new App({ log: new MemoryLog() });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main id="main">
        {state.main}
        <output id="round">{state.round}</output>
      </main>
    );
  });
  return {
    app,
    /** Shows something else, as somebody else would have it. */
    async show(page: Page, main: Html): Promise<void> {
      Object.assign(state, { main, round: state.round + 1 });
      app.publish(News());
      await says(page, "#round", state.round);
    },
  };
}

/** An element that counts, and keeps a number where no markup sees it. */
export async function define(page: Page): Promise<void> {
  await page.addInitScript(() => {
    customElements.define(
      "x-thing",
      class extends HTMLElement {
        connected = 0;
        constructor() {
          super();
          this.attachShadow({ mode: "open" }).append(document.createElement("input"));
        }
        connectedCallback() {
          this.connected += 1;
        }
      },
    );
  });
}

const Thing = "x-thing" as "div";

/** Everything that has a state. Each is known by its id. */
const things: Record<string, Html> = {
  text: <input id="text" value="abcd" />,
  area: <textarea id="area">abcd</textarea>,
  check: <input id="check" type="checkbox" />,
  one: <input id="one" type="radio" name="choice" checked />,
  two: <input id="two" type="radio" name="choice" />,
  choice: (
    <select id="choice" multiple>
      <option>a</option>
      <option>b</option>
    </select>
  ),
  more: (
    <details id="more">
      <summary>More</summary>
    </details>
  ),
  box: (
    <div id="box" style="height: 40px; width: 40px; overflow: auto">
      <div style="height: 900px; width: 900px" />
    </div>
  ),
  frame: <iframe id="frame" title="A frame" />,
  video: <video id="video" muted />,
  thing: <Thing id="thing" />,
  prose: <p id="prose" tabindex={0}>Read</p>,
};

const names = Object.keys(things);

const half = (from: number, to: number) => names.slice(from, to).map((name) => things[name]);

/** The same things in other places. Each follows the one before. */
export const layouts: Record<string, Html> = {
  "side by side": <div>{half(0, 12)}</div>,
  "with another before them": (
    <div>
      <p>New</p>
      {half(0, 12)}
    </div>
  ),
  "with another kind before them": (
    <div>
      <hr />
      {half(0, 12)}
    </div>
  ),
  "turned around": <div>{half(0, 12).reverse()}</div>,
  "a level deeper": (
    <div>
      <div>{half(0, 12)}</div>
    </div>
  ),
  "half of them less deep": (
    <div>
      <div>{half(0, 6)}</div>
      {half(6, 12)}
    </div>
  ),
  "in two with names": (
    <div>
      <div id="left">{half(0, 6)}</div>
      <div id="right">{half(6, 12)}</div>
    </div>
  ),
  "their two in the other order": (
    <div>
      <div id="right">{half(6, 12)}</div>
      <div id="left">{half(0, 6)}</div>
    </div>
  ),
  "in others of the same kind": (
    <div>
      <div>{half(6, 9)}</div>
      <div>{half(0, 6)}</div>
      <div>{half(9, 12)}</div>
    </div>
  ),
  "with an empty one of the same kind before them": (
    <div>
      <div />
      <div>{half(0, 12)}</div>
    </div>
  ),
  "in another element": (
    <section>
      <ul>
        <li>{half(0, 12)}</li>
      </ul>
    </section>
  ),
  "in one of the same name and another kind": <article id="left">{half(0, 12)}</article>,
  "each in its own": <ul>{names.map((name) => <li key={name}>{things[name]}</li>)}</ul>,
  "each in its own, turned around": (
    <ul>{names.toReversed().map((name) => <li key={name}>{things[name]}</li>)}</ul>
  ),
};

/** In two containers that have names: each half where the other is in the layout "in two with names". */
export const swapped: Html = (
  <div>
    <div id="left">{half(6, 12)}</div>
    <div id="right">{half(0, 6)}</div>
  </div>
);

/** Gives each thing a state, and takes down which they are. */
export async function touch(page: Page): Promise<void> {
  await page.evaluate((names) => {
    const find = <E extends Element>(id: string) => document.getElementById(id) as unknown as E;
    find<HTMLInputElement>("text").value = find<HTMLTextAreaElement>("area").value = "typed";
    Object.assign(find("check"), { checked: true, indeterminate: true });
    find<HTMLInputElement>("two").checked = true;
    find<HTMLSelectElement>("choice").options[1]!.selected = true;
    find<HTMLDetailsElement>("more").open = true;
    find("box").scrollTo(30, 300);
    find<HTMLIFrameElement>("frame").contentDocument!.title = "still the same";
    const video = find<HTMLVideoElement>("video"), canvas = document.createElement("canvas");
    canvas.getContext("2d");
    video.srcObject = canvas.captureStream();
    void video.play();
    find("thing").shadowRoot!.querySelector("input")!.value = "in the shadow";
    Object.assign(globalThis, { nodes: names.map(find) });
  }, names);
  await drawn(page);
}

/** What a person sees of them. */
export function look(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate((names) => {
    const find = <E extends Element>(id: string) => document.getElementById(id) as unknown as E;
    const { nodes } = globalThis as unknown as { nodes: Element[] };
    const video = find<HTMLVideoElement>("video"), box = find("box");
    return {
      same: names.filter((name, i) => find(name) !== nodes[i]),
      values: ["text", "area"].map((id) => find<HTMLInputElement>(id).value),
      checked: ["check", "one", "two"].map((id) => find<HTMLInputElement>(id).checked),
      indeterminate: find<HTMLInputElement>("check").indeterminate,
      chosen: [...find<HTMLSelectElement>("choice").selectedOptions].map(({ value }) => value),
      open: find<HTMLDetailsElement>("more").open,
      scroll: [box.scrollLeft, box.scrollTop],
      frame: find<HTMLIFrameElement>("frame").contentDocument!.title,
      plays: !video.paused && video.srcObject !== null,
      shadow: find("thing").shadowRoot!.querySelector("input")!.value,
    };
  }, names);
}

/** What `look` gives as long as nothing is lost. */
export const seen = {
  same: [],
  values: ["typed", "typed"],
  checked: [true, false, true],
  indeterminate: true,
  chosen: ["b"],
  open: true,
  scroll: [30, 300],
  frame: "still the same",
  plays: true,
  shadow: "in the shadow",
};
