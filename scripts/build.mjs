// Builds the published packages; tsdown packs each one, and publint and arethetypeswrong judge the tarball.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { env, root } from "./set-up.mjs";

const packages = ["core", "emulator", "colyseus-plugin"];

let failed = 0;
for (const name of packages) {
  const { status } = spawnSync("tsdown", ["--publint", "--attw", "--fail-on-warn", "--logLevel", "warn"], {
    cwd: join(root, "packages", name),
    env,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`packages/${name} does not build.`);
    failed++;
  }
}
process.exit(failed === 0 ? 0 : 1);
