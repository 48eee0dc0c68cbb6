import type { Hono } from "hono";
import type { ChanceOptions, Fault } from "../faults/fault.ts";
import { EmulatorInputError } from "../input-error.ts";
import { type ExactJson, writeExactJson } from "../json/exact-json.ts";
import { bodyOf } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

export function addFaultRoutes(app: Hono, { faults }: ControlTarget): void {
  // JSON has no Infinity; the list says "always". An envelope may hold whole numbers beyond 2^53.
  app.get("/faults", (c) => {
    const text = writeExactJson({ faults: faults.list() } as unknown as ExactJson);
    return c.body(text, 200, { "content-type": "application/json" });
  });
  app.post("/faults", async (c) => c.json({ id: faults.add((await bodyOf(c)) as unknown as Fault) }));
  app.post("/faults/chance", async (c) => c.json({ id: faults.chance((await bodyOf(c)) as unknown as ChanceOptions) }));
  app.delete("/faults", (c) => {
    const id = c.req.query("id");
    if (id === undefined) faults.clear();
    else if (!faults.remove(id)) throw new EmulatorInputError("id", `no fault has the id "${id}"`);
    return c.json({ removed: true });
  });
}
