import { directStore } from "../../src/store/direct-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { storeFile } from "../../src/store/sqlite-store.ts";
import { laneStoreSuite } from "./lane-store-suite.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

laneStoreSuite("directStore", (limits) => directStore(new SqliteCalls(storeFile(nextPath(), limits ?? {}))));
