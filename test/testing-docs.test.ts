import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks } from "./code-blocks.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const bin = join(here, "../node_modules/.bin");

/** The page's own config says what a game needs; the workspace's sources are found by a condition besides. */
const config = (
  pageConfig: string,
) => `${pageConfig.replace("export default defineConfig(", "const page = defineConfig(")}
const conditions = ["questline-source", "module", "node", "development|production"];
export default { ...page, resolve: { conditions }, ssr: { resolve: { conditions } }, test: { ...page.test, execArgv: ["--conditions=questline-source"] } };
`;

describe("the test in docs/testing.md", () => {
  let folder: string;
  let blocks: ReadonlyMap<string, string>;

  beforeAll(async () => {
    blocks = codeBlocks(await readFile(join(here, "../docs/testing.md"), "utf8"));
    // Inside the workspace, where the packages are found by their names.
    await mkdir(join(here, ".readme"), { recursive: true });
    folder = await mkdtemp(join(here, ".readme", "testing-"));
    for (const [name, code] of blocks) await writeFile(join(folder, name), code);
    await writeFile(join(folder, "vitest.config.ts"), config(blocks.get("vitest.config.ts") ?? ""));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("passes as it stands there", async () => {
    const outputFile = join(folder, "report.json");
    const args = ["run", "--root", folder, "--reporter=json", `--outputFile=${outputFile}`];
    // Its exit code says less than its report.
    await promisify(execFile)(join(bin, "vitest"), args).catch(() => {});
    expect(JSON.parse(await readFile(outputFile, "utf8"))).toMatchObject({ numPassedTests: 2, numTotalTests: 2 });
  });

  test("compiles in a strict project", async () => {
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../tsconfig.colyseus.json",
        compilerOptions: { noPropertyAccessFromIndexSignature: false, noImplicitOverride: false },
        include: ["*.ts"],
        exclude: ["vitest.config.ts"],
      }),
    );
    const said = await promisify(execFile)(join(bin, "tsc"), ["-p", folder]).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
    expect(said).toBe("");
  });
});
