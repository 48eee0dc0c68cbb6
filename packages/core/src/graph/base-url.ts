import { QuestlineError } from "../errors/questline-error.ts";

export const PRODUCTION_URL = "https://graph.oculus.com";

/** Where requests go. */
export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly hostname: string;
  /** Path in front of every request's own, without a slash at its end; mostly empty. */
  readonly prefix: string;
}

/** Reads a base URL. Throws `bad_input`, without showing the text: people put credentials there. */
export function readBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem =
    url === undefined
      ? "is not a URL"
      : url.protocol !== "https:" && url.protocol !== "http:"
        ? "must begin with https:// or http://"
        : url.username !== "" || url.password !== ""
          ? "must not hold a user name or password"
          : url.search !== "" || url.hash !== ""
            ? "must not hold a query or fragment"
            : undefined;
  if (url === undefined || problem !== undefined) {
    throw new QuestlineError("bad_input", `The platform's base URL ${problem}; give one such as ${PRODUCTION_URL}.`);
  }
  return { origin: url.origin, hostname: url.hostname, prefix: url.pathname.replace(/\/+$/, "") };
}
