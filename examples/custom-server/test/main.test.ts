import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createEmulator } from "@questline/emulator";
import { expect, test } from "vitest";
import { ADA, duelSeed } from "./duel-seed.ts";
import { connectPlayer } from "./player.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

test("the program plays a duel, and on SIGTERM delivers what is left and ends", async () => {
  await using emulator = await createEmulator({ seed: duelSeed });
  const folder = await mkdtemp(join(tmpdir(), "questline-duel-"));
  const { program, lines } = startMain({
    META_APP_ID: "1",
    META_APP_SECRET: "test-secret",
    META_GRAPH_URL: emulator.url,
    PORT: "0",
    QUESTLINE_DB: join(folder, "duel.db"),
  });
  try {
    const [line] = (await once(lines, "line")) as [string];
    const url = line.replace("Duel server on ", "");
    const ada = await connectPlayer(url);
    ada.say({ type: "login", token: "FRL-ada" });
    await ada.hear("welcome");
    const grace = await connectPlayer(url);
    grace.say({ type: "login", token: "FRL-grace" });
    await grace.hear("welcome");
    for (let taps = 0; taps < 10; taps++) ada.say({ type: "tap" });
    await ada.hear("ended");

    program.kill("SIGTERM");
    const [[last], [code]] = await Promise.all([once(lines, "line"), once(program, "exit")]);
    expect({ last, code }).toEqual({ last: "Everything is delivered.", code: 0 });
    expect(emulator.world.progress(ADA, "DUELS_WON").count).toBe(1n);
    expect(emulator.world.entry("MOST_TAPS", ADA)?.score).toBe(10n);
  } finally {
    program.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
});

test("without the app's credentials the program says which are missing", async () => {
  const { program, errors } = startMain({ META_APP_ID: "1" });
  const [[said], [code]] = await Promise.all([once(errors, "line"), once(program, "exit")]);
  expect(code).toBe(2);
  expect(said).toContain("META_APP_SECRET");
});

function startMain(env: Readonly<Record<string, string>>): {
  program: ChildProcess;
  lines: Interface;
  errors: Interface;
} {
  const { META_APP_ID: _id, META_APP_SECRET: _secret, ...rest } = process.env;
  const program = spawn(process.execPath, ["--conditions=questline-source", main], {
    env: { ...rest, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { program, lines: createInterface(program.stdout), errors: createInterface(program.stderr) };
}
