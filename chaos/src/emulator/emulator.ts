import { createEmulator, seededRandom } from "@questline/emulator";
import { obeyParent, readyWith } from "../child.ts";
import { app, seedApp } from "../plan/catalogue.ts";
import { watchLoop } from "../runtime/loop-watch.ts";
import { goFirst } from "../runtime/machine.ts";
import { until, wallNow } from "../runtime/time.ts";
import type { EmulatorOrders, SeenRequest } from "../wire.ts";
import { lateness } from "./lateness.ts";

/** The platform is not what is tried here: its own delays shall be those of the plan. */
goFirst();
const stalls = watchLoop();
const emulator = await createEmulator({
  seed: { apps: [seedApp()], users: [], switches: { writePolicy: "strict" } },
  random: seededRandom(Number(process.env["CHAOS_SEED"] ?? "1")),
});
const { world, faults, requests, oracle, switches } = emulator;

/** A request can still take effect for so long after it arrived. */
const SETTLED_AFTER_MS = 10_000;
const PATIENCE_MS = 20_000;
const late = { worstMs: 0, tooLate: 0 };
let judged = 0;

/** Judges what can change no more; with `last`, everything. */
function judgeLateness(limitMs: number, last: boolean): typeof late {
  const unsettled = wallNow() - SETTLED_AFTER_MS;
  for (const request of requests.list({ after: judged })) {
    if (!last && request.at > unsettled) break;
    judged = request.n;
    const ms = lateness(request, stalls());
    late.worstMs = Math.max(late.worstMs, ms);
    if (ms > limitMs) late.tooLate += 1;
  }
  return late;
}

const writes = (user: string): number => requests.count({ operation: "achievements.write", userId: user });

obeyParent<EmulatorOrders>({
  addUser: (user) => void world.createUser(user),
  mintToken: (user) => world.mintUserToken(app.id, user),
  revokeTokens: (user) => void world.revokeUserTokens(user),
  async foreignAfterFirstWrite(user, achievement, count) {
    await until(
      () => requests.count({ operation: "achievements.write", userId: user, status: null }) > 0,
      PATIENCE_MS,
      1,
    );
    world.addForeign(user, achievement, { count });
  },
  async releaseAtSecondWrite(user, ms) {
    const again = await until(() => writes(user) > 1, PATIENCE_MS, 1);
    if (again) world.advance(ms);
  },
  behave: (changes) => void switches.set(changes),
  chance: (options) => faults.chance(options),
  fault: (fault) => faults.add(fault),
  removeFaults: (ids) => ids.forEach((id) => faults.remove(id)),
  clearFaults: () => faults.clear(),
  seen(after) {
    const found = requests.list({ after });
    const rows = found.map(({ operation, userId: user, params, fault, pending: open }): SeenRequest => {
      return { operation, user, counts: "add_count" in params, fault, open };
    });
    return { last: found.at(-1)?.n ?? after, rows };
  },
  lateness: judgeLateness,
  books: () => ({ world: world.snapshot(), oracle: oracle.snapshot() }),
});
readyWith({ url: emulator.url });
