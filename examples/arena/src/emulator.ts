import { createEmulator, seededRandom } from "@questline/emulator";
import { obeyParent, readyWith } from "./child.ts";

const { EMULATOR_PORT: port = "0", EMULATOR_SEED: seed = "1" } = process.env;

obeyParent({});
try {
  const emulator = await createEmulator({ port: Number(port), random: seededRandom(Number(seed)) });
  readyWith({ url: emulator.url });
} catch (error) {
  console.error(`emulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
