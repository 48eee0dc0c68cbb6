import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmulator } from "@questline/emulator";
import { expect, test } from "vitest";
import { fileGame } from "./file-game.ts";

const program = fileURLToPath(new URL("./file-game.ts", import.meta.url));

/** A second process over the same file, which stays until it is told to leave; answers what it said. */
async function another(path: string, url: string) {
  const child = spawn(process.execPath, ["--conditions=questline-source", program, path, url], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return {
    said: said.toString().trim(),
    async leave(): Promise<void> {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}

/** Ways to copy it with what Node brings; none of them goes through `backup`. */
const copies = {
  copyFile: (path: string) => copyFile(path, `${path}.copy`),
  ...(process.platform === "linux" && {
    "cp of the directory": (path: string) => cp(dirname(path), `${dirname(path)}-copy`, { recursive: true }),
  }),
};

test.each(Object.entries(copies))(
  "delivers one report once after the game has copied its own file: %s",
  async (_, copy) => {
    const folder = await mkdtemp(join(tmpdir(), "questline-one-file-"));
    await using emulator = await createEmulator();
    const user = emulator.world.createUser({ alias: "amber", ids: { "1": "80000000000000001" } }).ids["1"] ?? "";
    const path = join(folder, "data", "questline.db");
    await mkdir(dirname(path));
    const game = fileGame(path, emulator.url);
    try {
      await game.ready;
      const receipt = game.match("arena:1").report(user, "roundWon", {}, { id: "1" });
      expect(await receipt.durable).toEqual({ status: "accepted" });
      await copy(path);
      const second = await another(path, emulator.url);
      await game.flush();
      const { added } = emulator.oracle.achievement(user, "WINS_100") ?? {};
      await second.leave();
      expect(second.said).toMatch(new RegExp(`^waits for process ${process.pid} on`));
      expect(added).toBe(1n);
    } finally {
      await game.close({ timeoutMs: 0 });
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test("a backup is the file of a store, which knows what was reported up to then", async () => {
  const folder = await mkdtemp(join(tmpdir(), "questline-one-file-"));
  await using emulator = await createEmulator();
  const user = emulator.world.createUser({ alias: "amber", ids: { "1": "80000000000000001" } }).ids["1"] ?? "";
  const game = fileGame(join(folder, "questline.db"), emulator.url);
  const backup = join(folder, "backup.db");
  try {
    await game.match("arena:1").report(user, "roundWon", {}, { id: "1" }).durable;
    await game.flush();
    await game.backup(backup);
    await expect(game.backup(backup)).rejects.toMatchObject({ code: "bad_input" });
    await game.match("arena:2").report(user, "roundWon", {}, { id: "1" }).durable;
  } finally {
    await game.close({ timeoutMs: 0 });
  }
  const restored = fileGame(backup, emulator.url);
  try {
    expect(await restored.match("arena:1").report(user, "roundWon", {}, { id: "1" }).durable).toEqual({
      status: "duplicate",
    });
    expect(await restored.match("arena:2").report(user, "roundWon", {}, { id: "1" }).durable).toEqual({
      status: "accepted",
    });
    expect(await restored.receipts({ userId: user, matchId: "arena:1" })).toMatchObject([{ status: "delivered" }]);
  } finally {
    await restored.close({ timeoutMs: 0 });
    await rm(folder, { recursive: true, force: true });
  }
});
