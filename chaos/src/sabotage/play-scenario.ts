import { startPlatform } from "../parent/platform.ts";
import type { Processes } from "../parent/processes.ts";
import { invalidities, type RunResult } from "../run.ts";
import { now } from "../runtime/time.ts";
import type { Settings } from "../settings.ts";
import { Tally } from "../tally.ts";
import type { Scenario } from "./scenarios.ts";
import { Stage } from "./stage.ts";

export interface PlayParts {
  readonly scenario: Scenario;
  /** Whether the rule that the scenario is about is broken. */
  readonly broken: boolean;
  readonly settings: Settings;
  readonly folder: string;
  readonly processes: Processes;
}

/** One directed scenario, judged as a whole run is, but for the minima. */
export async function playScenario({ scenario, broken, settings, folder, processes }: PlayParts): Promise<RunResult> {
  const started = now();
  const tally = new Tally();
  const platform = await startPlatform(processes, 1);
  const defect = broken ? scenario.defect : {};
  const quietMs = Math.max(scenario.quietMs ?? 0, settings.quietMs);
  const stage = new Stage({ folder, settings, quietMs, processes, platform, tally, defect });
  await stage.open();
  const { findings, problems } = await scenario.play(stage, tally);
  tally.saw((await platform.ask("seen", 0)).rows);
  tally.late = await platform.ask("lateness", quietMs / 2, true);
  return {
    tally,
    accepted: stage.ledger.accepted,
    lost: findings.reduce((sum, { lost }) => sum + lost, 0),
    doubled: findings.reduce((sum, { doubled }) => sum + doubled, 0),
    findings: findings.map((finding) => ({ ...finding, outbox: 0 })),
    problems,
    invalid: invalidities(tally, { ...settings, quietMs }),
    mixedBoards: 0,
    quietMs,
    seconds: (now() - started) / 1000,
  };
}
