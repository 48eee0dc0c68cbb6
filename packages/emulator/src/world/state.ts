import type { App, AppLeaderboard, AppUser, Person } from "./app.ts";
import type { Definition } from "./definition.ts";
import { Progress } from "./progress.ts";

/** What an id on the polymorphic `/{id}` route stands for. */
export type Node =
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "user"; readonly user: AppUser }
  | { readonly kind: "definition"; readonly definition: Definition }
  | { readonly kind: "leaderboard"; readonly leaderboard: AppLeaderboard }
  | { readonly kind: "entry" | "progress" };

export interface UserToken {
  readonly user: AppUser;
  /** Milliseconds since the epoch; Infinity for never. */
  expiresAt: number;
}

export interface Nonce {
  readonly user: AppUser;
  readonly expiresAt: number;
  spent: boolean;
}

/** First ids of each kind. All above 2^53 and odd, so that reading one as a double shows. */
const FIRST_ID = {
  definition: 71_000_000_000_000_001n,
  progress: 72_000_000_000_000_001n,
  leaderboard: 73_000_000_000_000_001n,
  entry: 74_000_000_000_000_001n,
  user: 24_010_000_000_000_001n,
  person: 91_020_000_000_000_001n,
} as const;

export type IdKind = keyof typeof FIRST_ID;

/** Everything the emulated platform knows. A reset makes a new one. */
export class WorldState {
  readonly apps: Map<string, App> = new Map();
  readonly people: Map<string, Person> = new Map();
  readonly nodes: Map<string, Node> = new Map();
  readonly tokens: Map<string, UserToken> = new Map();
  readonly nonces: Map<string, Nonce> = new Map();
  /** By the whole token `OC|id|secret`. */
  readonly appTokens: Map<string, App> = new Map();
  readonly #nextIds: Record<IdKind, bigint> = { ...FIRST_ID };

  mintId(kind: IdKind): string {
    for (;;) {
      const id = this.#nextIds[kind].toString();
      this.#nextIds[kind] += 2n;
      if (!this.nodes.has(id)) return id;
    }
  }

  /** The user's row for an achievement, made on first use. */
  progressRow(user: AppUser, definition: Definition): Progress {
    const existing = user.progress.get(definition.apiName);
    if (existing !== undefined) return existing;
    const row = new Progress(this.mintId("progress"), definition);
    user.progress.set(definition.apiName, row);
    this.nodes.set(row.id, { kind: "progress" });
    return row;
  }

  mintEntryId(): string {
    const id = this.mintId("entry");
    this.nodes.set(id, { kind: "entry" });
    return id;
  }
}
