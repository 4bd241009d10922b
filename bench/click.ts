/**
 * Runs inside the page: clicks, and waits until the document has changed.
 *
 * @module
 */

/** What is clicked, in turns, and how often each of it. */
export interface Clicking {
  readonly selectors: readonly string[];
  readonly warmUp: number;
  readonly samples: number;
}

/**
 * Times clicks, from `click()` to the call of a mutation observer, both by the page's own clock. Playwright carries
 * the function into the page as text, so everything it needs is inside.
 *
 * @returns milliseconds for each selector
 */
export async function click({ selectors, warmUp, samples }: Clicking): Promise<number[][]> {
  function once(selector: string): Promise<number> {
    const element = document.querySelector<HTMLElement>(selector);
    if (element === null) throw new Error(`Cannot click ${selector}: it is not there.`);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error(`A click on ${selector} changed nothing.`)), 10_000);
    let start = 0;
    const observer = new MutationObserver(() => {
      const end = performance.now();
      observer.disconnect();
      clearTimeout(late);
      resolve(end - start);
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    start = performance.now();
    element.click();
    return promise;
  }

  // Layout and paint of one change are over before the next click, as they are when a person clicks.
  function painted(): Promise<void> {
    return new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(undefined);
      });
    });
  }

  const times: number[][] = selectors.map(() => []);
  for (let done = 0; done < warmUp + samples; done++) {
    for (const [index, selector] of selectors.entries()) {
      await painted();
      const time = await once(selector);
      if (done >= warmUp) times[index]?.push(time);
    }
  }
  return times;
}

/** Runs inside the page too: the smallest step of its clock, in milliseconds, and whether it is isolated. */
export function clockStep(): { step: number; isolated: boolean } {
  let step = Infinity;
  for (let found = 0, last = performance.now(); found < 100;) {
    const now = performance.now();
    if (now === last) continue;
    step = Math.min(step, now - last);
    last = now;
    found++;
  }
  return { step, isolated: crossOriginIsolated };
}
