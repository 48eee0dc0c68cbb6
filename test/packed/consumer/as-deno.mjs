// Preloaded, makes this process take itself for Deno.
Object.defineProperty(process.versions, "deno", { value: "2.9.6" });
