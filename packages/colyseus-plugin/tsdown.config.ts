import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/attach.ts", "src/messages.ts"],
  dts: true,
  platform: "node",
  target: "node22",
  unbundle: true,
  fixedExtension: false,
});
