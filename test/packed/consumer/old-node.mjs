// Preloaded, makes this process take itself for an old Node, which has no zstd.
import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";

Object.defineProperty(process.versions, "node", { value: "22.14.0" });
Object.defineProperty(zlib, "createZstdDecompress", { value: undefined });
syncBuiltinESMExports();
