import { operation } from "@argyle/argyle/client";

// An operation of this page's own.
operation("wobble", (element, { times }) => {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate({ rotate: ["0deg", "-3deg", "3deg", "0deg"] }, { duration: 200, iterations: times });
  element.dataset.wobbled = times;
});

const say = (selector, text) => document.querySelector(selector).textContent = text;

// What was dispatched is an event like any other.
addEventListener("tea:ready", ({ detail }) => say("#listener", `Tea is ready: ${detail.cups} cups`));

// Each operation says so before and after it is done.
addEventListener("argyle:before-remove", (event) => {
  if (event.target.id === "guarded") {
    event.preventDefault();
    event.target.textContent = "Guarded: it stays";
  }
});
addEventListener(
  "argyle:batch-complete",
  ({ detail }) => say("#batches", `The batch “${detail.batch}” is done`),
);
addEventListener("argyle:missing-element", ({ detail }) => say("#missed", `There is no ${detail.selector}`));
