import type { LaneRow } from "./lane-row.ts";
import type { Announcement } from "./lane-records.ts";

/** The row with the unlock of its epoch announced; once per epoch, so else the same object. */
export function announceRow(row: LaneRow, at: number): LaneRow {
  const { epoch, announced } = row;
  if ((announced.at(-1)?.epoch ?? -1) >= epoch) return row;
  const open = announced.filter(({ acknowledged }) => !acknowledged);
  return { ...row, announced: [...open, { epoch, at, acknowledged: false }] };
}

/** The row with these announcements acknowledged, or the same object where none of them stood. */
export function acknowledgeRow(row: LaneRow, ids: ReadonlySet<string>): LaneRow {
  const ends = row.announced.map((one) => !one.acknowledged && ids.has(idOf(row, one.epoch)));
  if (!ends.includes(true)) return row;
  const marked = row.announced.map((one, index) => (ends[index] === true ? { ...one, acknowledged: true } : one));
  // The last one stays, so that its epoch is not announced again.
  return { ...row, announced: marked.filter((one, index) => !one.acknowledged || index === marked.length - 1) };
}

export function openAnnouncements(row: LaneRow): readonly Announcement[] {
  return row.announced
    .filter(({ acknowledged }) => !acknowledged)
    .map(({ epoch, at }) => ({ id: idOf(row, epoch), achievement: row.key.target.name, at }));
}

function idOf(row: LaneRow, epoch: number): string {
  return `${row.key.target.name}:${epoch}`;
}
