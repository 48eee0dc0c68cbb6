// Loaded by the thread that keeps and delivers results, which then ends where the query of this module's URL says: `at`
// (a named point) for the `nth` time, in each thread or, with `mark` (a file that says that it happened), in the first
// one; or when it is told to on the channel `tell`.
import { existsSync, writeFileSync } from "node:fs";
import { BroadcastChannel } from "node:worker_threads";

const asked = new URL(import.meta.url).searchParams;
const [at, mark, tell] = ["at", "mark", "tell"].map((name) => asked.get(name));
let left = Number(asked.get("nth") ?? 1);

const deaths = {
  exit: () => process.exit(3),
  throw() {
    throw new Error("nobody catches what OC|1|test-secret and test-secret do");
  },
  /** As Node tells of a heap that reached its limit, where the process outlives that. */
  limit() {
    throw Object.assign(new Error("reached its memory limit"), { code: "ERR_WORKER_OUT_OF_MEMORY" });
  },
  /** V8 may end the whole process by this: in a process of its own only. */
  memory() {
    const all = [];
    for (;;) all.push({ one: {} });
  },
};

if (tell !== null) {
  const channel = new BroadcastChannel(tell);
  channel.addEventListener("message", ({ data }) => deaths[data]());
  channel.unref();
}

export default function probe(point) {
  if (point !== at || (mark !== null && existsSync(mark)) || --left > 0) return;
  if (mark !== null) writeFileSync(mark, point);
  process.exit(3);
}
