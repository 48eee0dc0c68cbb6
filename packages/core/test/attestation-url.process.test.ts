import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { selfSigned } from "../../../test/self-signed.ts";

const SECRET = "test-secret-of-the-app";
const TOKEN = "attestation-token-of-a-device";
const CHILD = fileURLToPath(new URL("veiled-child.ts", import.meta.url));

async function shownBy(url: string, how: string, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=questline-source", CHILD, url, SECRET, TOKEN, how], {
    env: { ...process.env, ...env },
  });
  let shown = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (shown += bytes.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return shown;
}

const DEBUG = "undici,http,https,http2,net,tls,stream,timer";

test.each(["http", "https"])(
  "no diagnostics channel and no NODE_DEBUG shows the secret in attestation's URL over %s",
  async (scheme) => {
    const asked: string[] = [];
    const answer: RequestListener = (request, response) => {
      asked.push(request.url ?? "");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: [{ message: "token expired" }] }));
    };
    const certificate = selfSigned("127.0.0.1");
    const folder = mkdtempSync(join(tmpdir(), "questline-attestation-"));
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, certificate.cert);
    const server: Server = scheme === "http" ? createPlainServer(answer) : createTlsServer(certificate, answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const heard = await shownBy(url, "listening", { NODE_EXTRA_CA_CERTS: ca });
      const debugged = await shownBy(url, "", { NODE_EXTRA_CA_CERTS: ca, NODE_DEBUG: DEBUG });
      const real = `/platform_integrity/verify?token=${TOKEN}&access_token=${encodeURIComponent(`OC|1|${SECRET}`)}`;

      expect(asked).toEqual(Array.from({ length: 6 }, () => real));
      expect(heard).toContain("undici:request:create");
      expect(heard).toContain("undici:client:sendHeaders");
      expect(debugged).toMatch(/UNDICI \d+: sending request to GET .*\/platform_integrity\/verify\?hidden=1/);
      for (const shown of [heard, debugged]) {
        expect(shown).toContain("verdicts rejected rejected rejected");
        expect(shown.includes(SECRET)).toBe(false);
        expect(shown.includes(TOKEN)).toBe(false);
      }
    } finally {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    }
  },
);
