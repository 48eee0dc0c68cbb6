import { readFileSync } from "node:fs";

/** The names of the types that a module exports, read from its source, `export *` followed. */
export function exportedTypes(module: URL): ReadonlySet<string> {
  const source = readFileSync(module, "utf8").replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
  const names = new Set<string>();
  for (const [, name] of source.matchAll(/^export\s+(?:declare\s+)?(?:interface|type)\s+(\w+)/gm)) names.add(name!);
  for (const [, wholeIsType, list] of source.matchAll(/^export\s+(type\s+)?\{([^}]*)\}/gm)) {
    for (const item of list!.split(",").map((text) => text.trim())) {
      const [, itemIsType, exported] = /^(type\s+)?(?:\w+\s+as\s+)?(\w+)$/.exec(item) ?? [];
      if (exported !== undefined && (wholeIsType ?? itemIsType) !== undefined) names.add(exported);
    }
  }
  for (const [, from] of source.matchAll(/^export\s+(?:type\s+)?\*\s+from\s+"([^"]+)"/gm)) {
    for (const name of exportedTypes(new URL(from!, module))) names.add(name);
  }
  return names;
}
