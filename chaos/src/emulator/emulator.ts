import { createEmulator, seededRandom } from "@questline/emulator";
import { obeyParent, readyWith } from "../child.ts";
import { app, seedApp } from "../plan/catalogue.ts";
import type { EmulatorOrders, SeenRequest } from "../wire.ts";

const emulator = await createEmulator({
  seed: { apps: [seedApp()], users: [], switches: { writePolicy: "strict" } },
  random: seededRandom(Number(process.env["CHAOS_SEED"] ?? "1")),
});
const { world, faults, requests, oracle, switches } = emulator;

obeyParent<EmulatorOrders>({
  addUser: (user) => void world.createUser(user),
  mintToken: (user) => world.mintUserToken(app.id, user),
  revokeTokens: (user) => void world.revokeUserTokens(user),
  addForeign: (user, achievement, count) => world.addForeign(user, achievement, { count }),
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
  books: () => ({ world: world.snapshot(), oracle: oracle.snapshot() }),
});
readyWith({ url: emulator.url });
