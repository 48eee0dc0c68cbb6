// The process of one contestant: node contestant-main.ts <module> <setup as JSON>. Ends with its parent.
import type { Setup, StartContestant } from "./contestant.ts";

process.on("disconnect", () => process.exit(0));
const [module = "", setup = "{}"] = process.argv.slice(2);
const { start } = (await import(`./contestants/${module}.ts`)) as { start: StartContestant };
const contestant = await start(JSON.parse(setup) as Setup);

process.on("message", (asked: { round: number } | "close") => {
  void (asked === "close"
    ? contestant.close().then(() => process.send?.({ closed: true }, () => process.exit(0)))
    : contestant.round(asked.round).then(
        (measures) => process.send?.({ measures }),
        (error: unknown) => process.send?.({ failed: error instanceof Error ? (error.stack ?? "") : String(error) }),
      ));
});
process.send?.({ ready: true });
