import { ambushing } from "./ambush.ts";
import { readLife } from "./life.ts";

/** Loaded by the thread that owns the database. */
export default ambushing(readLife().ambushes);
