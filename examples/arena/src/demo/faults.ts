import type { DemoArguments } from "./arguments.ts";
import type { EmulatorControl } from "./emulator-control.ts";

/** What `--chaos` asks for, or what a sabotage needs to be seen. */
export async function plantFaults({ chaos, seed, sabotage }: DemoArguments, control: EmulatorControl): Promise<void> {
  if (chaos !== undefined && chaos > 0) {
    await control.chance({
      probability: chaos,
      seed,
      kinds: [
        { kind: "status", status: 500 },
        { kind: "throttle", status: 429, retryAfterSeconds: 1 },
        { kind: "resetBefore" },
        { kind: "resetAfter" },
      ],
    });
  }
  if (chaos === undefined && sabotage === "resend-without-readback") {
    await control.fault({ kind: "resetAfter", operation: "achievements.write", probability: 0.3, times: "always" });
  }
}
