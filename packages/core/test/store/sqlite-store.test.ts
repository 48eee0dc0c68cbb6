import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { laneStoreSuite } from "./lane-store-suite.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

laneStoreSuite("sqliteStore", (limits) => sqliteStore(nextPath(), limits), { nextPath, at: sqliteStore });
