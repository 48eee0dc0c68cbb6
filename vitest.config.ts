import { defineConfig } from "vitest/config";

/** Packages of the workspace are imported from their sources. */
const conditions = ["questline-source", "module", "node", "development|production"];
const ignored = ["**/node_modules/**", "**/dist/**", "test/fixtures/**"];

/** Every file has a process of its own, which boots one Colyseus server at the most. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "packages/{core,emulator}/{src,test}/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "chaos/test/**/*.test.ts",
          ],
          exclude: [...ignored, "**/*.process.test.ts"],
          // Nothing of these lives at module level, so that one process may run many, and imports once.
          isolate: false,
          execArgv: ["--conditions=questline-source"],
        },
      },
      {
        extends: true,
        test: {
          // Apart: some of these put a module of theirs in the place of another.
          name: "unit-plugin",
          include: ["packages/colyseus-plugin/{src,test}/**/*.test.ts"],
          exclude: [...ignored, "**/*.rooms.test.ts", "**/*.process.test.ts"],
          execArgv: ["--conditions=questline-source"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [
            "packages/*/test/**/*.rooms.test.ts",
            "packages/*/{src,test}/**/*.process.test.ts",
            "test/**/*.test.ts",
            "examples/*/test/**/*.test.ts",
          ],
          exclude: [...ignored, "test/packed/**", "test/chaos*.test.ts"],
          // Most of them wait for processes and sockets; each file has a process, and ports, of its own.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          execArgv: ["--conditions=questline-source"],
        },
      },
      {
        extends: true,
        test: {
          name: "chaos",
          include: ["test/chaos*.test.ts"],
          exclude: ignored,
          fileParallelism: false,
          maxConcurrency: 2,
          testTimeout: 240_000,
        },
      },
      {
        // The packages as npm would deliver them: no source condition, and a project outside the workspace.
        test: {
          name: "packed",
          include: ["test/packed/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
