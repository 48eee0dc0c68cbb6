import { afterAll, beforeAll, beforeEach } from "vitest";
import { createEmulator, type Emulator, type FaultKind, type LoggedRequest } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { exchangeBytes, idOf, post, postBytes, type RawExchange, type Reply } from "./graph-client.ts";

/** The write as a form. */
export const FORM = "api_name=WINS_100&add_count=5";

/** An emulator whose clock stands still, reset before each test, and one write to it that faults are planned for. */
export interface FaultScene {
  readonly emulator: Emulator;
  readonly ada: string;
  write(): Promise<Reply>;
  writeRaw(): Promise<RawExchange>;
  /** What ada's counter came to. */
  count(): bigint;
  last(): LoggedRequest | undefined;
  /** Plans a fault for the next write; answers its id. */
  plan(fault: FaultKind): string;
}

/** Called once at the top of a test file. */
export function faultScene(): FaultScene {
  let emulator: Emulator;
  let ada: string;
  beforeAll(async () => {
    emulator = await createEmulator({ clock: frozenClock() });
  });
  beforeEach(() => {
    emulator.reset();
    ada = idOf(emulator, "ada");
  });
  afterAll(() => emulator.close());
  return {
    get emulator() {
      return emulator;
    },
    get ada() {
      return ada;
    },
    write: () => post(emulator, `/${ada}/achievements`, { api_name: "WINS_100", add_count: "5" }),
    writeRaw: () => exchangeBytes(emulator, postBytes(`/${ada}/achievements`, FORM)),
    count: () => emulator.world.progress(ada, "WINS_100").count,
    last: () => emulator.requests.list().at(-1),
    plan: (fault) => emulator.faults.add({ operation: "achievements.write", ...fault }),
  };
}
