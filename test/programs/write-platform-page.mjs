// Writes the coverage table into docs/platform.md.
import { readFileSync, writeFileSync } from "node:fs";
import { withCoverage } from "../contract/platform-page.ts";

const page = new URL("../../docs/platform.md", import.meta.url);
writeFileSync(page, withCoverage(readFileSync(page, "utf8")));
