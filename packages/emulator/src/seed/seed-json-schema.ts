import { z } from "zod";
import { seedSchema } from "./schema.ts";

/** The JSON Schema of seed files, as `seed.schema.json` holds it. */
export function seedJsonSchema(): object {
  const schema = z.toJSONSchema(seedSchema, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // YAML and JSON have one kind of whole number, however long.
      if (zodSchema._zod.def.type === "bigint") jsonSchema.type = "integer";
    },
  });
  return { title: "A seed of the Questline emulator", ...schema };
}
