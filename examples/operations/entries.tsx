import { type Html, type Operations, raw } from "@argyle/argyle";

/** One operation, to be tried. */
export interface Entry {
  /** Its name, and that of its button. */
  readonly name: string;
  readonly does: string;
  /** What its button writes, for people. */
  readonly code: string;
  /** The same. */
  readonly write: (operations: Operations) => Operations;
  /** What it is done to. */
  readonly stage?: Html;
}

/** Operations that belong together. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const Kettle = () => <li class="new">A kettle</li>;
const Box = ({ id }: { id: string }) => <p id={id} class="box">A box</p>;

const elements: Group = {
  title: "Elements and what is in them",
  entries: [
    {
      name: "append",
      does: "Puts markup behind what is in an element.",
      code: `ops().append("#append ul", <li class="new">A kettle</li>)`,
      write: (ops) => ops.append("#append ul", <Kettle />),
      stage: <List />,
    },
    {
      name: "prepend",
      does: "Puts it before that.",
      code: `ops().prepend("#prepend ul", <li class="new">A kettle</li>)`,
      write: (ops) => ops.prepend("#prepend ul", <Kettle />),
      stage: <List />,
    },
    {
      name: "insertAdjacentHtml",
      does: "Puts it beside an element.",
      code: `ops().insertAdjacentHtml("#insertAdjacentHtml .box", <hr />, { position: "afterend" })`,
      write: (ops) => ops.insertAdjacentHtml("#insertAdjacentHtml .box", <hr />, { position: "afterend" }),
      stage: <Box id="beside" />,
    },
    {
      name: "insertAdjacentText",
      does: "The same with text: nothing in it is markup.",
      code: `ops().insertAdjacentText("#with-text", " <b>of tea</b>")`,
      write: (ops) => ops.insertAdjacentText("#with-text", " <b>of tea</b>"),
      stage: <Box id="with-text" />,
    },
    {
      name: "innerHtml",
      does: "Replaces what is in an element.",
      code: `ops().innerHtml("#inner", raw("A <b>teapot</b>"))`,
      write: (ops) => ops.innerHtml("#inner", raw("A <b>teapot</b>")),
      stage: <Box id="inner" />,
    },
    {
      name: "outerHtml",
      does: "Replaces the element.",
      code: `ops().outerHtml("#outer", <p id="outer" class="box new">Another box</p>)`,
      write: (ops) => ops.outerHtml("#outer", <p id="outer" class="box new">Another box</p>),
      stage: <Box id="outer" />,
    },
    {
      name: "replace",
      does: "Likewise.",
      code: `ops().replace("#replaced", <p id="replaced" class="box new">Another box</p>)`,
      write: (ops) => ops.replace("#replaced", <p id="replaced" class="box new">Another box</p>),
      stage: <Box id="replaced" />,
    },
    {
      name: "morph",
      does: "Brings an element to markup: what you have typed stays, and the focus.",
      code: `ops().morph("#morphed", <p id="morphed" class="box new">…<input … /></p>)`,
      write: (ops) =>
        ops.morph(
          "#morphed",
          <p id="morphed" class="box new">
            It has changed around this: <input id="typed" aria-label="Type something first" />
          </p>,
        ),
      stage: (
        <p id="morphed" class="box">
          <input id="typed" aria-label="Type something first" placeholder="Type something first" />
        </p>
      ),
    },
    {
      name: "textContent",
      does: "Replaces what is in an element by text.",
      code: `ops().textContent("#text", "<b> is no markup here")`,
      write: (ops) => ops.textContent("#text", "<b> is no markup here"),
      stage: <Box id="text" />,
    },
    {
      name: "graft",
      does: "Moves an element into another.",
      code: `ops().graft("#grafted", "#new-home")`,
      write: (ops) => ops.graft("#grafted", "#new-home"),
      stage: (
        <>
          <Box id="grafted" />
          <div id="new-home" class="box">A larger one:</div>
        </>
      ),
    },
    {
      name: "remove",
      does: "Removes an element.",
      code: `ops().remove("#removed")`,
      write: (ops) => ops.remove("#removed"),
      stage: <Box id="removed" />,
    },
  ],
};

const properties: Group = {
  title: "Attributes, styles, values",
  entries: [
    {
      name: "addCssClass",
      does: "Adds classes.",
      code: `ops().addCssClass("#classy", "lit")`,
      write: (ops) => ops.addCssClass("#classy", "lit"),
      stage: <Box id="classy" />,
    },
    {
      name: "removeCssClass",
      does: "Takes them away; here of all that the selector names.",
      code: `ops().removeCssClass(".lit", "lit", { selectAll: true })`,
      write: (ops) => ops.removeCssClass(".lit", "lit", { selectAll: true }),
      stage: (
        <>
          <p class="box lit">A box</p>
          <p class="box lit">A box</p>
        </>
      ),
    },
    {
      name: "setAttribute",
      does: "Sets an attribute.",
      code: `ops().setAttribute("#progress", "value", "80")`,
      write: (ops) => ops.setAttribute("#progress", "value", "80"),
      stage: <progress id="progress" max="100" value="20" aria-label="Progress" />,
    },
    {
      name: "removeAttribute",
      does: "Removes one.",
      code: `ops().removeAttribute("#disabled", "disabled")`,
      write: (ops) => ops.removeAttribute("#disabled", "disabled"),
      stage: <button id="disabled" type="button" disabled>A button</button>,
    },
    {
      name: "setDatasetProperty",
      does: "Sets a data attribute; a style sheet shows it.",
      code: `ops().setDatasetProperty("#dataset", "teaMood", "calm")`,
      write: (ops) => ops.setDatasetProperty("#dataset", "teaMood", "calm"),
      stage: <Box id="dataset" />,
    },
    {
      name: "setProperty",
      does: "Sets a property.",
      code: `ops().setProperty("#details", "open", true)`,
      write: (ops) => ops.setProperty("#details", "open", true),
      stage: (
        <details id="details" class="box">
          <summary>What is in it</summary>Tea
        </details>
      ),
    },
    {
      name: "setStyle",
      does: "Sets a style.",
      code: `ops().setStyle("#bar", "width", "75%")`,
      write: (ops) => ops.setStyle("#bar", "width", "75%"),
      stage: <div id="bar" class="bar" />,
    },
    {
      name: "setStyles",
      does: "Sets some.",
      code: `ops().setStyles("#styled", { rotate: "-2deg", "--hue": "150" })`,
      write: (ops) => ops.setStyles("#styled", { rotate: "-2deg", "--hue": "150" }),
      stage: <Box id="styled" />,
    },
    {
      name: "setValue",
      does: "Writes into a field.",
      code: `ops().setValue("#field", "Earl Grey")`,
      write: (ops) => ops.setValue("#field", "Earl Grey"),
      stage: <input id="field" aria-label="A field" />,
    },
  ],
};

const page: Group = {
  title: "The page and its browser",
  entries: [
    {
      name: "setFocus",
      does: "Gives an element the focus.",
      code: `ops().setFocus("#focused")`,
      write: (ops) => ops.setFocus("#focused"),
      stage: <input id="focused" aria-label="It gets the focus" />,
    },
    {
      name: "scrollIntoView",
      does: "Scrolls until it can be seen.",
      code: `ops().scrollIntoView("#far", { block: "nearest" })`,
      write: (ops) => ops.scrollIntoView("#far", { block: "nearest" }),
      stage: (
        <div class="box window" tabIndex={0}>
          <p>A long way down …</p>
          <p id="far">Here it is.</p>
        </div>
      ),
    },
    {
      name: "dispatchEvent",
      does: "Dispatches an event; a script of this page hears it.",
      code: `ops().dispatchEvent("tea:ready", { cups: 2 }, { selector: "#listener" })`,
      write: (ops) => ops.dispatchEvent("tea:ready", { cups: 2 }, { selector: "#listener" }),
      stage: <p id="listener" class="box">Nothing heard yet</p>,
    },
    {
      name: "perform",
      does: "An operation of this page's own.",
      code: `ops().perform("wobble", { times: 3 }, { selector: "#wobbles" })`,
      write: (ops) => ops.perform("wobble", { times: 3 }, { selector: "#wobbles" }),
      stage: <Box id="wobbles" />,
    },
    {
      name: "setTitle",
      does: "Sets the document's title.",
      code: `ops().setTitle("Tea is ready")`,
      write: (ops) => ops.setTitle("Tea is ready"),
    },
    {
      name: "setMeta",
      does: "Sets a meta element.",
      code: `ops().setMeta("theme-color", "#5b3fd6")`,
      write: (ops) => ops.setMeta("theme-color", "#5b3fd6"),
    },
    {
      name: "pushState",
      does: "Adds an entry to the history.",
      code: `ops().pushState("?cups=2")`,
      write: (ops) => ops.pushState("?cups=2"),
    },
    {
      name: "replaceState",
      does: "Replaces the last one.",
      code: `ops().replaceState("?cups=3")`,
      write: (ops) => ops.replaceState("?cups=3"),
    },
    {
      name: "go",
      does: "Goes one back.",
      code: `ops().go(-1)`,
      write: (ops) => ops.go(-1),
    },
    {
      name: "redirectTo",
      does: "Leads to another page.",
      code: `ops().redirectTo("elsewhere")`,
      write: (ops) => ops.redirectTo("elsewhere"),
    },
    {
      name: "reload",
      does: "Loads the page again.",
      code: `ops().reload()`,
      write: (ops) => ops.reload(),
    },
  ],
};

const keeping: Group = {
  title: "What a browser keeps, says and shows",
  entries: [
    {
      name: "setStorageItem",
      does: "Keeps a text in the browser's storage.",
      code: `ops().setStorageItem("tea", "Assam")`,
      write: (ops) => ops.setStorageItem("tea", "Assam"),
    },
    {
      name: "removeStorageItem",
      does: "Removes it.",
      code: `ops().removeStorageItem("tea")`,
      write: (ops) => ops.removeStorageItem("tea"),
    },
    {
      name: "clearStorage",
      does: "Empties the tab's storage.",
      code: `ops().clearStorage({ type: "session" })`,
      write: (ops) => ops.clearStorage({ type: "session" }),
    },
    {
      name: "setCookie",
      does: "Sets a cookie that scripts may read.",
      code: `ops().setCookie("tea=Assam; Path=/; Max-Age=3600; SameSite=Lax")`,
      write: (ops) => ops.setCookie("tea=Assam; Path=/; Max-Age=3600; SameSite=Lax"),
    },
    {
      name: "consoleLog",
      does: "Writes to the console (F12).",
      code: `ops().consoleLog("The kettle boils", { level: "warn" })`,
      write: (ops) => ops.consoleLog("The kettle boils", { level: "warn" }),
    },
    {
      name: "consoleTable",
      does: "Writes a table to it.",
      code: `ops().consoleTable([{ tea: "Assam", cups: 2 }])`,
      write: (ops) => ops.consoleTable([{ tea: "Assam", cups: 2 }]),
    },
    {
      name: "notification",
      does: "Shows a notification of the system; the browser asks first.",
      code: `ops().notification("Tea is ready", { body: "Two cups" })`,
      write: (ops) => ops.notification("Tea is ready", { body: "Two cups" }),
    },
  ],
};

const options: Group = {
  title: "Options of all of them",
  entries: [
    {
      name: "delay",
      does: "One after the other, with half a second between.",
      code:
        `ops().textContent("#count", "2").textContent("#count", "1", { delay: 500 }).textContent("#count", "Now", { delay: 1000 })`,
      write: (ops) =>
        ops.textContent("#count", "2").textContent("#count", "1", { delay: 500 })
          .textContent("#count", "Now", { delay: 1000 }),
      stage: <p id="count" class="box">3</p>,
    },
    {
      name: "batch",
      does: "An event tells when the last of several is done.",
      code:
        `ops().addCssClass("#batched", "lit", { batch: "tea" }).textContent("#batched", "Lit", { batch: "tea", delay: 300 })`,
      write: (ops) =>
        ops.addCssClass("#batched", "lit", { batch: "tea" })
          .textContent("#batched", "Lit", { batch: "tea", delay: 300 }),
      stage: (
        <>
          <Box id="batched" />
          <p id="batches" class="quiet">Nothing is done yet</p>
        </>
      ),
    },
    {
      name: "xpath",
      does: "The selector is an XPath expression.",
      code: `ops().addCssClass("//p[text()='By its text']", "lit", { xpath: true })`,
      write: (ops) => ops.addCssClass("//p[text()='By its text']", "lit", { xpath: true }),
      stage: <p class="box">By its text</p>,
    },
    {
      name: "focusSelector",
      does: "Where the focus is afterwards.",
      code: `ops().setValue("#first", "Milk", { focusSelector: "#second" })`,
      write: (ops) => ops.setValue("#first", "Milk", { focusSelector: "#second" }),
      stage: (
        <p class="line">
          <input id="first" aria-label="First" />
          <input id="second" aria-label="Second" />
        </p>
      ),
    },
    {
      name: "missing",
      does: "There is no such element: this list says so by an event.",
      code: `ops().remove("#nowhere", { missing: "event" })`,
      write: (ops) => ops.remove("#nowhere", { missing: "event" }),
      stage: <p id="missed" class="box">Nothing missed yet</p>,
    },
    {
      name: "cancel",
      does: "A script of this page listens, and does not let it happen.",
      code: `ops().remove("#guarded")`,
      write: (ops) => ops.remove("#guarded"),
      stage: <p id="guarded" class="box">Guarded</p>,
    },
  ],
};

function List() {
  return (
    <ul class="box">
      <li>A cup</li>
    </ul>
  );
}

/** All of them. */
export const groups: readonly Group[] = [elements, properties, page, keeping, options];

/** One of them, by its name. */
export function entryOf(name: string): Entry | undefined {
  return groups.flatMap(({ entries }) => entries).find((entry) => entry.name === name);
}
