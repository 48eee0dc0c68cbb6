import type { Client } from "@colyseus/sdk";
import type { boot } from "@colyseus/testing";
import type { createEmulator } from "@questline/emulator";
import { importInstalled } from "../import-installed.ts";
import { questlineMatchers } from "./matchers.ts";

/** What a game that tests with Questline installs besides. */
export interface Tools {
  readonly createEmulator: typeof createEmulator;
  readonly SdkClient: typeof Client;
  readonly boot: typeof boot;
}

/** Throws an error that names what to install. */
export async function loadTools(): Promise<Tools> {
  const emulator = await tool("@questline/emulator", () => import("@questline/emulator"));
  const sdk = await tool("@colyseus/sdk", () => import("@colyseus/sdk"));
  const testing = await tool("@colyseus/testing", () => import("@colyseus/testing"));
  return { createEmulator: emulator.createEmulator, SdkClient: sdk.Client, boot: testing.boot };
}

async function tool<T>(name: string, load: () => Promise<T>): Promise<T> {
  return importInstalled(name, load).catch((cause: unknown) => {
    const message = `createQuestlineTest could not load ${name}`;
    const install = "npm install --save-dev @colyseus/testing @colyseus/sdk @colyseus/tools @questline/emulator";
    throw new Error(`${message}: ${install} (those of Colyseus in the version of your @colyseus/core).`, { cause });
  });
}

/** Matchers belong to the test runner; elsewhere there are none. */
export async function installMatchers(): Promise<void> {
  const runner = await importInstalled("vitest", () => import("vitest")).catch(() => undefined);
  runner?.expect.extend({ ...questlineMatchers });
}
