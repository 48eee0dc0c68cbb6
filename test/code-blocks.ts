/** The TypeScript blocks of a page by the file name in their first line. */
export function codeBlocks(page: string): ReadonlyMap<string, string> {
  const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)];
  return new Map(blocks.map(([, name, code]) => [name!, code!] as const));
}
