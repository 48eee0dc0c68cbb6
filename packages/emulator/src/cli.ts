#!/usr/bin/env node
import { parseArgs } from "node:util";
import { createEmulator } from "./emulator.ts";
import { EmulatorInputError } from "./input-error.ts";
import { loadSeedFile } from "./seed/load-seed-file.ts";

const HELP = `Usage: questline-emulator [options]

A local stand-in for Meta's Horizon platform API. It holds its world in memory and prints its address when it listens.

  --port N      port, 0 for any free one (default 0)
  --host H      address to listen on (default 127.0.0.1)
  --seed FILE   world at the start, YAML or JSON (default: app 1 with secret test-secret)
  --json        print one JSON object instead of a sentence
  --help        this text

Stop it with SIGINT or SIGTERM. Control it under /__emulator, see docs/emulator.md.
`;

interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly seed: string | undefined;
  readonly json: boolean;
}

function readArguments(): Arguments | "help" {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new Error(`--port: expected a number from 0 to 65535, found "${values.port}"`);
  return { port, host: values.host, seed: values.seed, json: values.json };
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given === "help") return void process.stdout.write(HELP);
  const { port, host, json } = given;
  const seed = given.seed === undefined ? {} : { seed: await loadSeedFile(given.seed) };
  const emulator = await createEmulator({ port, host, ...seed });
  // Before the line is printed: who reads it may send a signal at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  const { url } = emulator;
  const line = json
    ? JSON.stringify({ event: "listening", url, port: Number(new URL(url).port) })
    : `Questline emulator listens on ${url}`;
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const known = error instanceof EmulatorInputError || error instanceof Error;
  process.stderr.write(`questline-emulator: ${known ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
