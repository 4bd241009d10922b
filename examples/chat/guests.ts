import { contextKey, type Middleware } from "@argyle/argyle";

/** The name of somebody who has not chosen one. */
export const GuestName = contextKey<string>("guest name");

/** Gives every browser a number, kept in a cookie of its own: who has no name is somebody all the same. */
export function guests(path: string): Middleware {
  return async ({ request, url, set }, next) => {
    const known = /(?:^|;\s*)guest=(\d{4})(?:;|$)/.exec(request.headers.get("cookie") ?? "")?.[1];
    const number = known ?? String(1000 + Math.floor(Math.random() * 9000));
    set(GuestName, `Guest ${number}`);
    const response = await next();
    if (known === undefined) {
      const secure = url.protocol === "https:" ? "; Secure" : "";
      response.headers.append("set-cookie", `guest=${number}; Path=${path}; HttpOnly; SameSite=Lax${secure}`);
    }
    return response;
  };
}
