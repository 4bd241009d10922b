import { connectSync } from "@argyle/argyle/client";
import { action } from "@argyle/argyle/socksync";
import { explain, read, Rows } from "./rows.js";

const PAGE_SIZE = 10;

const shelf = document.querySelector("#shelf"), find = (selector) => shelf.querySelector(selector);
const say = (selector, text) => find(selector).textContent = text;

// What this page owns: the server calls it before it removes something of which there is some left.
const Question = {
  "~standard": {
    version: 1,
    vendor: "inventory",
    validate: (value) =>
      typeof value.question === "string" ? { value } : { issues: [{ message: "question: a text, please" }] },
  },
};
const dialog = find("#confirm");
let asked = Promise.resolve();

function ask(question, signal) {
  if (signal.aborted) return false;
  say("#question", question);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    const giveUp = () => dialog.close("no");
    signal.addEventListener("abort", giveUp);
    dialog.addEventListener("close", () => {
      signal.removeEventListener("abort", giveUp);
      resolve(dialog.returnValue === "yes");
    }, { once: true });
  });
}

// One question after another.
const confirm = action(Question, ({ question }, { signal }) => {
  const answer = asked.then(() => ask(question, signal));
  asked = answer;
  return answer;
});

const peer = connectSync(shelf.dataset.endpoint, { groups: { confirm } });
const products = peer.list("products", { page: pageOfUrl(), pageSize: PAGE_SIZE });
const call = (name, input, options) => peer.function(name).call(input, options);

const rows = new Rows(find("#rows"), find("#row"), {
  update: (index, value, was) => call("update", { index: first() + index, value, was }),
  reserve: async (index, quantity, was) => {
    const { name, quantity: left } = await call("reserve", { index: first() + index, quantity, was });
    say("#done", `${quantity} of ${name} reserved; ${left} left.`);
  },
  // The server waits for the person, and so does this.
  remove: async (index, was) => {
    const { removed } = await call("discard", { index: first() + index, was }, { timeout: 40_000 });
    say("#done", removed ? `${was.name} removed.` : `${was.name} stays.`);
  },
  lost: (text) => say("#done", text),
});

const words = {
  loading: "Connecting …",
  fresh: "Live: what others change is seen at once.",
  stale: "The line is lost. This is how it was; connecting again …",
};

products.watch(show);
show();

function show() {
  const { status, page, pages } = products;
  shelf.dataset.status = status;
  const line = words[status] ?? `The products cannot be had: ${products.error?.message}`;
  if (find("#line").textContent !== line) say("#line", line);
  rows.show(products.value);
  if (status === "loading") return;
  const place = `Page ${page + 1} of ${pages}`;
  if (find("#page").textContent !== place) say("#page", place);
  find("#previous").disabled = page === 0;
  find("#next").disabled = page >= pages - 1;
}

function first() {
  return products.page * products.pageSize;
}

// Pages have addresses: one can go back and forth between them, and come back to one.
function pageOfUrl() {
  const page = Number(new URL(location.href).searchParams.get("page") ?? 1);
  return Number.isSafeInteger(page) && page > 0 ? page - 1 : 0;
}

async function turn(page, isNew) {
  try {
    await products.get({ page });
    if (isNew) history.pushState(null, "", `?page=${products.page + 1}`);
  } catch (error) {
    say("#done", explain(error));
  }
}

find("#previous").addEventListener("click", () => turn(products.page - 1, true));
find("#next").addEventListener("click", () => turn(products.page + 1, true));
addEventListener("popstate", () => turn(pageOfUrl(), false));

// A new product comes to the top of what is seen.
const form = find("#new"), wrong = form.querySelector("[role=alert]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  wrong.textContent = "";
  button.disabled = true;
  try {
    const value = {};
    for (const name of ["name", "quantity", "price"]) value[name] = read(name, form.elements[name].value);
    await call("insert", { index: first(), value });
    say("#done", `${value.name} inserted.`);
    form.reset();
    form.elements.name.focus();
  } catch (error) {
    wrong.textContent = explain(error);
  } finally {
    button.disabled = false;
  }
});
