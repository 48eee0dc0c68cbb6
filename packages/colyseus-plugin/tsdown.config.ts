import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/attach.ts", "src/messages.ts", "src/testing/index.ts", "src/sqlite-streaks-worker.ts"],
  dts: true,
  platform: "node",
  target: "node22",
  unbundle: true,
  // What a game installs only if it wants it, and no peer (src/import-installed.ts).
  deps: { neverBundle: [/^@colyseus\//, /^@questline\//, "vitest"] },
  fixedExtension: false,
});
