// Preloaded, makes this process take itself for Bun.
Object.defineProperty(process.versions, "bun", { value: "1.4.5" });
