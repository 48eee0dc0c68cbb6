import type { Person } from "./app.ts";
import type { LinkCode, WorldState } from "./state.ts";

/** A code of account linking under a text of its own. */
export function mintLinkCode(
  state: WorldState,
  kind: LinkCode["kind"],
  person: Person,
  expiresAt: number,
  text: string,
): string {
  state.linkCodes.set(text, { kind, person, expiresAt, spent: false });
  return text;
}
