export default { entry: ["src/server.js"], format: ["cjs"], noExternal: [/.*/], outDir: "inlined/tsup" };
