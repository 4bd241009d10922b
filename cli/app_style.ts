/**
 * The stylesheet of a new app.
 *
 * @module
 */

/** Light and dark, on small screens and large ones. */
export function styleText(): string {
  return `\
:root {
  color-scheme: light dark;
  --text: #1c1b22;
  --quiet: #6b6875;
  --paper: #fbfaf8;
  --card: #ffffff;
  --line: #d9d5e2;
  --accent: #5b3fd6;
  --on-accent: #ffffff;
}

@media (prefers-color-scheme: dark) {
  :root {
    --text: #ecebf1;
    --quiet: #a19dae;
    --paper: #15141a;
    --card: #1e1c25;
    --line: #3a3746;
    --accent: #a48bff;
    --on-accent: #17131f;
  }
}

* {
  box-sizing: border-box;
}

body {
  margin: 0;
  background: var(--paper);
  color: var(--text);
  font: 1.0625rem/1.6 system-ui, sans-serif;
}

header,
main {
  width: min(100%, 38rem);
  margin: 0 auto;
  padding: 1.25rem;
}

header a {
  color: var(--quiet);
  font-weight: 600;
  text-decoration: none;
}

main {
  display: grid;
  gap: 1.5rem;
  padding-top: 2rem;
}

h1 {
  margin: 0;
  font-size: clamp(1.75rem, 7vw, 2.75rem);
  letter-spacing: -0.02em;
  line-height: 1.15;
  overflow-wrap: anywhere;
}

p {
  margin: 0;
}

label {
  font-weight: 600;
}

.line {
  display: flex;
  gap: 0.5rem;
  margin-top: 0.25rem;
}

input {
  flex: 1;
  min-width: 0;
  padding: 0.625rem 0.75rem;
  border: 1px solid var(--line);
  border-radius: 0.625rem;
  background: var(--card);
  color: inherit;
  font: inherit;
}

button {
  padding: 0.625rem 1.25rem;
  border: 1px solid transparent;
  border-radius: 0.625rem;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}

button.plain {
  border-color: var(--line);
  background: transparent;
  color: inherit;
}

section {
  display: flex;
  flex-wrap: wrap;
  gap: 1rem;
  align-items: center;
  justify-content: space-between;
  padding: 1.25rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  background: var(--card);
}

output {
  font-size: 1.5rem;
  overflow-wrap: anywhere;
}

:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
`;
}
