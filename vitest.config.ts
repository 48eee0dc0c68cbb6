import { defineConfig } from "vitest/config";

const conditions = ["questline-source"];

/** In-process tests run beside each other; every file that boots a Colyseus server or child processes runs alone. */
export default defineConfig({
  resolve: { conditions: [...conditions, "module", "node", "development|production"] },
  ssr: { resolve: { conditions: [...conditions, "module", "node", "development|production"] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.rooms.test.ts", "**/*.process.test.ts"],
          execArgv: ["--conditions=questline-source"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["packages/*/test/**/*.rooms.test.ts", "packages/*/{src,test}/**/*.process.test.ts", "test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/packed/**"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          execArgv: ["--conditions=questline-source"],
        },
      },
    ],
  },
});
