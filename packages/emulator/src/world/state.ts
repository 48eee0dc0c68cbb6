import { uniqueText } from "../runtime/random.ts";
import type { App, AppLeaderboard, AppSubscription, AppUser, Person } from "./app.ts";
import type { Item } from "./catalogue.ts";
import type { Definition } from "./definition.ts";
import { Progress } from "./progress.ts";
import { createRenewals, type Renewals } from "./renewals.ts";
import type { WorldEvents } from "./world-events.ts";

/** What an id on the polymorphic `/{id}` route stands for. */
export type Node =
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "user"; readonly app: App; readonly user: AppUser }
  | { readonly kind: "definition"; readonly app: App; readonly definition: Definition }
  | { readonly kind: "progress"; readonly app: App; readonly user: AppUser; readonly row: Progress }
  | { readonly kind: "leaderboard"; readonly app: App; readonly leaderboard: AppLeaderboard }
  | { readonly kind: "entry"; readonly app: App; readonly leaderboard: AppLeaderboard; readonly user: AppUser }
  | { readonly kind: "item"; readonly app: App; readonly item: Item }
  | { readonly kind: "subscription"; readonly app: App; readonly subscription: AppSubscription }
  /** Deleted; remembered so that a second deletion is known for what it is. */
  | { readonly kind: "gone"; readonly was: "entry" | "leaderboard" | "progress" | "user" };

export interface UserToken {
  readonly user: AppUser;
  /** Milliseconds since the epoch; Infinity for never. */
  expiresAt: number;
  /** Made by account linking; it shows the organisation's id of its user. */
  readonly linked?: boolean;
}

export interface Nonce {
  readonly user: AppUser;
  readonly expiresAt: number;
  spent: boolean;
}

/** A code of account linking; good for one exchange. */
export interface LinkCode {
  readonly kind: "code" | "refresh";
  readonly person: Person;
  readonly expiresAt: number;
  spent: boolean;
}

/** What an attestation token of this world says; one that is not here is forged. */
export interface Attestation {
  readonly app: App;
  /** The claims as JSON text. */
  readonly claims: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** First ids of each kind. All above 2^53 and odd, so that reading one as a double shows. */
const FIRST_ID = {
  definition: 71_000_000_000_000_001n,
  progress: 72_000_000_000_000_001n,
  leaderboard: 73_000_000_000_000_001n,
  entry: 74_000_000_000_000_001n,
  item: 75_000_000_000_000_001n,
  offer: 76_000_000_000_000_001n,
  purchase: 77_000_000_000_000_001n,
  ban: 78_000_000_000_000_001n,
  subscription: 79_000_000_000_000_001n,
  federated: 81_000_000_000_000_001n,
  user: 24_010_000_000_000_001n,
  person: 91_020_000_000_000_001n,
} as const;

export type IdKind = keyof typeof FIRST_ID;

/** Everything the emulated platform knows. A reset makes a new one. */
export class WorldState {
  /** Another one for every start and reset, so that clients can tell that what they knew is gone. */
  readonly id: string = uniqueText();
  readonly apps: Map<string, App> = new Map();
  readonly people: Map<string, Person> = new Map();
  readonly nodes: Map<string, Node> = new Map();
  readonly tokens: Map<string, UserToken> = new Map();
  readonly nonces: Map<string, Nonce> = new Map();
  readonly linkCodes: Map<string, LinkCode> = new Map();
  /** By the whole token. */
  readonly attestations: Map<string, Attestation> = new Map();
  /** By the whole token `OC|id|secret`; federated apps too. */
  readonly appTokens: Map<string, App> = new Map();
  /** By their own id; they are no members of `apps`. */
  readonly federatedApps: Map<string, App> = new Map();
  readonly events: WorldEvents;
  readonly renewals: Renewals;
  readonly #nextIds: Record<IdKind, bigint> = { ...FIRST_ID };

  constructor(events: WorldEvents) {
    this.events = events;
    this.renewals = createRenewals(events);
  }

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
    this.nodes.set(row.id, { kind: "progress", app: user.app, user, row });
    return row;
  }

  removeProgress(user: AppUser): void {
    for (const row of user.progress.values()) this.nodes.set(row.id, { kind: "gone", was: "progress" });
    user.progress.clear();
  }

  mintEntryId(leaderboard: AppLeaderboard, user: AppUser): string {
    const id = this.mintId("entry");
    this.nodes.set(id, { kind: "entry", app: user.app, leaderboard, user });
    return id;
  }

  removeEntry(leaderboard: AppLeaderboard, userId: string): void {
    const entry = leaderboard.remove(userId);
    if (entry !== undefined) this.nodes.set(entry.id, { kind: "gone", was: "entry" });
  }

  /** Its entries go with it. */
  removeLeaderboard(app: App, leaderboard: AppLeaderboard): void {
    for (const { user } of leaderboard.ranked()) this.removeEntry(leaderboard, user.id);
    app.leaderboards.delete(leaderboard.options.apiName);
    this.nodes.set(leaderboard.options.id, { kind: "gone", was: "leaderboard" });
  }
}
