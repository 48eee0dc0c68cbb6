import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { skipUnless } from "../../../../test/skip-with.ts";
import { killChildren, start } from "./start-child.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextDirectory = temporaryFiles();
afterEach(killChildren);

const NOBODY = 65534;
const asNobody = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
const canBeNobody = process.getuid?.() === 0 && spawnSync("setpriv", ["--version"]).status === 0;
const canCompile = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

/** The path of a store that was opened once by the user who runs the tests, in a directory for everybody. */
async function used(): Promise<string> {
  const path = fresh();
  chmodSync(dirname(path), 0o777);
  chmodSync(dirname(dirname(path)), 0o755);
  const child = start("holds", path);
  await child.line("open");
  await child.kill();
  return path;
}

function fresh(): string {
  const directory = nextDirectory();
  mkdirSync(directory);
  return `${directory}/lanes.db`;
}

/** Why a process that runs under `under` cannot open the store. */
async function reason(path: string, under: readonly string[]): Promise<string> {
  const child = start("holds", path, { under });
  expect(await child.line("failed")).toBe("failed store_unusable");
  return child.line("because");
}

describe("as a user who may not", () => {
  beforeEach(skipUnless(canBeNobody, "to be another user takes root and setpriv"));

  it("says whose the file is where it may not be read", async () => {
    const path = await used();
    chmodSync(path, 0o600);
    expect(await reason(path, asNobody)).toContain(
      `${JSON.stringify(path)} may not be read and written by this process (user ${NOBODY}): it belongs to user 0, with mode 0600`,
    );
  });

  it("names the directory that may not be entered", async () => {
    const path = await used();
    chmodSync(dirname(dirname(path)), 0o700);
    expect(await reason(path, asNobody)).toContain(`${JSON.stringify(dirname(dirname(path)))} may not be entered`);
  });

  it("says the same of a file that may only be read, and blames no volume", async () => {
    const path = await used();
    for (const part of ["", "-lock", "-holder"]) chmodSync(`${path}${part}`, 0o644);
    const why = await reason(path, asNobody);
    expect(why).toContain("it belongs to user 0, with mode 0644");
    expect(why).not.toContain("volume");
  });

  it.each(["-lock", "-holder"])("names %s where only that is somebody else's", async (companion) => {
    const path = await used();
    for (const part of ["", "-wal", "-lock", "-holder"]) {
      chownSync(`${path}${part}`, part === companion ? 0 : NOBODY, 0);
      chmodSync(`${path}${part}`, 0o600);
    }
    expect(await reason(path, asNobody)).toContain(`${JSON.stringify(`${path}${companion}`)} may not be`);
  });
});

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#define WITHOUT_LOCKS(name) \\
  int name(int file, int command, ...) { \\
    va_list given; va_start(given, command); void *argument = va_arg(given, void *); va_end(given); \\
    if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) { errno = REFUSAL; return -1; } \\
    static int (*real)(int, int, ...); \\
    if (!real) real = dlsym(RTLD_NEXT, #name); \\
    return real(file, command, argument); \\
  }
WITHOUT_LOCKS(fcntl)
WITHOUT_LOCKS(fcntl64)
`;

describe("on a volume without locks", () => {
  beforeEach(skipUnless(canCompile, "to make one takes Linux and a C compiler"));

  it.each(["ENOLCK", "EOPNOTSUPP"])("says so where the kernel answers %s", async (refusal) => {
    const path = fresh();
    const library = `${path}.so`;
    writeFileSync(`${path}.c`, SHIM);
    const built = spawnSync("cc", ["-shared", "-fPIC", `-DREFUSAL=${refusal}`, "-o", library, `${path}.c`, "-ldl"]);
    expect(built.stderr.toString()).toBe("");
    expect(await reason(path, ["env", `LD_PRELOAD=${library}`])).toContain("its volume does not lock files");
  });
});
