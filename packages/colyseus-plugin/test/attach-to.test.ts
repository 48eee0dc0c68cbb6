import type { Debts } from "@questline/core";
import { Server } from "@colyseus/core";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { attachTo, attachWith } from "../src/attach-to.ts";
import { fakeQuestline } from "./fake-questline.ts";
import { testClock } from "./test-clock.ts";

let logged: MockInstance[];
beforeEach(() => {
  logged = (["warn", "info"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
});
afterEach(() => logged.forEach((spy) => spy.mockRestore()));

/** A server's two slots, as Colyseus keeps them: the last callback wins. */
class Slots {
  protected onShutdownCallback: () => unknown = () => {};
  protected onBeforeShutdownCallback: () => unknown = () => {};
  onShutdown(callback: () => void): void {
    this.onShutdownCallback = callback;
  }
  onBeforeShutdown(callback: () => void): void {
    this.onBeforeShutdownCallback = callback;
  }
  /** As `gracefullyShutdown`: a throw in the first skips all the rest. */
  async shutDown(steps: string[]): Promise<void> {
    await this.onBeforeShutdownCallback();
    steps.push("rooms");
    await this.onShutdownCallback();
  }
}

function scene(debts: Partial<Debts> = {}) {
  const steps: string[] = [];
  const closed: unknown[] = [];
  const { questline } = fakeQuestline();
  const closing = {
    ...questline,
    flush: async () => void steps.push("flush"),
    close: async (options: unknown) => {
      steps.push("close");
      closed.push(options);
      return { owed: 0, dead: 0, ...debts } as Debts;
    },
  };
  return { steps, closed, questline: closing, server: new Slots(), clock: testClock() };
}

test("the server is given back, and Questline is closed after the rooms", async () => {
  const { questline, server, steps, closed } = scene();
  expect(attachTo(questline, server, { timeoutMs: 700 })).toBe(server);
  await server.shutDown(steps);
  expect(steps).toEqual(["flush", "rooms", "close"]);
  expect(closed).toEqual([{ timeoutMs: 700 }]);
});

test("callbacks set before or later keep their places; the last of each wins, as without Questline", async () => {
  const { questline, server, steps } = scene();
  server.onBeforeShutdown(() => void steps.push("before"));
  server.onShutdown(() => void steps.push("replaced"));
  attachTo(questline, server);
  server.onShutdown(() => void steps.push("after"));
  await server.shutDown(steps);
  expect(steps).toEqual(["flush", "before", "rooms", "after", "close"]);
});

test("attaching twice closes once; two Questlines are closed both", async () => {
  const one = scene();
  const other = scene();
  attachTo(one.questline, one.server);
  attachTo(one.questline, one.server);
  attachTo(other.questline, one.server);
  await one.server.shutDown(one.steps);
  expect(one.closed).toHaveLength(1);
  expect(other.closed).toHaveLength(1);
});

test("a callback that throws before the shutdown: Questline is closed, since Colyseus goes no further", async () => {
  const { questline, server, steps } = scene();
  const bug = new Error("a bug of the game");
  server.onBeforeShutdown(() => {
    throw bug;
  });
  attachTo(questline, server);
  await expect(server.shutDown(steps)).rejects.toBe(bug);
  expect(steps).toEqual(["flush", "close"]);
});

test("a callback that throws after the shutdown: Questline is closed, and the error is the game's", async () => {
  const { questline, server, steps } = scene();
  attachTo(questline, server);
  server.onShutdown(() => Promise.reject(new Error("a bug of the game")));
  await expect(server.shutDown(steps)).rejects.toThrow("a bug of the game");
  expect(steps).toEqual(["flush", "rooms", "close"]);
});

test("a Questline that cannot close or flush lets the shutdown go on", async () => {
  const { questline, server, steps } = scene();
  const broken = {
    ...questline,
    flush: () => Promise.reject(new Error("no")),
    close: () => Promise.reject(new Error("no")),
  };
  attachTo(broken, server);
  await server.shutDown(steps);
  expect(steps).toEqual(["rooms"]);
});

test("rooms that take longer than the deadline: what is owed is sent again, and the log says why it waits", () => {
  const { questline, server, steps, clock } = scene();
  attachWith(questline, server, { timeoutMs: 700 }, clock);
  void (server as unknown as { onBeforeShutdownCallback(): unknown }).onBeforeShutdownCallback();
  clock.advance(699);
  expect(steps).toEqual(["flush"]);
  clock.advance(1);
  expect(steps).toEqual(["flush", "flush"]);
  expect(JSON.stringify(logged[0]?.mock.calls)).toMatch(/onDispose has not ended/);
});

/** A server that can listen, and says where. */
class Listening extends Slots {
  readonly ports: unknown[] = [];
  async listen(port: number): Promise<string> {
    this.ports.push(port);
    return "listening";
  }
}

test("with waitForReady the server listens once the store is open, as it would have at once", async () => {
  const { questline } = scene();
  const { promise, resolve } = Promise.withResolvers<void>();
  const server = attachTo({ ...questline, ready: promise }, new Listening(), { waitForReady: true });
  const listening = server.listen(2567);
  await new Promise((done) => setImmediate(done));
  expect(server.ports).toEqual([]);
  resolve();
  expect(await listening).toBe("listening");
  expect(server.ports).toEqual([2567]);
  const other = attachTo(questline, new Listening());
  void other.listen(2568);
  expect(other.ports).toEqual([2568]);
});

test("with waitForReady a server whose store can never be opened does not listen, and says why", async () => {
  const { questline } = scene();
  const why = new Error("no database");
  const ready = Promise.reject(why);
  ready.catch(() => {});
  const server = attachTo({ ...questline, ready }, new Listening(), { waitForReady: true });
  await expect(server.listen(2567)).rejects.toBe(why);
  expect(server.ports).toEqual([]);
  expect(() => attachTo(scene().questline, new Slots(), { waitForReady: true })).toThrow(/listen/);
});

test("what is owed at the end is told", async () => {
  const { questline, server, steps } = scene({ owed: 3, dead: 1 });
  attachTo(questline, server);
  await server.shutDown(steps);
  expect(JSON.stringify(logged[1]?.mock.calls)).toMatch(/3 results go on at the next start, 1 need/);
});

test.each([[undefined], [null], [{}], [{ onShutdown: () => {} }]])("%j is no server: a clear TypeError", (server) => {
  expect(() => attachTo(scene().questline, server as never)).toThrow(/attachTo\(questline, defineServer/);
});

test("a timeout that is none is refused", () => {
  expect(() => attachTo(scene().questline, new Slots(), { timeoutMs: Number.NaN })).toThrow(/timeoutMs/);
});

test("Colyseus keeps its callbacks where they are looked for", () => {
  const slots = Object.keys(new Server({ greet: false, gracefullyShutdown: false, transport: {} as never }));
  expect(slots).toEqual(expect.arrayContaining(["onShutdownCallback", "onBeforeShutdownCallback"]));
});

test("what is owed at the end and cannot be known is told, with the reason", async () => {
  const { questline, server, steps } = scene({ owed: 3, problem: "the store is gone" });
  attachTo(questline, server);
  await server.shutDown(steps);
  expect(JSON.stringify(logged[0]?.mock.calls)).toMatch(/not known.*the store is gone/);
  expect(JSON.stringify(logged[1]?.mock.calls)).not.toMatch(/3 results/);
});
