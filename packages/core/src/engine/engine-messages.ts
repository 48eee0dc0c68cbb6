import type { Counters } from "../delivery/counters.ts";
import type { Ended } from "../delivery/ended.ts";
import type { TokenWish } from "../delivery/outbox.ts";
import type { DeliveryPolicy } from "../delivery/policy.ts";
import type { Sabotage } from "../delivery/sabotage.ts";
import type { StoreProblem } from "../delivery/store-problem.ts";
import type { GraphOptions } from "../options.ts";
import type { OwnDefinitions } from "../platform-definitions.ts";
import type { Reason } from "../intent/outcome.ts";
import type { Throttle } from "../resilience/governor.ts";
import type { Logger } from "../runtime/log.ts";
import type { AskedVerb } from "../store/remote-store.ts";
import type { ThreadFile } from "../store/store-calls.ts";

/** What the engine's thread starts with. The secret stays in this process's memory. */
export interface EngineStart {
  readonly store: ThreadFile;
  readonly app: string;
  readonly secret: string;
  readonly graph: GraphOptions;
  readonly policy: DeliveryPolicy;
  readonly own: OwnDefinitions;
  readonly sabotage: Sabotage | undefined;
}

/** Verbs of the outbox; the others are its store's. */
export type EngineVerb =
  | AskedVerb
  | "engine:open"
  | "engine:accept"
  | "engine:settled"
  | "engine:wake"
  | "engine:kick"
  | "engine:prefetch"
  | "engine:forgetProgress"
  | "engine:flush"
  | "engine:owed"
  | "engine:close"
  | "engine:world"
  | "engine:hurry"
  | "engine:definitions"
  | "engine:token";

/** What the engine says unasked. */
export type EngineEvent =
  /** Its code runs: what comes next is the file. */
  | { readonly is: "started" }
  | { readonly is: "ended"; readonly ended: Ended }
  | { readonly is: "counters"; readonly counters: Counters }
  | { readonly is: "throttle"; readonly throttle: Throttle<Reason> }
  | { readonly is: "problem"; readonly problem: StoreProblem | undefined }
  | { readonly is: "token-wanted"; readonly wish: TokenWish }
  /** Answered by `engine:token` with the same number. */
  | { readonly is: "token-needed"; readonly number: number; readonly user: string }
  | { readonly is: "token-refused"; readonly user: string; readonly token: string }
  | { readonly is: "log"; readonly level: keyof Logger; readonly fields: object; readonly message: string };
