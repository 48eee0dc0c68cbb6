import { createReadStream } from "node:fs";
import { copyFile, cp, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { best, count, firing, journalOf, QUIET_MS, T0 } from "./firings.ts";

/**
 * A process that uses a store and says on stdout, one line each, what it has been promised: `node store-child.ts <what>
 * <file>`. Whoever started it may kill it at any line.
 */
const [what = "", path = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const store = sqliteStore(path);

/** Each batch adds one to each of ten lanes, so that half a batch would show. */
const batch = () => Array.from({ length: 10 }, (_, user) => firing(count(1n), { user: String(100 + user) }));
const stay = (): void => void setInterval(() => undefined, 60_000);

async function accepts(): Promise<void> {
  for (let batches = 1; ; batches += 1) {
    await store.accept([batch()]);
    say(`accepted ${batches}`);
  }
}

async function floods(): Promise<void> {
  for (let batches = 0; ;) {
    const asked = Array.from({ length: 50 }, () => store.accept([batch()]));
    say("flooding");
    await Promise.all(asked);
    batches += asked.length;
    say(`accepted ${batches}`);
  }
}

async function stages(): Promise<void> {
  await store.accept([[firing(count(5n)), firing(best(8n)), firing(best(1n), { user: "7002" })]]);
  const lanes = await store.lease(2, T0);
  await store.stage(
    lanes.map((lane) => ({ lane: lane.id, leaseToken: lane.leaseToken, journal: journalOf(lane, { count: 3n }) })),
  );
  await store.lease(1, T0);
  say("staged");
  stay();
}

async function settles(): Promise<void> {
  await store.accept([[firing(count(5n)), firing(count(1n), { user: "7002" })]]);
  const [one, two] = await store.lease(2, T0);
  if (!one || !two) throw new Error("both lanes are due");
  await store.settle([
    { lane: one.id, leaseToken: one.leaseToken, now: T0, end: { type: "settled", how: "delivered" } },
    {
      lane: two.id,
      leaseToken: two.leaseToken,
      now: T0,
      end: { type: "dead", reason: "refused-user", maybeApplied: false },
    },
  ]);
  say("settled");
  stay();
}

/** Writes until the file may not grow any more, then says why it stopped. */
async function fills(): Promise<void> {
  process.on("SIGXFSZ", () => undefined);
  for (let user = 0; ; user += 10) {
    const firings = Array.from({ length: 10 }, (_, one) =>
      firing(best(1n, "A".repeat(2_000)), { user: String(user + one) }),
    );
    try {
      await store.accept([firings]);
    } catch (error) {
      say(`refused ${JSON.stringify({ code: (error as { code?: string }).code, message: String(error) })}`);
      return;
    }
    say(`accepted ${user + 10}`);
  }
}

/** Ways in which a game copies its own files. */
const copies: Readonly<Record<string, () => Promise<unknown>>> = {
  copyFile: () => copyFile(path, `${path}.copy`),
  readFile: () => readFile(path),
  cp: () => cp(dirname(path), `${dirname(path)}-copy`, { recursive: true }),
  async archive() {
    for (const name of await readdir(dirname(path)))
      for await (const _ of createReadStream(join(dirname(path), name))) continue;
  },
};

/** Holds the file, copies it in each way it is told on stdin, and accepts when told to. */
async function copiesItself(): Promise<void> {
  say("open");
  for await (const line of createInterface(process.stdin)) {
    const done = line === "accept" ? store.accept([batch()]) : copies[line]?.();
    const refused = await done?.then(
      () => "",
      (error: { code?: string }) => ` ${error.code}`,
    );
    say(`did ${line}${refused}`);
  }
}

const programs: Readonly<Record<string, () => Promise<void>>> = {
  accepts,
  floods,
  stages,
  settles,
  fills,
  copies: copiesItself,
  holds: async () => {
    say("open");
    stay();
  },
  /** Asks for something and leaves: the answer must come, then nothing may keep the process. */
  leaves: async () => {
    void store.accept([batch(), batch()]).then((answers) => say(`answered ${answers.length}`));
  },
};

try {
  await store.open({ incarnation: `child-${process.pid}`, now: T0, quietMs: QUIET_MS, poisonAfter: 5 });
  await programs[what]?.();
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  say(`failed ${code}`);
  say(`because ${message}`);
}
