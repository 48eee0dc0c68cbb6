import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
// Not by name: a Node that is too old says so in a sentence, and has to link before it can.
import vm from "node:vm";

/**
 * Imports what a game installs only if it wants it. No such package is a peer of this one: npm takes the newest of an optional
 * peer, and refuses the install where that does not fit the game's Colyseus. So a package manager need not put it where this
 * package's own imports find it, and what is not found from here is looked for from the game's folder.
 *
 * @param ours The same import, as it stands in a file of ours: what a bundler reads.
 */
export async function importInstalled<T>(specifier: string, ours: () => Promise<T>): Promise<T> {
  try {
    return await ours();
  } catch (error) {
    let problem: unknown = error;
    for (const place of gamePlaces()) {
      if (!isInstalled(specifier, place)) continue;
      try {
        return (await importFrom(place, specifier)) as T;
      } catch (theirs) {
        problem = theirs;
      }
    }
    throw problem;
  }
}

/** Where the game's own imports are resolved from, as files that need not be: beside its program, and where it was started. */
function gamePlaces(): readonly string[] {
  const [, program] = process.argv;
  const folders = [...(program === undefined ? [] : [dirname(resolve(program))]), process.cwd()];
  return folders.map((folder) => join(folder, "game.js"));
}

/** Cheap, and quiet where the import would have Node warn. It may say so of what only `require` finds, by NODE_PATH. */
function isInstalled(specifier: string, from: string): boolean {
  try {
    createRequire(from).resolve(specifier);
    return true;
  } catch {
    return false;
  }
}

/** As a module in this place would. What `require` finds is the CommonJS copy of a package that has both. */
async function importFrom(place: string, specifier: string): Promise<unknown> {
  const load = vm.runInThisContext("(specifier) => import(specifier)", {
    filename: place,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (specifier: string) => Promise<unknown>;
  return load(specifier);
}
