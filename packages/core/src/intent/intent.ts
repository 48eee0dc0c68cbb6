/** A score with what travels beside it; `extra` is standard base64 of at most 2048 decoded bytes. */
export interface ScoreEntry {
  readonly score: bigint;
  readonly extra?: string;
}

/** A wanted change at Meta for one user: the goal, not the call. */
export type Intent =
  | { readonly kind: "unlock"; readonly target: string }
  | { readonly kind: "addCount"; readonly target: string; readonly n: bigint }
  /** `bits` is a mask: bit i of the number is position i of the platform's text, counted from the left. */
  | { readonly kind: "addBits"; readonly target: string; readonly bits: bigint; readonly length: number }
  | { readonly kind: "submitScore"; readonly target: string; readonly entry: ScoreEntry; readonly force: boolean };

export type IntentKind = Intent["kind"];

/** What a lane is for. */
export interface LaneTarget {
  readonly type: "achievement" | "leaderboard";
  readonly name: string;
}

/** One app, user and target: what has an order, one pending value and at most one value in flight. */
export interface LaneKey {
  readonly app: string;
  readonly user: string;
  readonly target: LaneTarget;
}

/** The lane's identity as text; names cannot contain a newline, so parts never run together. */
export function laneId(key: LaneKey): string {
  return `${key.app}\n${key.user}\n${targetPart(key.target)}`;
}

/** What a lane's identity says of its target, after its app and user. */
export function targetPart(target: LaneTarget): string {
  return `${target.type === "achievement" ? "a" : "l"}\n${target.name}`;
}

/** Whether `laneId` can have written this. */
export function isLaneId(text: unknown): text is string {
  if (typeof text !== "string") return false;
  const parts = text.split("\n");
  return parts.length === 4 && !parts.includes("") && (parts[2] === "a" || parts[2] === "l");
}

/** Reads what `laneId` wrote. */
export function laneKeyOf(id: string): LaneKey {
  const [app = "", user = "", type, name = ""] = id.split("\n");
  return { app, user, target: { type: type === "a" ? "achievement" : "leaderboard", name } };
}

/** The lane an intent of `user` belongs to. */
export function laneKeyFor(app: string, user: string, intent: Intent): LaneKey {
  const type = intent.kind === "submitScore" ? "leaderboard" : "achievement";
  return { app, user, target: { type, name: intent.target } };
}
