import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createEmulator, type Emulator, type EmulatorOptions } from "../src/index.ts";
import { APP_TOKEN, exchangeBytes, idOf } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ allowedHosts: ["Emulator", "10.1.2.3", "fd00::7"] });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
  emulator.world.addForeign(ada, "WINS_100", { count: 5 });
});
afterAll(() => emulator.close());

const here = (): string => new URL(emulator.url).host;
const port = (): string => new URL(emulator.url).port;

interface Asked {
  readonly line: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
  readonly of?: Emulator;
}

/** A request byte by byte as a browser would send it; an undefined header is left out. */
async function ask({ line, headers = {}, body, of = emulator }: Asked): Promise<{ status: number; body: any }> {
  const all = { host: new URL(of.url).host, connection: "close", ...headers };
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  const head = Object.entries({ ...all, ...length }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const { received } = await exchangeBytes(of, [`${line} HTTP/1.1`, ...head, "", body ?? ""].join("\r\n"));
  const text = received.slice(received.indexOf("\r\n\r\n") + 4);
  expect(received.toLowerCase()).not.toContain("access-control-allow");
  return { status: Number(received.split(" ")[1]), body: JSON.parse(text) };
}

const refused = (status: number, header: string): object => ({
  status,
  body: { error: { message: expect.stringContaining(`headers.${header}: `), path: `headers.${header}` } },
});
const untouched = (): void => {
  expect(emulator.world.progress(ada, "WINS_100").count).toBe(5n);
  expect(emulator.faults.list()).toEqual([]);
  expect(emulator.requests.count()).toBe(0);
};

const EVIL = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
const levers: readonly [route: string, body: string | undefined][] = [
  ["POST /__emulator/reset", undefined],
  ["POST /__emulator/reset", '{"apps":[]}'],
  ["POST /__emulator/secret", '{"appId":"1","secret":"theirs"}'],
  ["POST /__emulator/faults", '{"kind":"resetBefore"}'],
  ["POST /__emulator/clock", '{"advanceMs":1000}'],
  ["POST /__emulator/webhooks/hold", undefined],
  ["POST /__emulator/webhooks/release", undefined],
  ["DELETE /__emulator/requests", undefined],
];

describe("a web page of another site", () => {
  const plain = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", undefined];

  it.each(levers)("cannot use %s with %s", async (line, body) => {
    for (const type of plain) {
      const answer = await ask({ line, headers: { ...EVIL, "content-type": type }, ...(body ? { body } : {}) });
      expect(answer).toMatchObject(refused(403, "origin"));
    }
    untouched();
  });

  it("is known by either of its headers, also as another port of this machine", async () => {
    const [line, body] = ["POST /__emulator/reset", ""];
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", `https://evil.example:${port()}`]) {
      expect(await ask({ line, body, headers: { origin } })).toMatchObject(refused(403, "origin"));
    }
    for (const site of ["cross-site", "same-site"]) {
      const headers = { "sec-fetch-site": site };
      expect(await ask({ line, body, headers })).toMatchObject(refused(403, "sec-fetch-site"));
      expect(await ask({ line: "GET /__emulator/world", headers })).toMatchObject(refused(403, "sec-fetch-site"));
    }
    untouched();
  });

  it("gets no leave to send JSON, and can send nothing else even where no header gives it away", async () => {
    const preflight = { ...EVIL, "access-control-request-method": "POST" };
    expect((await ask({ line: "OPTIONS /__emulator/reset", headers: preflight })).status).toBe(403);
    for (const [line, body = ""] of levers) {
      for (const type of plain.slice(0, 3)) {
        const answer = await ask({ line, body, headers: { "content-type": type } });
        expect(answer).toMatchObject(refused(415, "content-type"));
      }
    }
    const untyped = await ask({ line: "POST /__emulator/clock", body: '{"advanceMs":1000}' });
    expect(untyped).toMatchObject(refused(415, "content-type"));
    untouched();
  });

  it("cannot write on the Graph side with a token that everybody knows", async () => {
    const query = `access_token=${APP_TOKEN}&user_id=${ada}`;
    expect(await ask({ line: `POST /achievement_remove_all?${query}`, headers: EVIL })).toMatchObject(
      refused(403, "origin"),
    );
    const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    const line = `GET /achievement_remove_all?${query}&method=POST`;
    expect(await ask({ line, headers: image })).toMatchObject(refused(403, "sec-fetch-site"));
    untouched();
  });
});

describe("a name that leads here", () => {
  const rebound = (): Record<string, string> => ({
    host: `rebind.example:${port()}`,
    origin: `http://rebind.example:${port()}`,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
  });

  it("neither reads the world nor mints tokens, on any side", async () => {
    const asked: readonly Asked[] = [
      { line: "GET /__emulator/world" },
      { line: "GET /__emulator/health" },
      { line: "POST /__emulator/tokens", body: JSON.stringify({ userId: ada }) },
      { line: "GET /__worlds/elsewhere/__emulator/world" },
      { line: `GET /${ada}?access_token=${APP_TOKEN}` },
      { line: "POST /100/federated_user_gen_access_token", body: "{}" },
    ];
    for (const each of asked) {
      const { status, body } = await ask({ ...each, headers: rebound() });
      expect([status, body.error.path]).toEqual([403, "headers.host"]);
      expect(body.error.message).toContain("--allow-host rebind.example");
      // Not the platform's envelope: a server takes it for no refusal of Meta's.
      expect(body.error).not.toHaveProperty("code");
    }
    untouched();
  });

  it.each([
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example",
    "192.0.2.1",
    "[fd00::8]",
    "localhost@evil",
    "",
    undefined,
  ])("is not %j", async (host) => {
    expect(await ask({ line: "GET /__emulator/world", headers: { host } })).toMatchObject(refused(403, "host"));
    expect(await ask({ line: "GET /me", headers: { host } })).toMatchObject(refused(403, "host"));
  });

  it.each(["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "emulator", "10.1.2.3", "[fd00::7]"])(
    "may be %s",
    async (name) => {
      for (const host of [name, `${name}:8080`]) {
        expect((await ask({ line: "GET /__emulator/world", headers: { host } })).status).toBe(200);
        const line = `GET /${ada}?access_token=${APP_TOKEN}`;
        expect((await ask({ line, headers: { host } })).body).toEqual({ id: ada });
      }
    },
  );

  it.each(["", "http://emulator", "emulator:8080", "*", "a b", 7])("is not made of %j", async (name) => {
    const allowedHosts = ["fine", name] as string[];
    await expect(createEmulator({ allowedHosts })).rejects.toThrow("allowedHosts[1]: expected a host name");
  });
});

describe("our own tools", () => {
  it("need neither Origin nor a body", async () => {
    expect((await ask({ line: "POST /__emulator/webhooks/hold" })).body).toEqual({ held: true });
    expect((await fetch(`${emulator.url}/__emulator/webhooks/release`, { method: "POST" })).status).toBe(200);
    expect((await fetch(`${emulator.url}/__emulator/faults`, { method: "DELETE" })).status).toBe(200);
    const headers = { "content-type": "application/json; charset=utf-8" };
    const answer = await ask({ line: "POST /__emulator/clock", headers, body: '{"advanceMs":1}' });
    expect(answer.status).toBe(200);
  });

  it("may be a page of the emulator's own address, or what is typed into a browser", async () => {
    const own = { origin: `http://${here()}`, "sec-fetch-site": "same-origin" };
    expect((await ask({ line: "POST /__emulator/reset", headers: own })).status).toBe(200);
    expect((await ask({ line: "GET /__emulator/world", headers: { "sec-fetch-site": "none" } })).status).toBe(200);
  });
});

describe("where it listens", () => {
  it.each(["", " "])("is not %j", async (host) => {
    await expect(createEmulator({ host })).rejects.toThrow("host: expected an address");
  });

  it("is warned of beyond this machine, and answers by the address at which it was reached", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    try {
      await using wide = await createEmulator({ host: "0.0.0.0" });
      expect(warn).toHaveBeenCalledWith(
        expect.stringContaining("listens on 0.0.0.0"),
        expect.objectContaining({ code: "QUESTLINE_EMULATOR_EXPOSED" }),
      );
      for (const [host, status] of [
        ["0.0.0.0", 200],
        ["127.0.0.1", 200],
        ["emulator", 403],
      ] as const) {
        expect((await ask({ line: "GET /__emulator/world", headers: { host }, of: wide })).status).toBe(status);
      }
      // Whatever it is called, its own URL is one by which it answers.
      await using named = await createEmulator({ host: "0" });
      expect(named.url).toMatch(/^http:\/\/0\.0\.0\.0:/);
      expect((await ask({ line: "GET /__emulator/world", of: named })).status).toBe(200);
      warn.mockClear();
      for (const host of ["127.0.0.1", "localhost", "127.0.0.2"]) await (await createEmulator({ host })).close();
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });
});

describe("webhooks", () => {
  const webhook = (host: string) => ({ callback_url: `http://${host}/hook`, verify_token: "v" });
  const seeded = (host: string): EmulatorOptions => ({
    seed: { apps: [{ id: "1", secret: "s", webhook: webhook(host) }] },
  });

  it.each(["game.example", "192.0.2.1:3000", "[fd00::1]", "localhost.evil.example", "0.0.0.0:80", "169.254.169.254"])(
    "do not go to %s unless they are let",
    async (host) => {
      const named = "needs --allow-remote-webhooks";
      await expect(emulator.webhooks.register(webhook(host))).rejects.toThrow(named);
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ webhook: webhook(host) });
      const answer = await ask({ line: "POST /__emulator/webhooks", headers, body });
      expect([answer.status, answer.body.error.path]).toEqual([400, "webhook.callback_url"]);
      await expect(createEmulator(seeded(host))).rejects.toThrow(`seed.apps[0].webhook.callback_url: to call`);
      expect(() => emulator.reset(seeded(host).seed)).toThrow(named);
      expect(() => emulator.worlds.open("calls", seeded(host))).toThrow(named);
      expect(emulator.world.progress(ada, "WINS_100").count).toBe(5n);
      await using lenient = await createEmulator({ ...seeded(host), allowRemoteWebhooks: true });
      expect(lenient.webhooks.subscriptions()).toMatchObject([{ callbackUrl: `http://${host}/hook` }]);
    },
  );

  it.each(["localhost:3000", "127.0.0.1", "127.1", "[::1]:3000"])("go to %s", async (host) => {
    await using local = await createEmulator(seeded(host));
    expect(local.webhooks.subscriptions()).toHaveLength(1);
  });
});
