import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { change, openFile } from "./damage.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  count,
  delivered,
  firing,
  HOUR,
  leaseAndEnd,
  leaseOne,
  openAs,
  refused,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const ID = `${APP}\n${USER}\na\nWINS`;

const once = (event: string, occurrence = "", match = "m") => ({ match, event, occurrence, rule: "r" });

/** A file that remembers two firings of match m and one of match n, and an occurrence of each. */
async function remembering(): Promise<string> {
  const path = nextPath();
  const { store } = await openFile(path);
  const keys = [once("end"), once("won"), once("end", "", "n"), once("kill", "k-1"), once("kill", "k-1", "n")];
  await acceptAll(
    store,
    keys.map((one) => firing(count(1n), { once: one })),
  );
  await leaseAndEnd(store, delivered);
  await store.close();
  return path;
}

it("refuses only reports of the match and player whose identities cannot be read, until a person lets them count", async () => {
  const path = await remembering();
  change(path, "UPDATE matches_0 SET firings = substr(firings, 2) WHERE name LIKE '1:m%'");
  const { store, told } = await openFile(path, "second");
  const report = (one: ReturnType<typeof once>, user = USER) => [firing(count(1n), { once: one, user })];
  const answers = await store.accept([
    report(once("end")),
    report(once("new")),
    report(once("kill", "k-1")),
    report(once("kill", "k-2")),
    report(once("end", "", "n")),
    report(once("end"), "7002"),
    [firing(count(1n))],
  ]);
  expect(answers.map((answer) => (answer.status === "taken" ? answer.firings[0]?.status : answer.reason))).toEqual([
    "unreadable",
    "unreadable",
    "duplicate",
    "accepted",
    "duplicate",
    "accepted",
    "accepted",
  ]);
  expect(answers[0]).toMatchObject({ detail: expect.stringMatching(/player "7001" had counted of match "m"/) });
  expect(await store.setAside()).toMatchObject([{ id: 1, what: "match", app: APP, user: USER, match: "m" }]);
  expect(told).toHaveLength(1);
  await store.close();

  const third = await openFile(path, "third");
  expect(await third.store.accept([report(once("won"))])).toMatchObject([{ reason: "unreadable" }]);
  expect(third.told).toEqual([]);
  expect(await third.store.dropSetAside(1)).toBe(true);
  expect(await third.store.dropSetAside(1)).toBe(false);
  expect(await third.store.accept([report(once("won")), report(once("won"))])).toMatchObject([
    { firings: [{ status: "accepted" }] },
    { firings: [{ status: "duplicate" }] },
  ]);
  expect(await third.store.owed()).toMatchObject({ setAside: 0 });
  await third.store.close();
});

it("forgets what it cannot read of a match with its generation", async () => {
  const path = await remembering();
  change(path, "UPDATE matches_0 SET firings = '[' WHERE name LIKE '1:m%'");
  const { store } = await openFile(path, "second");
  const report = [firing(count(1n), { once: once("end"), at: T0 + 3 * HOUR })];
  expect(await store.accept([report])).toMatchObject([{ reason: "unreadable" }]);
  await store.purge(T0 + HOUR);
  expect(await store.accept([report])).toMatchObject([{ firings: [{ status: "accepted" }] }]);
  await store.close();
});

it("takes identities as given whose names still read well, and an occurrence for the row that is there", async () => {
  const path = await remembering();
  change(path, "UPDATE matches_0 SET firings = json_set(firings, '$[0][3]', 'x') WHERE name LIKE '1:m%'");
  change(path, "UPDATE occurrences_0 SET entry = 'x' WHERE name LIKE '%1:m%'");
  const { store, told } = await openFile(path, "second");
  const repeats = [once("end"), once("won"), once("kill", "k-1")].map((one) => firing(count(1n), { once: one }));
  expect((await acceptAll(store, repeats)).map(({ status }) => status)).toEqual(repeats.map(() => "duplicate"));
  expect(await acceptOne(store, firing(count(1n), { once: once("new") }))).toMatchObject({ status: "accepted" });
  expect(told.map(({ what, user, match }) => [what, user, match])).toEqual([
    ["match", USER, "m"],
    ["occurrence", USER, "m"],
  ]);
  expect((await store.remembered({ app: APP, user: USER })).map(({ once: { match } }) => match)).toEqual([
    "n",
    "n",
    "m",
  ]);
  await store.close();
});

it("says that it does not know how a result ended whose record cannot be read", async () => {
  const path = await remembering();
  const { store, told } = await openFile(path, "second");
  await store.close();
  change(path, "UPDATE sends_0 SET how = 'flown', at = 9223372036854775807");
  const third = await openFile(path, "third");
  expect(await third.store.ended(ID, 3)).toEqual({
    fromSeq: 1,
    toSeq: 5,
    how: "unknown",
    reason: "unreadable",
    attempts: 0,
    at: T0,
  });
  expect(await third.store.ended(ID, 3)).toMatchObject({ how: "unknown" });
  expect(third.told).toMatchObject([{ what: "send-record", user: USER, text: expect.stringContaining("flown") }]);
  expect(told).toEqual([]);
  await third.store.close();
});

it("sets a dead letter aside that cannot be read, and lists the others", async () => {
  const path = nextPath();
  const first = await openFile(path);
  for (const user of ["1", "2", "3"]) {
    await acceptOne(first.store, firing(count(1n), { user }));
    await leaseAndEnd(first.store, refused);
  }
  await first.store.close();
  change(path, "UPDATE dead_letters SET letter = json_set(letter, '$.value.count', 5) WHERE id = 1");
  change(path, "UPDATE dead_letters SET lane = 'nobody' WHERE id = 2");
  const { store, told } = await openFile(path, "second");
  expect((await store.deadLetters()).map(({ id }) => id)).toEqual([3]);
  expect(await store.owed()).toMatchObject({ dead: 1, setAside: 2 });
  expect(told.map(({ what, user }) => [what, user])).toEqual([
    ["dead-letter", "1"],
    ["dead-letter", undefined],
  ]);
  expect(await store.requeue(1, T0)).toBe(false);
  expect(await store.requeue(3, T0)).toBe(true);
  await store.close();
});

it("opens without its notes: nothing counts twice, and numbers go on above all that were given", async () => {
  const path = await remembering();
  const before = await openFile(path, "second");
  const { leaseToken } = await acceptOne(before.store, firing(unlock("FIRST"))).then(() => leaseOne(before.store));
  await before.store.close();
  change(path, "UPDATE meta SET value = 'x' || value");
  const { store, told } = await openFile(path, "second");
  const lane = await leaseOne(store);
  expect(lane.leaseToken).not.toBe(leaseToken);
  await store.purge(T0 - HOUR);
  expect(await acceptOne(store, firing(count(1n), { once: once("end") }))).toMatchObject({ status: "duplicate" });
  expect(await acceptOne(store, firing(count(1n), { once: once("kill", "k-1") }))).toMatchObject({
    status: "duplicate",
  });
  expect(told.map(({ what, why }) => [what, why])).toEqual([
    ["store", expect.stringContaining("openings")],
    ["store", expect.stringContaining("generations")],
  ]);
  await store.close();
});

it("takes a token that is no text for one that does not open", async () => {
  const path = await remembering();
  change(path, "INSERT INTO tokens VALUES (?, x'00ff', 'yesterday')", `${APP.length}:${APP}${USER.length}:${USER}`);
  const { store } = await openFile(path, "second");
  expect(typeof (await store.sealedToken(APP, USER))).toBe("string");
  await store.purge(T0);
  await store.keepToken(APP, USER, "sealed", T0);
  expect(await store.sealedToken(APP, USER)).toBe("sealed");
  await store.close();
});

it("says of a file with a damaged page what to do, at every call that meets it, and opens the file no worse", async () => {
  const path = nextPath();
  const { store } = await openFile(path);
  for (let user = 0; user < 200; user += 1) await acceptOne(store, firing(count(1n), { user: String(1_000 + user) }));
  await store.close();
  const bytes = readFileSync(path);
  const at = bytes.indexOf("1100\na\nWINSpending");
  bytes.fill(0xa5, at - (at % 4_096), at - (at % 4_096) + 4_096);
  writeFileSync(path, bytes);
  const damaged = sqliteStore(path);
  await openAs(damaged, "second").catch(() => undefined);
  for (const one of [() => damaged.lease(300, T0), () => damaged.inspect()]) {
    await expect(one()).rejects.toMatchObject({
      code: "store_unusable",
      message: expect.stringMatching(/corrupt and is kept as it is; .*restore a backup/),
    });
  }
  await damaged.close();
});
