import { directStore } from "../../src/store/direct-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { storeFile } from "../../src/store/sqlite-store.ts";
import { laneStoreSuite } from "./lane-store-suite.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

const at = (path: string, limits: { readonly maxLanes?: number } = {}) =>
  directStore(new SqliteCalls(storeFile(path, limits)));

laneStoreSuite("directStore", (limits) => at(nextPath(), limits), { nextPath, at });
