#!/usr/bin/env node
import { parseArgs } from "node:util";
import { behaviours } from "./behaviours/behaviours.ts";
import { explanation } from "./behaviours/explanation.ts";
import { createEmulator } from "./emulator.ts";
import { EmulatorInputError } from "./input-error.ts";
import { loadSeedFile } from "./seed/load-seed-file.ts";
import { type Strictness, strictnessProfiles } from "./strictness.ts";

const HELP = `Usage: questline-emulator [options]

A local stand-in for Meta's Horizon platform API. It holds its world in memory and prints its address when it listens.

  --port N        port, 0 for any free one (default 0)
  --host H        address to listen on (default 127.0.0.1)
  --allow-host N  a name besides these by which it is reached, such as emulator; may be given several times
  --allow-remote-webhooks
                  let webhooks go to other machines than this one
  --seed FILE     world at the start, YAML or JSON (default: app 1 with secret test-secret)
  --strictness S  where the platform's documents leave a choice: documented, observed or hostile (default observed)
  --json          print one JSON object instead of a sentence
  --explain       list what the emulator does and how sure that is, then end
  --help          this text

Stop it with SIGINT or SIGTERM. Control it under /__emulator, see docs/emulator.md.
`;

interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly allowRemoteWebhooks: boolean;
  readonly seed: string | undefined;
  readonly strictness: Strictness;
  readonly json: boolean;
  readonly explain: boolean;
}

function readArguments(): Arguments | "help" {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      "allow-host": { type: "string", multiple: true, default: [] },
      "allow-remote-webhooks": { type: "boolean", default: false },
      seed: { type: "string" },
      strictness: { type: "string", default: "observed" },
      json: { type: "boolean", default: false },
      explain: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`--port: expected a number from 0 to 65535, found "${values.port}"`);
  const { host, seed, json, explain, strictness } = values;
  if (!isStrictness(strictness)) {
    const known = Object.keys(strictnessProfiles).join(", ");
    throw new Error(`--strictness: expected one of ${known}, found "${strictness}"`);
  }
  const { "allow-host": allowedHosts, "allow-remote-webhooks": allowRemoteWebhooks } = values;
  return { port, host, allowedHosts, allowRemoteWebhooks, seed, json, explain, strictness };
}

function isStrictness(text: string): text is Strictness {
  return Object.hasOwn(strictnessProfiles, text);
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given === "help") return void process.stdout.write(HELP);
  const { port, host, allowedHosts, allowRemoteWebhooks, json, strictness } = given;
  if (given.explain) return void process.stdout.write(json ? `${JSON.stringify({ behaviours })}\n` : explanation());
  const seed = given.seed === undefined ? {} : { seed: await loadSeedFile(given.seed) };
  const emulator = await createEmulator({ port, host, allowedHosts, allowRemoteWebhooks, strictness, ...seed });
  // Before the line is printed: who reads it may send a signal at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  const { url, world } = emulator;
  const line = json
    ? JSON.stringify({ event: "listening", url, port: Number(new URL(url).port), world: world.id })
    : `Questline emulator (world ${world.id}) listens on ${url}`;
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const known = error instanceof EmulatorInputError || error instanceof Error;
  process.stderr.write(`questline-emulator: ${known ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
