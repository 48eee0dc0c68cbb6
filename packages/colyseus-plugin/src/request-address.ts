import { clientAddress } from "@questline/core";

/** Where a client came from, as Colyseus reads it: a proxy's word first, which is only worth what that proxy is. */
const FORWARDED = ["x-real-ip", "x-forwarded-for", "x-client-ip"] as const;

/** The address that tells apart who sent a request, whose own connection came from `peer`; undefined where none does. */
export function requestAddress(headers: Headers, peer: string | undefined): string | undefined {
  const forwarded = FORWARDED.map((name) => headers.get(name)).find((value) => value !== null && value !== "");
  return clientAddress(forwarded ?? peer);
}
