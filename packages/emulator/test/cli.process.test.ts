import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { behaviours } from "../src/index.ts";
import { curl } from "./curl.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function run(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(`no line; stderr: ${await text(child.stderr!)}`);
}

async function outcome(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = run(...args);
  const [out, err, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "exit")]);
  return { code: code as number | null, out, err };
}

describe("questline-emulator", () => {
  it("prints one JSON line, serves a seed file, and ends on SIGTERM with connections open", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cli-"));
    await writeFile(
      join(folder, "seed.yaml"),
      "apps:\n  - id: 42\n    secret: answer\nusers:\n  - alias: ada\n    ids: { 42: 777 }\n",
    );
    const child = run("--json", "--seed", join(folder, "seed.yaml"));
    const line = JSON.parse(await firstLine(child));
    const url = `http://127.0.0.1:${line.port}`;
    const world = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(line).toEqual({ event: "listening", url, port: expect.any(Number), world });
    const reply = await fetch(`${line.url}/777?fields=alias`, { headers: { authorization: "Bearer OC|42|answer" } });
    expect(await reply.json()).toEqual({ id: "777", alias: "ada" });
    expect(reply.headers.get("x-questline-emulator-world")).toBe(line.world);
    const health = (await (await fetch(`${line.url}/__emulator/health`)).json()) as { version: string };
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(health.version).toBe(manifest.version);
    const idle = connect(line.port, "127.0.0.1");
    idle.on("error", () => undefined);
    await once(idle, "connect");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    idle.destroy();
    await rm(folder, { recursive: true });
  });

  it("prints a sentence ending in the URL, and ends on SIGINT", async () => {
    const child = run();
    expect(await firstLine(child)).toMatch(/ \(world [0-9a-f]{16}\) listens on http:\/\/127\.0\.0\.1:\d+$/);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("explains every behaviour with its label", async () => {
    const { code, out } = await outcome("--explain");
    expect(code).toBe(0);
    for (const { id, basis } of behaviours) expect(out).toMatch(new RegExp(`^  ${basis} +${id}: `, "m"));
    expect(JSON.parse((await outcome("--explain", "--json")).out)).toEqual({ behaviours });
  });

  it("starts as strict as it is told", async () => {
    const { url } = JSON.parse(await firstLine(run("--json", "--strictness", "documented")));
    expect(await (await fetch(`${url}/__emulator/switches`)).json()).toMatchObject({ invalidTokenStatus: 401 });
  });

  it("answers by the names it is told, and warns when it listens beyond this machine", async () => {
    const child = run("--json", "--host", "0.0.0.0", "--allow-host", "emulator", "--allow-host", "games.test");
    const warned = text(child.stderr!);
    const { port } = JSON.parse(await firstLine(child));
    const statusAs = async (host: string): Promise<number | undefined> => {
      const asked = request({ host: "127.0.0.1", port, path: "/__emulator/health", headers: { host }, agent: false });
      const [answer] = (await once(asked.end(), "response")) as [IncomingMessage];
      return answer.resume().statusCode;
    };
    expect(await Promise.all(["emulator:80", "games.test", "other.test"].map(statusAs))).toEqual([200, 200, 403]);
    child.kill("SIGTERM");
    expect(await warned).toContain("QUESTLINE_EMULATOR_EXPOSED");
  });

  it("lets webhooks leave this machine only when told", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cli-"));
    const file = join(folder, "seed.json");
    const webhook = { callback_url: "http://game:3000/webhooks", verify_token: "v" };
    await writeFile(file, JSON.stringify({ apps: [{ id: "1", secret: "s", webhook }] }));
    const refused = await outcome("--seed", file);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("--allow-remote-webhooks")]);
    expect(await firstLine(run("--seed", file, "--allow-remote-webhooks"))).toContain("listens on");
    await rm(folder, { recursive: true });
  });

  it("answers curl commands as documents print them", async () => {
    const { url } = JSON.parse(await firstLine(run("--json")));
    const form = `curl -d "access_token=OC|1|test-secret" -d "api_name=LAPS" -d "sort_order=LOWER_IS_BETTER" ${url}/1/leaderboards`;
    const { body } = await curl(form);
    const query = `curl "${url}/1/leaderboards/?access_token=OC%7C1%7Ctest-secret&api_name=LAPS&fields=sort_order"`;
    expect((await curl(query)).body.data).toEqual([{ id: body.id, sort_order: "LOWER_IS_BETTER" }]);
    const header = `curl -X DELETE -H "Authorization: Bearer OC|1|test-secret" ${url}/${body.id}`;
    expect((await curl(header)).body).toEqual({ success: true });
  });

  it("prints its usage", async () => {
    const { code, out } = await outcome("--help");
    expect(code).toBe(0);
    for (const flag of ["--port", "--host", "--allow-host", "--seed", "--strictness", "--json", "--explain", "--help"])
      expect(out).toContain(`  ${flag} `);
    expect(out).toContain("  --allow-remote-webhooks\n");
  });

  it.each([
    [["--port", "http"], "--port"],
    [["--port", "65536"], "--port"],
    [["--speed", "fast"], "--speed"],
    [["--strictness", "kind"], "documented, observed, hostile"],
    [["--seed", "/nowhere/seed.yaml"], "/nowhere/seed.yaml"],
    [["--host", "256.0.0.1"], "256.0.0.1"],
    [["--host", ""], "host: expected an address"],
    [["--allow-host", "game", "--allow-host", "http://game"], "allowedHosts[1]"],
  ])("exits with 2 for %j, naming it", async (args, named) => {
    const { code, out, err } = await outcome(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(named);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("says which address is taken", async () => {
    const child = run("--json");
    const { port } = JSON.parse(await firstLine(child));
    const second = await outcome("--port", String(port));
    expect(second.code).toBe(2);
    expect(second.err).toContain(`Cannot listen on 127.0.0.1:${port}`);
  });
});
