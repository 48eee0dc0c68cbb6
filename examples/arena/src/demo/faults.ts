import type { FaultKind } from "@questline/emulator";
import type { DemoArguments } from "./arguments.ts";
import type { EmulatorControl } from "./emulator-control.ts";

const usual = [{ kind: "status", status: 500 }, { kind: "resetBefore" }, { kind: "resetAfter" }] as const;
const throttle = (code: number): FaultKind => ({ kind: "throttle", status: 429, retryAfterSeconds: 1, code });

/** What `--chaos` asks for, or what a sabotage needs to be seen. */
export async function plantFaults({ chaos, seed, sabotage }: DemoArguments, control: EmulatorControl): Promise<void> {
  if (chaos !== undefined && chaos > 0) {
    await control.chance({
      probability: chaos,
      seed,
      // Code 17 slows one user, code 4 the whole app: the rarer of the two, or a run would be little but waiting.
      kinds: [...usual, ...usual, ...usual, throttle(17), throttle(17), throttle(4)],
    });
  }
  if (chaos === undefined && sabotage === "resend-without-readback") {
    await control.fault({ kind: "resetAfter", operation: "achievements.write", probability: 0.3, times: "always" });
  }
}
