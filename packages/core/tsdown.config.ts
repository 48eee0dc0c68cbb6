import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/webhooks/index.ts",
    "src/testing/index.ts",
    "src/store/sqlite-worker.ts",
    "src/store/sqlite-probed-worker.ts",
    "src/engine/engine-thread.ts",
  ],
  dts: true,
  platform: "node",
  target: "node22",
  unbundle: true,
  fixedExtension: false,
});
