import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { expectDeliveredOnce } from "./restart-expectations.ts";
import { playRestart, programs } from "./restart-story.ts";

test("run from source, a killed program's accepted results are delivered once by its next life", async () => {
  const story = await playRestart({
    cwd: programs,
    game: ["--conditions=questline-source", join(programs, "report-match.mjs")],
    emulator: [fileURLToPath(new URL("../packages/emulator/src/cli.ts", import.meta.url))],
  });
  expect(story.world.users).toHaveLength(1);
  expectDeliveredOnce(story);
});
