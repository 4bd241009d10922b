/**
 * Where a SockSync peer is.
 *
 * @module
 */

/**
 * The whole address of a socket: `/ws/socksync` on `https://shop.test/` is `wss://shop.test/ws/socksync`.
 *
 * @param base the page's address, where there is a page
 * @throws TypeError for what is no address of a socket, or one without a host where there is no page
 */
export function syncAddress(url: string | URL, base: string | undefined): string {
  let address: URL;
  try {
    address = new URL(url, base);
  } catch (cause) {
    const where = base ? `from ${base}` : "without its host: there is no page here whose host it could be";
    throw new TypeError(`Cannot connect to ${JSON.stringify(url)} ${where}.`, { cause });
  }
  address.protocol = address.protocol.replace("http", "ws");
  if (!/^wss?:$/.test(address.protocol)) {
    throw new TypeError(`Cannot connect to ${address.href}: it is no address of a socket.`);
  }
  address.hash = ""; // no part of what a server sees, and some refuse it
  return address.href;
}
