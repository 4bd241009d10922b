// What the browser runs, as it stands here: no build step.
// @ts-types="@hotwired/stimulus"
import { Application, Controller } from "./stimulus.js";
import { useReflex } from "@argyle/argyle/stimulus";

/** The form. What moves with the slider is the browser's affair; to keep it is the server's. */
class Palette extends Controller {
  static targets = ["preview", "hue", "said"];

  connect() {
    useReflex(this);
    this.preview();
  }

  preview() {
    this.previewTarget.style.setProperty("--hue", this.hueTarget.value);
    this.hueTarget.setAttribute("aria-valuetext", `${this.hueTarget.value} degrees`);
  }

  /** @param {Event} event a submission */
  keep(event) {
    event.preventDefault(); // what the call needs goes with it
    this.stimulate("Palette#keep", { hue: this.hueTarget.valueAsNumber });
  }

  beforeKeep() {
    this.say("Keeping it…");
  }

  keepSuccess() {
    this.say("Kept.", "good");
  }

  /**
   * `abort()` of the method.
   *
   * @param {Element} _element
   * @param {string} _reflex
   * @param {string} why
   */
  keepHalted(_element, _reflex, why) {
    this.say(why, "bad");
  }

  /**
   * Any other failure.
   *
   * @param {Element} _element
   * @param {string} _reflex
   * @param {string} why
   */
  keepError(_element, _reflex, why) {
    this.say(why, "bad");
  }

  /**
   * @param {string} text
   * @param {"" | "good" | "bad"} mood
   */
  say(text, mood = "") {
    this.saidTarget.textContent = text;
    this.saidTarget.className = mood;
  }
}

/** Around what the page offers itself: it hears how that went, also of a button that has gone with it. */
class Shelf extends Controller {
  static targets = ["said"];

  connect() {
    useReflex(this);
  }

  /** @param {HTMLElement} element the button that was clicked */
  reflexSuccess(element) {
    this.saidTarget.textContent = `${element.dataset.name} is gone.`;
  }
}

/** A colour on the shelf: it comes in by a movement, wherever it comes from. */
class Swatch extends Controller {
  connect() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!isCalm) this.element.animate({ scale: ["0.9", "1"], opacity: ["0", "1"] }, 200);
  }
}

/** What others do is not told to this page: it asks. */
class Tally extends Controller {
  connect() {
    useReflex(this);
  }

  look() {
    this.stimulate(); // without a target the page is brought up to date
  }
}

const application = Application.start();
application.register("palette", Palette);
application.register("shelf", Shelf);
application.register("swatch", Swatch);
application.register("tally", Tally);
