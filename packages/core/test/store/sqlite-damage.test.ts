import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import type { SetAside } from "../../src/store/lane-records.ts";
import { change, openFile } from "./damage.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  best,
  count,
  delivered,
  endOne,
  firing,
  forced,
  HOUR,
  key,
  leaseAndEnd,
  leaseOne,
  openAs,
  QUIET_MS,
  refused,
  stageOne,
  T0,
  USER,
} from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const ID = `${APP}\n${USER}\na\nWINS`;
const others = ["1", "2", "3"];

/** A file with a count of USER's that is longest due, and those of three others. */
async function filled(): Promise<string> {
  const path = nextPath();
  const { store } = await openFile(path);
  await acceptOne(store, firing(count(7n), { at: T0 - HOUR }));
  for (const user of others) await acceptOne(store, firing(count(1n), { user }));
  await store.close();
  return path;
}

it.each([
  ["is not JSON", "substr(row, 1, 40)"],
  ["is empty", "''"],
  ["is bytes", "CAST(row AS BLOB)"],
  ["is a number", "7"],
  ["has a number as text", `json_set(row, '$.seq', '1')`],
  ["lacks a field", `json_remove(row, '$.attempts')`],
  ["is in a state nobody knows", `json_set(row, '$.phase.state', 'flying')`],
  ["has a seq no lane can have", `json_set(row, '$.seq', -3)`],
  ["has settled more than it got", `json_set(row, '$.settledThrough', 9)`],
  ["holds a value of another kind", `json_set(row, '$.pending.value.type', 'score')`],
  ["holds a count below zero", `json_set(row, '$.pending.value.count', '-7')`],
  ["holds bits beyond their length", `json_set(row, '$.pending.value.bits', '255')`],
  ["is parked with nothing", `json_remove(json_set(row, '$.phase.state', 'parked'), '$.pending')`],
])("sets a lane's row aside that %s, and delivers the others", async (_, damaged) => {
  const path = await filled();
  const before = new DatabaseSync(path);
  before.exec(`UPDATE lanes SET row = ${damaged} WHERE id = '${ID}'`);
  const stored = before.prepare("SELECT row FROM lanes WHERE id = ?").get(ID)?.["row"];
  before.close();
  const { store, told } = await openFile(path, "second");
  const leased = await store.lease(10, T0);
  expect(leased.map(({ key: { user } }) => user)).toEqual(others);
  for (const lane of leased) await endOne(store, lane, delivered);
  const text = stored instanceof Uint8Array ? `x'${Buffer.from(stored).toString("hex")}'` : String(stored);
  const rows: readonly SetAside[] = [
    { id: 1, what: "lane", ...key(count(1n)), text, why: expect.stringContaining("7001\\na\\nWINS") as string, at: T0 },
  ];
  expect(await store.setAside()).toEqual(rows);
  expect(told).toEqual(rows);
  expect(await store.owed()).toEqual({ pending: 0, inFlight: 0, inDoubt: 0, parked: 0, dead: 0, setAside: 1 });
  expect(await store.nextDue()).toBeUndefined();
  await store.close();
});

it.each([
  ["a due time that is text", "due = 'soon'"],
  ["a due time beyond all numbers", "due = 9223372036854775807"],
  ["a due time below all numbers", "due = -9223372036854775807"],
  ["a due time long past for a lane that waits", "due = 5"],
  ["a state nobody knows", "state = 'flying'"],
])("finds a lane by its row where it is filed under %s", async (_, damaged) => {
  const path = await filled();
  change(path, `UPDATE lanes SET ${damaged} WHERE id = ?`, ID);
  const { store, told } = await openFile(path, "second");
  await store.nextDue();
  expect((await store.lease(10, T0 - 1)).map(({ key: { user } }) => user)).toEqual([USER]);
  expect(await store.owed()).toMatchObject({ pending: 3, inFlight: 1, setAside: 0 });
  expect(await store.nextDue()).toBe(T0);
  expect(told).toEqual([]);
  await store.close();
});

it("leases nothing that is filed as due and is not", async () => {
  const path = await filled();
  change(path, "UPDATE lanes SET row = json_set(row, '$.notBefore', ?) WHERE id = ?", T0 + HOUR, ID);
  const { store } = await openFile(path, "second");
  expect((await store.lease(3, T0)).map(({ key: { user } }) => user)).toEqual(others);
  expect(await store.nextDue()).toBe(T0 + HOUR);
  await store.close();
});

it.each(["no lane's name", `${APP}\n${USER}\nx\nWINS`, "", `${APP}\n\na\nWINS`])(
  "sets a row aside whose id is %j, without another in its place",
  async (id) => {
    const path = await filled();
    change(path, "UPDATE lanes SET id = ? WHERE id = ?", id, ID);
    const { store } = await openFile(path, "second");
    expect(await store.lease(10, T0)).toHaveLength(3);
    expect(await store.setAside()).toMatchObject([{ what: "lane", text: expect.stringContaining('"count":"7"') }]);
    expect(await store.inspect()).toHaveLength(3);
    await store.close();
  },
);

it("leases what is due behind more damaged rows than it may lease", async () => {
  const path = await filled();
  change(path, "UPDATE lanes SET row = '{' WHERE id NOT LIKE ?", `${APP}\n3\n%`);
  const { store } = await openFile(path, "second");
  expect((await store.lease(1, T0)).map(({ key: { user } }) => user)).toEqual(["3"]);
  expect(await store.owed()).toMatchObject({ pending: 0, inFlight: 1, setAside: 3 });
  await store.close();
});

it("sets aside what is met in passing, such as by who only looks", async () => {
  const path = await filled();
  change(path, "UPDATE lanes SET row = '{' WHERE id = ?", ID);
  const { store, told } = await openFile(path, "second");
  const [lanes, owed] = await Promise.all([store.inspect({ app: APP, user: USER }), store.owed()]);
  expect(lanes).toMatchObject([{ state: "idle" }]);
  expect(owed).toMatchObject({ setAside: 1 });
  expect(told).toHaveLength(1);
  expect(await store.announcements(APP, USER)).toEqual([]);
  expect(told).toHaveLength(1);
  await store.close();
});

it("sets an idle lane's row aside once", async () => {
  const path = await filled();
  const first = await openFile(path, "second");
  for (const lane of await first.store.lease(10, T0)) await endOne(first.store, lane, delivered);
  await first.store.close();
  change(path, "UPDATE lanes SET row = '{' WHERE id = ?", ID);
  for (const incarnation of ["third", "fourth"]) {
    const { store } = await openFile(path, incarnation);
    expect(await store.inspect()).toHaveLength(4);
    expect(await store.owed()).toMatchObject({ setAside: 1 });
    await store.close();
  }
});

it("tells of damaged rows across the thread of its file, those met while opening included", async () => {
  const path = await filled();
  change(path, "UPDATE lanes SET due = ?, state = 'leased', row = '{' WHERE id = ?", Number.MAX_SAFE_INTEGER, ID);
  change(path, "UPDATE lanes SET row = '[' WHERE id = ?", `${APP}\n1\na\nWINS`);
  const store = sqliteStore(path);
  const told: string[] = [];
  store.onSetAside?.((rows) => void told.push(...rows.map(({ user = "" }) => user)));
  await openAs(store, "second");
  expect(told).toEqual([USER]);
  expect(await store.lease(10, T0)).toHaveLength(2);
  expect(told).toEqual([USER, "1"]);
  await store.close();
});

it("begins a lane anew above all that it had, and holds it back until a quiet period after it is first due", async () => {
  const path = nextPath();
  const first = await openFile(path);
  await acceptOne(first.store, firing(count(1n)));
  const progress = { count: 1n, unlocked: false, at: T0 };
  const old = await leaseAndEnd(first.store, { type: "settled", how: "delivered", progress });
  await acceptOne(first.store, firing(count(2n)));
  await stageOne(first.store, await leaseOne(first.store));
  await first.store.close();
  change(path, "UPDATE lanes SET row = '{' WHERE id = ?", ID);

  const { store } = await openFile(path, "second", T0 + 1);
  expect(await store.ended(ID, 1)).toMatchObject({ how: "delivered", toSeq: old.toSeq });
  expect(await store.ended(ID, 2)).toMatchObject({ how: "dead", reason: "unreadable" });
  const again = await acceptOne(store, firing(count(4n), { at: T0 + 1 }));
  const seq = again?.status === "accepted" ? again.seq : 0;
  expect(seq).toBeGreaterThan(2);
  expect(await store.ended(ID, seq - 1)).toMatchObject({ how: "dead", reason: "unreadable" });
  expect(await store.ended(ID, seq)).toBeUndefined();
  const due = T0 + 500;
  expect(await store.lease(10, due)).toEqual([]);
  await store.makeDue(due);
  expect(await store.nextDue()).toBe(due + QUIET_MS);
  expect(await store.lease(10, due + QUIET_MS - 1)).toEqual([]);
  const lane = await leaseOne(store, due + QUIET_MS);
  expect(lane).toMatchObject({ value: valueOf(count(4n)), fromSeq: seq, toSeq: seq, inTheAirUntil: due + QUIET_MS });
  expect(lane.progress).toBeUndefined();
  expect(lane.epoch).toBeGreaterThan(0);
  await store.close();
});

it("holds a lane that was begun anew back also in the process after", async () => {
  const path = await filled();
  change(path, "UPDATE lanes SET row = '{' WHERE id = ?", ID);
  const second = await openFile(path, "second");
  await acceptOne(second.store, firing(count(1n), { dueAt: T0 + 10 }));
  await second.store.close();
  const { store } = await openFile(path, "third");
  expect(await store.lease(10, T0 + 10)).toHaveLength(3);
  expect(await store.nextDue()).toBe(T0 + 10 + QUIET_MS);
  await store.close();
});

it("never gives a lane's seq twice, however often its row is damaged", async () => {
  const path = nextPath();
  const seqs: number[] = [];
  for (let life = 0; life < 4; life += 1) {
    const { store } = await openFile(path, `life-${life}`);
    for (const taken of await acceptAll(store, [firing(count(1n)), firing(count(1n))])) {
      if (taken.status === "accepted") seqs.push(taken.seq);
    }
    await store.close();
    change(path, "UPDATE lanes SET row = '{'");
  }
  expect(new Set(seqs).size).toBe(8);
});

it("does not send a forced score after what it cannot read: it may have been overtaken", async () => {
  const path = nextPath();
  const first = await openFile(path);
  await acceptOne(first.store, firing(forced(5n)));
  await leaseAndEnd(first.store, refused);
  await first.store.close();
  change(path, "UPDATE lanes SET row = '{'");
  const { store } = await openFile(path, "second");
  expect(await store.requeue(1, T0)).toBe(false);
  await acceptOne(store, firing(best(4n)));
  await store.lease(1, T0);
  expect((await leaseOne(store, T0 + QUIET_MS)).value).toMatchObject({ forced: false, highest: { score: 4n } });
  await store.close();
});
