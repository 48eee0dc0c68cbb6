import { writeFileSync } from "node:fs";
import { seedJsonSchema } from "./seed-json-schema.ts";

// Run after a change of the schema; a test compares the file with the schema.
const file = new URL("../../seed.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(seedJsonSchema(), null, 2)}\n`);
