/**
 * New stylesheets and pictures, without a new page.
 *
 * @module
 */

let count = 0;

/**
 * Takes a stylesheet that has changed, and all of them where none has its path: it may be imported by one. The new one is
 * there before the old one goes, so that nothing is ever without style.
 */
export function swapStyle(path: string): void {
  const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel~=stylesheet]")]
    .filter((link) =>
      new URL(link.href, location.href).origin === location.origin && !link.dataset.argyleSwap
    );
  const meant = links.filter((link) => pathOf(link.href) === path);
  for (const link of meant.length > 0 ? meant : links) void swap(link);
}

/** Shows a picture that has changed. */
export function swapImages(path: string): void {
  for (const image of document.images) {
    if (pathOf(image.currentSrc || image.src) !== path) continue;
    const { src } = image;
    // It may be kept under its own name: it is fetched into the cache first, and then shown from there.
    void fetch(src, { cache: "reload" }).then(() => image.src = src);
  }
}

// The server's element stays the server's, with the address that it has written: a patch finds it as it was. Another
// stands in for it while it is read again.
async function swap(link: HTMLLinkElement): Promise<void> {
  const href = link.getAttribute("href")!, standIn = link.cloneNode() as HTMLLinkElement;
  const fresh = new URL(link.href);
  fresh.searchParams.set("argyle-dev", `${++count}`);
  standIn.href = fresh.href;
  standIn.dataset.argyleSwap = "";
  standIn.removeAttribute("id");
  const loaded = settled(standIn);
  link.after(standIn);
  await Promise.all([loaded, fetch(href, { cache: "reload" }).then((response) => response.arrayBuffer())]);
  const read = settled(link);
  // A browser does not read again what it was told already.
  link.removeAttribute("href");
  link.setAttribute("href", href);
  await read;
  standIn.remove();
}

function settled(link: HTMLLinkElement): Promise<void> {
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve(), { once: true });
    link.addEventListener("error", () => resolve(), { once: true });
  });
}

function pathOf(url: string): string {
  return new URL(url, location.href).pathname;
}
