/**
 * What operations by hand may not do, whoever has written them. Server and browser ask the same.
 *
 * @module
 */

import { isUrlAttribute, safeUrl } from "./url.ts";

/**
 * Whether an operation may write an attribute: not what runs script, not what elements are found by, and nothing of the
 * framework's own. (An app with names of its own for `data-reflex…` has them checked by the server as well.)
 *
 * @param name in any case
 */
export function isOpenAttribute(name: string): boolean {
  return /^(?!on|(srcdoc|http-equiv|attributename|sandbox|id|nonce|data-k)$|data-(argyle|raw|reflex))[a-z_][a-z0-9_.:-]*$/i
    .test(name);
}

const properties =
  /^(value|valueAsNumber|defaultValue|checked|defaultChecked|indeterminate|selected|selectedIndex|disabled|readOnly|required|multiple|placeholder|min|max|step|pattern|maxLength|minLength|rows|cols|size|wrap|hidden|inert|open|popover|title|lang|dir|tabIndex|className|draggable|spellcheck|contentEditable|autocomplete|inputMode|enterKeyHint|accept|alt|label|textContent|innerText|scrollTop|scrollLeft|volume|muted|currentTime|playbackRate|loop|autoplay|controls|preload|width|height|colSpan|rowSpan|span|returnValue|role|aria[A-Z]\w*)$/;

/**
 * Whether an operation may set a property of an element: of the platform's elements those of a list, of custom elements
 * whatever does not hold markup, script or a URL.
 *
 * @param custom whether it is a custom element's
 */
export function isOpenProperty(name: string, custom: boolean): boolean {
  return properties.test(name) || (custom && isHarmlessProperty(name));
}

/**
 * Whether a property holds neither markup nor script, nor leads anywhere (URLs are attributes' business): what a browser
 * asks of each, knowing the element. A custom element may have any other.
 */
export function isHarmlessProperty(name: string): boolean {
  return !/^(on|_|(id|nonce|data|protocol|constructor|text)$)|html|src|href|action|sandbox|httpequiv/i.test(
    name,
  );
}

/**
 * The value that an attribute or a property gets: a URL that may run script becomes one that leads nowhere.
 *
 * @param name of the attribute or the property
 */
export function openValue<T>(name: string, value: T): T | string {
  const attribute = name.toLowerCase();
  return isUrlAttribute(attribute) ? safeUrl(attribute, String(value)) : value;
}

/**
 * Whether a text of the form `name=value; …` may be written to `document.cookie`: not the framework's own cookies, and
 * none that only a server may set.
 */
export function isOpenCookie(cookie: string): boolean {
  return /^(?!__|argyle)[\w.-]+=/i.test(cookie);
}

/**
 * Where an operation leads: the URL, where it is of the page's own origin; or of another site, where that is wanted; else
 * nothing. (A `blob:` has an origin too, and may be a page that runs script.)
 *
 * @param here the page's own URL, or its origin
 * @param external whether it may lead to another site
 */
export function ownPlace(url: string, here: string, external = false): string | undefined {
  const place = URL.parse(url, here);
  const leads = place && /^https?:$/.test(place.protocol) &&
    (external || place.origin === URL.parse(here)?.origin);
  return leads ? place.href : undefined;
}
