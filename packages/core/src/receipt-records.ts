import { laneKeyOf } from "./intent/intent.ts";
import type { ReceiptRecord } from "./questline.ts";
import type { LaneSnapshot, RememberedFiring, SendRecord } from "./store/lane-records.ts";
import type { LaneStore } from "./store/lane-store.ts";

/** What became of a player's remembered firings, in the order they were accepted. */
export async function receiptRecords(
  store: LaneStore,
  filter: { readonly app: string; readonly user: string; readonly match?: string },
): Promise<readonly ReceiptRecord[]> {
  const { app, user } = filter;
  const [firings, lanes] = await Promise.all([store.remembered(filter), store.inspect({ app, user })]);
  const byId = new Map(lanes.map((lane) => [lane.id, lane]));
  return Promise.all(
    firings.map(async (firing) => {
      const record = await store.ended(firing.lane, firing.seq);
      return { ...told(firing), ...(record === undefined ? standing(firing, byId.get(firing.lane)) : final(record)) };
    }),
  );
}

type Told = Pick<ReceiptRecord, "matchId" | "event" | "occurrence" | "rule" | "target" | "reportedAt">;
type Fate = Omit<ReceiptRecord, keyof Told>;

function told({ once, lane, at }: RememberedFiring): Told {
  const { match: matchId, event, occurrence, rule } = once;
  return { matchId, event, occurrence, rule, target: laneKeyOf(lane).target, reportedAt: at };
}

function final({ how, reason, attempts, last, at }: SendRecord): Fate {
  return {
    status: how === "verdict" ? "delivered" : how,
    ...(reason === undefined ? {} : { reason }),
    attempts,
    ...(last === undefined ? {} : { last }),
    endedAt: at,
  };
}

/** Not final: or final so long ago that its record is gone, which the lane's own count of settled seqs still tells. */
function standing({ seq }: RememberedFiring, lane: LaneSnapshot | undefined): Fate {
  if (lane === undefined || lane.settledThrough >= seq) return { status: "delivered", attempts: 0 };
  const last = lane.history.at(-1);
  return {
    status: "waiting",
    waiting: lane.state,
    ...(lane.reason === undefined ? {} : { reason: lane.reason }),
    attempts: lane.attempts,
    ...(last === undefined ? {} : { last }),
  };
}
