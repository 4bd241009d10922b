/**
 * How the panel looks, in light and in dark.
 *
 * @module
 */

/** Its style sheet. A page's own rules reach its host alone, which is why those are important. */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: auto 0 0 auto !important;
  z-index: 2147483647 !important;
  --paper: #fff; --ink: #1c2024; --soft: #5b6470; --line: #d5dae0; --hover: #eef1f4; --accent: #0b62c4;
}
@media (prefers-color-scheme: dark) {
  :host { --paper: #1a1d21; --ink: #e8eaed; --soft: #a3abb5; --line: #3a4048; --hover: #2a2f36; --accent: #7db4ff; }
}
@media print { :host { display: none !important; } }
* { box-sizing: border-box; }
button {
  font: 12px/1.4 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 6px; padding: 3px 8px; min-height: 26px; cursor: pointer;
}
button:hover { background: var(--hover); }
button:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.toggle {
  position: fixed; right: max(10px, env(safe-area-inset-right)); bottom: max(10px, env(safe-area-inset-bottom));
  width: 32px; height: 32px; padding: 0; border-radius: 50%; color: var(--accent); font-size: 16px; opacity: .85;
  box-shadow: 0 1px 4px #0004;
}
.toggle:hover, .toggle:focus-visible { opacity: 1; }
:host([data-status=offline]) .toggle { color: #d64545; }
#panel {
  position: fixed; right: 10px; bottom: 50px; width: min(460px, calc(100vw - 20px));
  max-height: min(560px, calc(100vh - 70px)); display: flex; flex-direction: column; overflow: hidden;
  font: 13px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 6px 24px #0004;
}
#panel[hidden] { display: none; }
header { display: flex; align-items: center; gap: 8px; padding: 8px 10px; border-bottom: 1px solid var(--line); }
header [role=status] { color: var(--soft); flex: 1; }
.tools {
  display: flex; flex-wrap: wrap; gap: 6px; padding: 8px 10px; border-bottom: 1px solid var(--line);
}
[role=group] { display: flex; align-items: center; gap: 4px; color: var(--soft); font-size: 12px; }
ol { list-style: none; margin: 0; padding: 0; overflow: auto; flex: 1; min-height: 80px; }
ol:empty::after { content: "Nothing has happened yet."; display: block; padding: 16px; color: var(--soft); }
li { border-bottom: 1px solid var(--line); }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 8px; padding: 6px 10px; cursor: pointer; }
summary:hover { background: var(--hover); }
.title { font-weight: 600; overflow-wrap: anywhere; flex: 1; min-width: 40%; }
.amounts { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.dot { width: 8px; height: 8px; border-radius: 50%; background: #2da44e; }
.dot.push { background: #8250df; } .dot.error { background: #d64545; }
.dot.halted, .dot.forbidden { background: #bf8700; }
.body { padding: 0 10px 10px 26px; }
p { margin: 2px 0; overflow-wrap: anywhere; } .why { color: var(--soft); }
.bar { display: flex; height: 8px; border-radius: 4px; overflow: hidden; margin: 6px 0; background: var(--hover); }
.bar i { min-width: 1px; flex-basis: 0; }
dl { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 0 0 6px; font-size: 12px; }
dl div { display: flex; gap: 4px; } dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; }
dt i { display: inline-block; width: 8px; height: 8px; border-radius: 2px; margin-right: 4px; }
.bind { background: #6e7781; } .wire { background: #9aa4af; } .wait { background: #bf8700; }
.check { background: #1f9e9e; } .run { background: #2da44e; } .commit { background: #0b62c4; }
.render { background: #8250df; } .diff { background: #c2378a; } .patch { background: #d9730d; } .apply { background: #d64545; }
table { width: 100%; border-collapse: collapse; font-size: 12px; }
th, td { text-align: left; padding: 2px 6px 2px 0; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 400; } td:last-child, th:last-child { text-align: right; padding-right: 0; white-space: nowrap; }
.marks { position: fixed; inset: 0; pointer-events: none; }
.mark {
  position: fixed; border-radius: 3px; box-shadow: 0 0 0 2px #e5339b, inset 0 0 0 999px #e5339b1f;
  animation: mark 900ms ease-out forwards;
}
@keyframes mark { 60% { opacity: 1; } to { opacity: 0; } }
@media (max-width: 480px) {
  #panel { right: 0; left: 0; bottom: 0; width: auto; max-height: 70vh; border-radius: 10px 10px 0 0; }
  :host([data-open]) .toggle { display: none; }
}
`;
