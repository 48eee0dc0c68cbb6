import { ambushing } from "./ambush.ts";
import { readLife } from "./life.ts";
import { watchSyncs } from "./watch-syncs.ts";

/** Loaded by the thread that owns the database, before it opens it. */
const life = readLife();
if (life.watchSyncs === true) watchSyncs(life.database);

export default ambushing(life.ambushes);
