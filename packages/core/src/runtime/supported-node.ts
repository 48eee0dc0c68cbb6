/**
 * Throws where Questline cannot run, before a dependency fails in its own words: the first import of an entry, and itself
 * without any. Evaluated for this effect alone (`sideEffects` in package.json names it).
 */
const refusal: Error | undefined = refusalOf(process.versions);
if (refusal !== undefined) throw refusal;

function refusalOf(versions: Readonly<Record<string, string | undefined>>): Error | undefined {
  const [major = 0, minor = 0] = String(versions["node"]).split(".").map(Number);
  const isTooOld = major < 22 || (major === 22 && minor < 19) || (major === 23 && minor < 11);
  const { bun, deno } = versions;
  const other = bun === undefined ? deno && `Deno ${deno}` : `Bun ${bun}`;
  if (!isTooOld && other === undefined) return undefined;
  return new Error(
    `Questline needs Node.js 22.19 or newer (of Node.js 23: 23.11 or newer), and this is ${other ?? `Node.js ${versions["node"]}`}. Start the server with such a Node.js.`,
  );
}
