import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fold } from "../src/ledger/fold.ts";
import { Ledger } from "../src/ledger/ledger.ts";
import { keyOf, type PlannedEvent } from "../src/plan/events.ts";

const user = "72057594037930000";
let folder: string;
let ledger: Ledger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "questline-ledger-"));
  ledger = new Ledger(join(folder, "ledger.ndjson"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A match that ends with this forced rank. */
const end = (match: string, rank: number): PlannedEvent => {
  const payload = { won: false, steps: 1, map: 0, emblems: [], points: 1, rank, rankForced: true };
  return { match, user, event: "matchEnded", id: "", payload };
};
const [a, b] = [end("a", 10), end("b", 20)];
const plan = (...events: readonly PlannedEvent[]): void => events.forEach((event) => ledger.plan(event));
const rank = (): number | undefined => fold(ledger.planned).get(user)?.scores.RANK;

test("events count in the order of the plan", () => {
  plan(a, b);
  ledger.acknowledge(keyOf(a), "accepted");
  ledger.acknowledge(keyOf(b), "accepted");
  expect([rank(), ledger.openCount]).toEqual([20, 0]);
});

test("a report that was put off counts from when it was accepted", () => {
  plan(a, b);
  ledger.putOff(keyOf(a), "full");
  ledger.acknowledge(keyOf(b), "accepted");
  expect([ledger.open, ledger.putOffCount]).toEqual([[a], 1]);
  ledger.acknowledge(keyOf(a), "accepted");
  expect([rank(), ledger.accepted, ledger.putOffCount]).toEqual([10, 2, 0]);
});

test("what a dead process accepted without saying so counts before what later ones are told", () => {
  plan(a);
  ledger.lifeEnded();
  plan(b);
  ledger.acknowledge(keyOf(b), "accepted");
  ledger.acknowledge(keyOf(a), "duplicate");
  expect([rank(), ledger.acceptedTwice]).toEqual([20, []]);
});

test("what a dead process did not accept after all counts from when it was", () => {
  plan(a);
  ledger.lifeEnded();
  plan(b);
  ledger.acknowledge(keyOf(b), "accepted");
  ledger.acknowledge(keyOf(a), "accepted");
  expect(rank()).toBe(10);
});

test("a put-off report whose process dies with it counts after what was accepted meanwhile", () => {
  plan(a, b);
  ledger.lifeEnded();
  ledger.putOff(keyOf(a), "full");
  ledger.acknowledge(keyOf(b), "accepted");
  ledger.lifeEnded();
  ledger.acknowledge(keyOf(a), "duplicate");
  expect(rank()).toBe(10);
});
