import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type Bench, type Entrant, Results } from "./bench.ts";
import { Child } from "./child.ts";
import type { Measures, Setup } from "./contestant.ts";
import type { Row } from "./row.ts";

/** What every bench runs with. */
export interface Ground {
  readonly folder: string;
  readonly platformUrl: string;
  readonly redis: { readonly port: number } | { readonly skipped: string };
  readonly quick: boolean;
  readonly profile: string | undefined;
  readonly say: (text: string) => void;
}

/** Lets the contestants take turns (A B A B …), after a warm-up each, and makes the rows of their medians. */
export async function runBench(bench: Bench, ground: Ground): Promise<readonly Row[]> {
  const skipped = "skipped" in ground.redis ? ground.redis.skipped : undefined;
  const entrants = bench.contestants.filter((entrant) => !(entrant.needsRedis === true && skipped !== undefined));
  const children: { entrant: Entrant; child: Child }[] = [];
  try {
    for (const entrant of entrants) children.push({ entrant, child: await start(bench, entrant, ground) });
    const measured = new Map<string, Measures[]>(entrants.map(({ name }) => [name, []]));
    const rounds = ground.quick ? bench.rounds.quick : bench.rounds.full;
    for (const { entrant, child } of children) {
      for (let round = 0; round < (entrant.warmUps ?? 1); round += 1) await child.ask({ round: -1 - round });
    }
    for (let round = 0; round < rounds; round += 1) {
      ground.say(`${bench.name}: round ${round + 1} of ${rounds}`);
      for (const { entrant, child } of children) {
        if (round >= (entrant.atMost ?? rounds)) continue;
        const { measures } = (await child.ask({ round })) as { measures: Measures };
        measured.get(entrant.name)?.push(measures);
      }
    }
    for (const { child } of children) await child.ask("close");
    return bench.rows(new Results(measured, skipped));
  } finally {
    await Promise.all(children.map(({ child }) => child.end()));
  }
}

async function start(bench: Bench, entrant: Entrant, ground: Ground): Promise<Child> {
  const setup: Setup = {
    folder: mkdtempSync(join(ground.folder, `${bench.name}-`)),
    platformUrl: ground.platformUrl,
    redisPort: "port" in ground.redis ? ground.redis.port : undefined,
    quick: ground.quick,
    variant: entrant.variant ?? "",
  };
  const name = `${bench.name}/${entrant.name}`;
  const flags = [
    ...(entrant.weighs === true ? ["--expose-gc"] : []),
    ...(ground.profile === undefined ? [] : profiling(join(ground.profile, name.replace("/", "-")))),
  ];
  const child = new Child(name, "./contestant-main.ts", [entrant.module, JSON.stringify(setup)], flags);
  await child.next();
  return child;
}

/** One profile per thread: a store's worker has its own. */
function profiling(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}
