import { verifyPlayer } from "@questline/colyseus";
import { inertQuestline } from "./inert-questline.ts";

/** The names of headers and join options that `verifyPlayer` reads, found by watching it look. */
export async function credentialNames(): Promise<readonly string[]> {
  const seen: string[] = [];
  const headers = new Headers();
  Object.defineProperty(headers, "get", {
    value: (name: string) => {
      seen.push(name);
      return null;
    },
  });
  const options = new Proxy(
    {},
    {
      has: (_target, name) => (seen.push(String(name)), false),
      get: (_target, name) => void seen.push(String(name)),
      getOwnPropertyDescriptor: (_target, name) => void seen.push(String(name)),
    },
  );
  // Without a credential it refuses, after it has looked everywhere.
  await verifyPlayer(inertQuestline(), undefined, options, { headers }).catch(() => {});
  return seen;
}
