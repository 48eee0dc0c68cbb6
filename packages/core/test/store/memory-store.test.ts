import { memoryStore } from "../../src/store/memory-store.ts";
import { laneStoreSuite } from "./lane-store-suite.ts";

laneStoreSuite("memoryStore", memoryStore);
