import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** `METHOD /path` of every route that the emulator's control folder registers, read from its source. */
export function controlRoutes(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(/\bapp\.(get|post|put|delete)\(\s*"([^"]+)"/g),
    ])
    .map(([, method, path]) => `${method!.toUpperCase()} /__emulator${path}`);
}
