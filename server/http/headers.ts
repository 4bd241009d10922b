/**
 * The headers that every response carries.
 *
 * @module
 */

const always: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "strict-origin-when-cross-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["x-frame-options", "DENY"],
  ["permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"],
  ["origin-agent-cluster", "?1"],
];

/** Puts the security headers on a response, where it does not have them already. */
export function secureHeaders(headers: Headers, secure: boolean): void {
  for (const [name, value] of always) {
    if (!headers.has(name)) headers.set(name, value);
  }
  if (secure && !headers.has("strict-transport-security")) {
    headers.set("strict-transport-security", "max-age=31536000");
  }
}

/**
 * The content security policy of a page: nothing inline runs but what carries this response's nonce. Style
 * attributes are let through alone, since a render writes them.
 */
export function contentSecurityPolicy(nonce: string, secure: boolean): string {
  return policy(`'nonce-${nonce}'`, `'self' 'nonce-${nonce}'`, secure);
}

/**
 * The policy of a page that caches keep, which can have no nonce: scripts are files of our own; inline styles, and the
 * names under which islands import, are allowed by their content.
 */
export async function publicPolicy(html: string, secure: boolean): Promise<string> {
  const styles = await hashesOf(html, /<style[^>]*>([^]*?)<\/style>/g);
  // Ours, which stands before all that the page has written.
  const names = await hashesOf(
    html.slice(0, html.indexOf("<meta")),
    /<script type="importmap">([^]*?)<\/script>/g,
  );
  return policy(["'self'", ...names].join(" "), ["'self'", ...styles].join(" "), secure);
}

async function hashesOf(html: string, pattern: RegExp): Promise<string[]> {
  return await Promise.all([...html.matchAll(pattern)].map(async ([, text = ""]) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return `'sha256-${new Uint8Array(digest).toBase64()}'`;
  }));
}

function policy(scripts: string, styles: string, secure: boolean): string {
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    ...(secure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

/** A nonce of 128 random bits, for one response. */
export function makeNonce(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}
