/**
 * Whose address a request comes from, as far as that is known.
 *
 * @module
 */

/**
 * Names whoever a request comes from: an IPv4 address, or the first half of an IPv6 one, since a household or a rented
 * machine has that many addresses of its own.
 *
 * Without proxies it is the other end of the connection, but only where that is an address of the public network: behind
 * one of this machine or of a private network there may be a proxy that nobody has told us of, and all clients would
 * count as one. With proxies it is what the outermost of them has seen: each adds, at the right end of
 * `X-Forwarded-For`, who has come to it. What stands further left was written by whoever sent the request.
 *
 * @param request its headers count only where there are proxies
 * @param info what `Deno.serve` gives with a request; anything else says nothing
 * @param proxies how many proxies of ours there are
 * @returns `undefined` where it is not known
 */
export function senderOf(request: Request, info: unknown, proxies: number): string | undefined {
  if (proxies > 0) {
    const hops = request.headers.get("x-forwarded-for")?.split(",") ?? [];
    const address = readAddress(withoutPort(hops.at(-proxies)?.trim() ?? ""));
    return address === undefined ? undefined : nameOf(address);
  }
  const { hostname } = (info as Partial<Deno.ServeHandlerInfo> | undefined)?.remoteAddr as
    | Partial<Deno.NetAddr>
    | undefined ?? {};
  const address = readAddress(hostname ?? "");
  return address === undefined || isPrivate(address) ? undefined : nameOf(address);
}

/**
 * How many proxies an app has been told of.
 *
 * @throws TypeError for what is no number of them
 */
export function readProxies(proxies: number): number {
  if (!Number.isSafeInteger(proxies) || proxies < 0) {
    throw new TypeError(
      `Cannot trust ${proxies} proxies: trustProxy is how many stand in front of the app, 0 for none.`,
    );
  }
  return proxies;
}

/** Four numbers of 8 bits, or eight of 16. */
type Address = readonly number[];

function readAddress(text: string): Address | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const numbers = text.split(".").map(Number);
    return numbers.every((number) => number <= 255) ? numbers : undefined;
  }
  if (!/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return undefined;
  const host = URL.parse(`http://[${text}]/`)?.hostname;
  if (host === undefined) return undefined;
  const [left = "", right] = host.slice(1, -1).split("::");
  const before = groups(left), after = groups(right ?? "");
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  // An IPv4 address as a socket that listens for both has it.
  const isMapped = all.slice(0, 5).every((group) => group === 0) && all[5] === 0xffff;
  return isMapped ? all.slice(6).flatMap((group) => [group >> 8, group & 0xff]) : all;
}

function groups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
}

// Some proxies write it: `192.0.2.1:50000`, `[2001:db8::1]:50000`.
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](:\d{1,5})?$/.exec(text)?.[1] ?? text.replace(/^(\d[\d.]*):\d{1,5}$/, "$1");
}

function nameOf(address: Address): string {
  if (address.length === 4) return address.join(".");
  return `${address.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

// Nobody comes from there but this machine, its network, or a carrier's own (RFC 6890, 6598, 4193).
function isPrivate(address: Address): boolean {
  const [a = 0, b = 0] = address;
  if (address.length === 4) {
    return a === 0 || a === 10 || a === 127 || (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  }
  return address.slice(0, 7).every((group) => group === 0) || (a & 0xfe00) === 0xfc00 ||
    (a & 0xffc0) === 0xfe80;
}
