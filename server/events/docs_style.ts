/**
 * How the page of documentation looks.
 *
 * @module
 */

/** Its style sheet. */
export const docsStyle: string = `
:root {
  color-scheme: light dark;
  --text: #1c1b22; --quiet: #63606d; --paper: #fbfaf8; --card: #fff; --line: #e0dde7; --field: #918d9c;
  --accent: #5b3fd6; --on-accent: #fff; --bad: #b3261e; --sent: #5b3fd6; --heard: #17693b;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #ecebf1; --quiet: #a8a4b5; --paper: #15141a; --card: #1e1c25; --line: #34313f; --field: #777385;
    --accent: #a48bff; --on-accent: #15141a; --bad: #ff8a80; --sent: #a48bff; --heard: #7fd39b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, h4, p { margin: 0; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -0.02em; }
h2 { font: 600 1.25rem/1.4 var(--mono); }
h3 { margin: 1.75rem 0 0.75rem; font-size: 1.0625rem; }
h4 { margin: 1.25rem 0 0.5rem; color: var(--quiet); font-size: 0.875rem; font-weight: 600; }
a { color: var(--accent); }
code, pre, textarea, .log { font-family: var(--mono); font-size: 0.875rem; }
code { overflow-wrap: anywhere; font-weight: 600; }
.quiet, .about, .type, .optional { color: var(--quiet); }
.about, .problem { margin-top: 0.25rem; }
.type, .optional, .about { font-size: 0.875rem; overflow-wrap: anywhere; }
.optional { font-style: italic; margin-left: 0.25rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
nav a { font-family: var(--mono); font-size: 0.875rem; display: inline-block; padding: 0.25rem 0; }
section { margin-top: 2rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
.columns { display: grid; gap: 0 2rem; grid-template-columns: minmax(0, 1fr); }
.columns > * { min-width: 0; }
form { display: grid; gap: 0.875rem; grid-template-columns: minmax(0, 1fr); }
.connect { margin-top: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); }
.connect .buttons { grid-column: 1 / -1; }
label { display: block; }
.name { font-weight: 600; overflow-wrap: anywhere; }
input:not([type="checkbox"]), select, textarea {
  display: block; width: 100%; margin-top: 0.25rem; padding: 0.5rem 0.625rem; border: 1px solid var(--field);
  border-radius: 0.5rem; background: var(--card); color: inherit; font: inherit; min-height: 2.5rem;
}
textarea { font-family: var(--mono); font-size: 0.875rem; resize: vertical; }
input[type="checkbox"] { width: 1.25rem; height: 1.25rem; margin: 0 0 0 0.5rem; vertical-align: -0.25rem; accent-color: var(--accent); }
[aria-invalid="true"] { border-color: var(--bad) !important; }
fieldset { display: grid; gap: 0.875rem; margin: 0; padding: 0.5rem 0.875rem 0.875rem; border: 1px solid var(--line); border-radius: 0.5rem; min-width: 0; }
legend { padding: 0 0.375rem; font-weight: 600; }
.problem { color: var(--bad); font-size: 0.875rem; white-space: pre-line; overflow-wrap: anywhere; }
.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
button {
  padding: 0.5rem 1rem; border: 1px solid var(--accent); border-radius: 0.5rem; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; min-height: 2.5rem; cursor: pointer;
}
button[type="button"] { background: transparent; color: var(--accent); }
button:disabled { border-color: var(--line); background: var(--line); color: var(--quiet); cursor: default; }
button.plain { border-color: transparent; padding: 0.25rem 0.5rem; }
output { color: var(--quiet); overflow-wrap: anywhere; }
[data-state="open"] { color: var(--heard); font-weight: 600; }
details { margin-top: 0.5rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); padding: 0 1rem; }
details[open] { padding-bottom: 1rem; }
summary { padding: 0.75rem 0; cursor: pointer; overflow-wrap: anywhere; }
.more { margin-top: 1rem; padding: 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
.more[open] { padding-bottom: 0; }
.more > summary { color: var(--quiet); font-size: 0.875rem; font-weight: 600; }
summary .quiet { margin-left: 0.375rem; }
.schema ul { margin: 0; padding: 0; list-style: none; }
.schema li { padding: 0.375rem 0; border-top: 1px solid var(--line); }
.schema li ul, .part { margin: 0.375rem 0 0 0.125rem; padding-left: 0.875rem; border-left: 2px solid var(--line); }
.schema li p, .part > p { color: var(--quiet); font-size: 0.875rem; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.example { padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--paper); }
.heading { display: flex; align-items: baseline; justify-content: space-between; }
.log {
  position: relative; height: 13rem; margin: 0 0 1rem; padding: 0.25rem 0; overflow-y: auto;
  border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card);
}
.log:empty::before { content: "Nothing yet."; display: block; padding: 0.5rem 1rem; color: var(--quiet); font-family: system-ui, sans-serif; }
.log > * { padding: 0.5rem 1rem; border-left: 3px solid transparent; }
.log > * + * { border-top: 1px solid var(--line); }
.log .about { display: block; font: 0.8125rem/1.4 system-ui, sans-serif; }
.log [data-way="sent"] { border-left-color: var(--sent); }
.log [data-way="received"] { border-left-color: var(--heard); }
.log [data-way="refused"] { border-left-color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (min-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); }
  aside { position: sticky; top: 1rem; align-self: start; grid-column: 2; grid-row: 1 / span 2; }
  aside h3 { margin-top: 1rem; }
  .log { height: min(26rem, 55vh); }
}
`;
