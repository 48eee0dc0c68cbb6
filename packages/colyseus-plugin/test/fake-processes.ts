import { ClientArray, ClientState, type Room } from "@colyseus/core";
import { Hub } from "../src/hub.ts";
import type { Presence } from "../src/relay.ts";
import { Seat, type NoticeWishes } from "../src/seat.ts";
import { fakeQuestline, type FakeQuestline } from "./fake-questline.ts";
import { fakeClient, type FakeClient } from "./fake-room.ts";
import { testClock, type TestClock } from "./test-clock.ts";

export interface Taken {
  readonly seat: Seat;
  readonly client: FakeClient;
  /** An abnormal close with the seat held. */
  drop(): void;
  comeBack(): FakeClient;
  leave(): void;
}

export interface FakeProcess extends FakeQuestline {
  readonly hub: Hub;
  readonly clock: TestClock;
  sit(userId: string, wishes?: Partial<NoticeWishes>): Taken;
}

export interface FakeProcesses {
  /** Everything published, as text. */
  readonly traffic: string[];
  start(): FakeProcess;
}

/** Processes of one game that share a presence, which carries JSON as Redis does. */
export function fakeProcesses(): FakeProcesses {
  const traffic: string[] = [];
  const subscribers = new Map<string, Set<(message: unknown) => void>>();
  const presence: Presence = {
    async subscribe(topic, hear) {
      const hearing = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, hearing.add(hear));
    },
    publish(topic, message) {
      const text = JSON.stringify(message);
      traffic.push(`${topic} ${text}`);
      for (const hear of subscribers.get(topic) ?? []) hear(JSON.parse(text));
    },
  };
  let processes = 0;
  let sessions = 0;

  return {
    traffic,
    start() {
      const fake = fakeQuestline();
      const clock = testClock();
      const source = { ready: Promise.resolve(), current: () => presence };
      const hub = new Hub(fake.questline, { clock, source, outbox: `outbox-${++processes}` });
      return {
        ...fake,
        hub,
        clock,
        sit(userId, wishes = {}) {
          const clients = new ClientArray();
          const client = fakeClient(`s${++sessions}`, { id: userId });
          clients.push(client);
          const room = { clients } as unknown as Room;
          const seat = new Seat(room, client.sessionId, { notices: true, progress: false, ranks: false, ...wishes });
          hub.enter(userId, seat);
          return {
            seat,
            client,
            drop: () => void clients.pop(),
            comeBack() {
              const back = fakeClient(client.sessionId, client.auth);
              client.state = ClientState.RECONNECTED;
              clients.push(back);
              seat.resume();
              hub.back(userId, seat);
              return back;
            },
            leave() {
              clients.pop();
              hub.leave(userId, seat);
            },
          };
        },
      };
    },
  };
}
