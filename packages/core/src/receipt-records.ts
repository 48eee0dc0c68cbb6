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
      const record = await lastEnd(store, firing.lane, firing.seq);
      return { ...told(firing), ...(record === undefined ? standing(byId.get(firing.lane)) : final(record)) };
    }),
  );
}

type Told = Pick<ReceiptRecord, "matchId" | "event" | "occurrence" | "rule" | "target" | "reportedAt">;
type Fate = Omit<ReceiptRecord, keyof Told>;

function told({ once, lane, at }: RememberedFiring): Told {
  const { match: matchId, event, occurrence, rule } = once;
  return { matchId, event, occurrence, rule, target: laneKeyOf(lane).target, reportedAt: at };
}

/** A dead value that was requeued ends as what it became; undefined while that is owed. */
async function lastEnd(store: LaneStore, lane: string, seq: number): Promise<SendRecord | undefined> {
  const record = await store.ended(lane, seq);
  return record?.requeuedAs === undefined ? record : lastEnd(store, lane, record.requeuedAs);
}

function final({ how, reason, attempts, last, at, factAgeMs }: SendRecord): Fate {
  if (how === "forgotten" || how === "requeued") return { status: "forgotten", attempts };
  return {
    status: how === "verdict" ? "delivered" : how,
    ...(reason === undefined ? {} : { reason }),
    attempts,
    ...(last === undefined ? {} : { last }),
    ...(factAgeMs === undefined ? {} : { factAgeMs }),
    endedAt: at,
  };
}

/** Not final; a lane that is gone has ended all of it, longer ago than records are kept. */
function standing(lane: LaneSnapshot | undefined): Fate {
  if (lane === undefined) return { status: "forgotten", attempts: 0 };
  const last = lane.history.at(-1);
  return {
    status: "waiting",
    waiting: lane.state,
    ...(lane.reason === undefined ? {} : { reason: lane.reason }),
    attempts: lane.attempts,
    ...(last === undefined ? {} : { last }),
  };
}
