import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { packPackages } from "./packed-packages.ts";

/** A registry that has the packed packages and nothing else, for the scope `@questline`. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
}

interface Published {
  readonly document: string;
  readonly tarball: Buffer;
}

export async function serveRegistry(): Promise<LocalRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "questline-registry-"));
  // So that no manager takes from its cache what another run had at the same port.
  const base = `/${basename(folder)}`;
  const packages = new Map<string, Published>();
  const server = createServer(({ url: asked = "/" }, answer) => {
    const [name = "", file] = decodeURIComponent(asked.slice(base.length + 1)).split("/-/");
    const found = packages.get(name);
    if (!found) answer.writeHead(404).end("{}");
    else if (file === undefined) answer.writeHead(200, { "content-type": "application/json" }).end(found.document);
    else answer.writeHead(200, { "content-type": "application/octet-stream" }).end(found.tarball);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;
  for (const [name, path] of await packPackages(folder)) packages.set(name, await publish(url, join(folder, path)));
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function publish(url: string, path: string): Promise<Published> {
  const { stdout } = await promisify(execFile)("tar", ["-xOf", path, "package/package.json"]);
  const manifest = JSON.parse(stdout) as { readonly name: string; readonly version: string };
  const tarball = await readFile(path);
  const dist = {
    tarball: `${url}/${manifest.name}/-/package.tgz`,
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    shasum: createHash("sha1").update(tarball).digest("hex"),
  };
  const { name, version } = manifest;
  const versions = { [version]: { ...manifest, dist } };
  const time = { created: "2026-01-01T00:00:00.000Z", [version]: "2026-01-01T00:00:00.000Z" };
  return { document: JSON.stringify({ name, "dist-tags": { latest: version }, versions, time }), tarball };
}
