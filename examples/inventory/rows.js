/** What is wrong with what somebody has typed. */
class Wrong extends Error {}

/** What somebody has typed, as a value. */
export function read(name, text) {
  const typed = text.trim();
  if (name === "name") {
    if (typed === "") throw new Wrong("A product has a name.");
    return typed;
  }
  const number = Number(typed.replace(",", "."));
  if (typed === "" || !(number >= 0)) throw new Wrong(`A ${name} is a number, 0 or more.`);
  if (name !== "price" && !Number.isInteger(number)) throw new Wrong(`A ${name} is a whole number.`);
  return number;
}

function write(name, value) {
  return name === "price" ? value.toFixed(2) : `${value}`;
}

/** An error, for whoever looks at the page. */
export function explain(error) {
  if (error.reason === "disconnected") {
    return "The line was lost: it may have been done. Look, and try again.";
  }
  if (error.reason === "timeout") return "The server has not answered. Look, and try again.";
  return error.message;
}

const names = ["name", "quantity", "price"];

/** A field of a product. What is being typed stays, whoever else changes the product. */
class Field {
  #name;
  #input;
  #theirs;
  #known;
  /** What is on its way to the server: as it was typed, and as a value. */
  sending;
  sent;

  constructor(name, cell) {
    this.#name = name;
    this.#input = cell.querySelector("input");
    this.#theirs = cell.querySelector(".theirs");
    this.#theirs.addEventListener("click", () => {
      this.take();
      this.#input.focus();
    });
  }

  /** Whether something is typed that the server does not know. */
  get isTyped() {
    return this.#known !== undefined && this.#input.value !== this.#text;
  }

  /** Whether somebody else has changed meanwhile what is being typed here. */
  get isContested() {
    return !this.#theirs.hidden;
  }

  get text() {
    return this.#input.value;
  }

  get #text() {
    return write(this.#name, this.#known);
  }

  /** The server's value. */
  show(value) {
    if (this.#known === value) return;
    const isNew = this.#known === undefined, isTyped = this.isTyped;
    this.#known = value;
    // What is typed may be that very value, written in another way.
    if (!isTyped || this.#isSaid(value)) return this.take(isNew || isTyped);
    if (value === this.sent) return; // one's own, and one is typing on
    const label = `Now ${this.#text}`;
    this.#theirs.textContent = label;
    this.#theirs.title =
      "Somebody else has changed it. Click, or press Escape, to take theirs; Enter saves yours.";
    this.#theirs.hidden = false;
    this.#input.setAttribute(
      "aria-description",
      `${label}, by somebody else. Enter saves yours, Escape takes theirs.`,
    );
  }

  #isSaid(value) {
    try {
      return read(this.#name, this.#input.value) === value;
    } catch {
      return false; // half a number
    }
  }

  /** Shows what the server knows. */
  take(isQuiet = true) {
    this.#theirs.hidden = true;
    this.#input.removeAttribute("aria-description");
    if (!this.isTyped) return;
    const { selectionStart, selectionEnd } = this.#input, isHere = document.activeElement === this.#input;
    this.#input.value = this.#text;
    if (isHere) this.#input.setSelectionRange(selectionStart, selectionEnd);
    if (!isQuiet) flash(this.#input);
  }

  label(product) {
    this.#input.setAttribute(
      "aria-label",
      `${this.#name[0].toUpperCase()}${this.#name.slice(1)} of ${product}`,
    );
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }
}

function flash(element) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate([{ backgroundColor: "var(--lit)" }, {}], { duration: 1500, easing: "ease-out" });
}

/** A product on the page. */
class Row {
  element;
  product;
  fields = {};
  #alert;
  #saved = Promise.resolve();
  #on;

  constructor(template, on) {
    this.#on = on;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#alert = this.element.querySelector("[role=alert]");
    for (const name of names) {
      const cell = this.element.querySelector(`td.${name}`), input = cell.querySelector("input");
      this.fields[name] = new Field(name, cell);
      // To leave a field saves it, but not over what somebody else has done meanwhile: that takes Enter.
      input.addEventListener("change", () => this.fields[name].isContested || this.#save(name));
      input.addEventListener("keydown", (event) => this.#press(event, name));
    }
    this.element.querySelector(".reserve").addEventListener("submit", (event) => {
      event.preventDefault();
      const { pieces } = event.currentTarget.elements;
      this.#do(() => on.reserve(this, read("quantity", pieces.value))).then((done) =>
        done && (pieces.value = "1")
      );
    });
    this.element.querySelector(".remove").addEventListener("click", () => this.#do(() => on.remove(this)));
  }

  show(product) {
    if (product === this.product) return;
    this.product = product;
    for (const name of names) {
      this.fields[name].show(product[name]);
      this.fields[name].label(product.name);
    }
    this.element.querySelector("[name=pieces]").setAttribute(
      "aria-label",
      `Pieces of ${product.name} to reserve`,
    );
    this.element.querySelector(".remove").setAttribute("aria-label", `Remove ${product.name}`);
    this.element.toggleAttribute("data-gone", product.quantity === 0);
  }

  /** What is typed and not saved. */
  get typed() {
    return names.filter((name) => this.fields[name].isTyped).map((name) => this.fields[name].text);
  }

  // Of the rest of the product, what the server knows is sent: of two who edit two fields of it, nobody undoes the other.
  #save(name) {
    const field = this.fields[name], { text } = field;
    if (field.sending === text) return;
    if (!field.isTyped) return field.take();
    field.sending = text;
    // One after another: the second field goes with what has become of the first.
    this.#saved = this.#saved.then(() => this.#do(() => this.#send(name, text))).finally(() => {
      field.sending = field.sent = undefined;
    });
  }

  async #send(name, text) {
    const field = this.fields[name], value = read(name, text);
    if (value === this.product[name]) return field.take();
    field.sent = value;
    // The answer may come before the change does.
    this.show(await this.#on.update(this, { ...this.product, [name]: value }));
  }

  #press(event, name) {
    const { key } = event;
    if (event.isComposing) return;
    if (key === "Enter") this.#save(name);
    else if (key === "Escape") {
      this.fields[name].take();
      this.#alert.textContent = "";
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      this.#on.move(this, key === "ArrowUp" ? -1 : 1, name);
    } else return;
    event.preventDefault();
  }

  async #do(what) {
    this.#alert.textContent = "";
    this.element.setAttribute("aria-busy", "true");
    try {
      await what();
      return true;
    } catch (error) {
      this.#alert.textContent = explain(error);
      return false;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }
}

/** The rows of a page: each stays the same as long as its product is there, with what is being typed into it. */
export class Rows {
  #body;
  #template;
  #on;
  #rows = [];

  constructor(body, template, on) {
    this.#body = body;
    this.#template = template;
    const at = (row) => this.#rows.indexOf(row);
    this.#on = {
      update: (row, value) => on.update(at(row), value, row.product),
      reserve: (row, quantity) => on.reserve(at(row), quantity, row.product),
      remove: (row) => on.remove(at(row), row.product),
      move: (row, by, name) => this.#rows[at(row) + by]?.fields[name].focus(),
      lost: on.lost,
    };
  }

  show(products) {
    const before = this.#rows,
      focused = before.findIndex(({ element }) => element.contains(document.activeElement));
    const field = document.activeElement?.name;
    this.#rows = this.#matched(products);
    for (const row of before) if (!this.#rows.includes(row)) this.#drop(row);
    for (const [i, row] of this.#rows.entries()) {
      const there = this.#body.children[i];
      if (there !== row.element) this.#body.insertBefore(row.element, there ?? null);
      row.show(products[i]);
    }
    // Whoever was in a row that has gone is in the one that has come to its place.
    if (focused < 0 || this.#rows.includes(before[focused])) return;
    const near = this.#rows[Math.min(focused, this.#rows.length - 1)];
    near?.fields[field in near.fields ? field : "name"].focus();
  }

  // The same product, the same row: as it is, else by its name, else where all but the name is the same.
  #matched(products) {
    const left = new Set(this.#rows), rows = new Array(products.length);
    const take = (i, row) => {
      if (rows[i] !== undefined || row === undefined || !left.delete(row)) return;
      rows[i] = row;
    };
    const among = (isIt) => [...left].find(isIt);
    products.forEach((product, i) => take(i, among((row) => row.product === product)));
    products.forEach((product, i) => {
      take(i, rows[i] ?? among((row) => names.every((name) => row.product[name] === product[name])));
    });
    products.forEach((product, i) => take(i, rows[i] ?? among((row) => row.product.name === product.name)));
    products.forEach((product, i) => {
      const there = this.#rows[i];
      const isRenamed = there?.product.quantity === product.quantity && there.product.price === product.price;
      take(i, isRenamed ? there : undefined);
    });
    return Array.from(rows, (row) => row ?? new Row(this.#template, this.#on));
  }

  #drop(row) {
    row.element.remove();
    if (row.typed.length > 0) {
      this.#on.lost(
        `“${row.typed.join("”, “")}” was not saved: ${row.product.name} is not on this page any more.`,
      );
    }
  }
}
