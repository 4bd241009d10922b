/**
 * How faults look: in light and dark, on wide and narrow screens.
 *
 * @module
 */

/** The style sheet of the overlay. */
export const overlayStyle = `
:host { all: initial; }
dialog {
  color-scheme: light dark;
  box-sizing: border-box;
  width: min(60rem, 100vw - 2rem);
  max-width: none;
  max-height: calc(100dvh - 2rem);
  margin: auto;
  padding: 0;
  overflow: auto;
  border: 0;
  border-top: 0.375rem solid light-dark(#b3261e, #f2706a);
  border-radius: 0.5rem;
  background: light-dark(#fff, #1d1b20);
  color: light-dark(#1d1b20, #ece6ee);
  font: 1rem/1.5 system-ui, sans-serif;
  box-shadow: 0 0.5rem 3rem #0006;
}
dialog:focus { outline: none; }
dialog::backdrop { background: #0008; }
article, footer { padding: 1rem 1.5rem; }
article + article { border-top: 1px solid light-dark(#d8d2dc, #4a464f); }
h2 { margin: 0; font-size: 1rem; color: light-dark(#b3261e, #f2a7a2); }
p { margin: 0; }
.message { margin: 0.25rem 0 0.75rem; font-size: 1.125rem; font-weight: 600; white-space: pre-wrap; overflow-wrap: anywhere; }
.place, pre { font: 0.875rem/1.6 ui-monospace, monospace; }
.place { overflow-wrap: anywhere; }
pre {
  margin: 0.5rem 0 0;
  padding: 0.75rem 1rem;
  overflow: auto;
  border-radius: 0.375rem;
  background: light-dark(#f4f1f6, #2a272e);
  tab-size: 2;
}
pre:focus-visible, button:focus-visible, summary:focus-visible {
  outline: 2px solid light-dark(#1a5fb4, #8ab8ff);
  outline-offset: 2px;
}
mark { color: inherit; background: light-dark(#fbdcd9, #5c2b29); }
.caret { font-weight: 700; color: light-dark(#b3261e, #f2a7a2); }
details { margin-top: 0.75rem; }
summary { width: fit-content; cursor: pointer; }
footer {
  position: sticky;
  bottom: 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1rem;
  align-items: center;
  justify-content: space-between;
  background: inherit;
  border-top: 1px solid light-dark(#d8d2dc, #4a464f);
  font-size: 0.875rem;
}
button {
  padding: 0.375rem 1rem;
  border: 1px solid currentColor;
  border-radius: 0.375rem;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
@media (max-width: 40rem) {
  dialog { width: 100vw; max-height: 100dvh; margin: auto 0 0; border-radius: 0; }
  article, footer { padding: 0.75rem 1rem; }
}
@media (forced-colors: active) { mark { outline: 1px solid; } }
`;
