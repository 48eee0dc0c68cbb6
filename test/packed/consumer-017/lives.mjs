import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Client as SdkClient } from "@colyseus/sdk";
import { createEmulator } from "@questline/emulator";

/** Servers that are told to end, and their next life. */

const emulator = await createEmulator();
const { id } = emulator.world.createUser({ alias: "player.1" });
const token = emulator.world.mintUserToken("1", id);
const played = () => Number(emulator.oracle.achievement(id, "WINS_100").added);

function live(database, ...mode) {
  const child = spawn(process.execPath, ["life.mjs", emulator.url, database, ...mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const closed = once(child, "close");
  const said = async (word) => {
    const find = () => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
    while (find() === undefined) await Promise.race([once(output, "line"), closed.then(() => assertAlive(word))]);
    return find();
  };
  const assertAlive = (word) => {
    throw new Error(`it ended before it said ${word}: ${lines.join("\n")}`);
  };
  const end = async () => {
    child.kill("SIGTERM");
    return (await closed)[0];
  };
  return { lines, said, end };
}

async function join(life) {
  const headers = { "x-meta-token": token };
  const room = await new SdkClient(`ws://127.0.0.1:${await life.said("listening")}`, { headers }).joinOrCreate("match");
  room.reconnection.enabled = false;
  for (const type of ["unlocked", "recorded"]) room.onMessage(`questline:${type}`, () => {});
  return room;
}

{
  const first = live("sigterm.db");
  const room = await join(first);
  emulator.faults.add({ operation: "*", kind: "status", status: 500, times: "always" });
  room.send("end");
  const durable = await first.said("durable");
  const code = await first.end();
  const before = played();
  emulator.faults.clear();
  const second = live("sigterm.db");
  await second.said("listening");
  for (let looks = 0; looks < 500 && played() === 0; looks++) await new Promise((resolve) => setTimeout(resolve, 10));
  await second.end();
  console.log(JSON.stringify({ story: "SIGTERM", result: { durable, code, before, after: played() } }));
}
{
  const first = live("devmode.db", "devMode");
  const room = await join(first);
  const match = new Promise((resolve) => room.onMessage("match", resolve));
  room.send("match");
  const before = await match;
  await first.end();
  const second = live("devmode.db", "devMode");
  const result = { same: (await second.said("match")) === before, cached: JSON.parse(await second.said("restored")) };
  await second.end();
  result.cached.questline &&= Object.keys(result.cached.questline);
  console.log(JSON.stringify({ story: "devMode", result }));
}
await emulator.close();
process.exit();
