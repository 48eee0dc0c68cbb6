import { type Client, definePlugins, Room, validate } from "@colyseus/core";
import { type Player, questlineAuth, questlinePlugin } from "@questline/colyseus";
import type { QuestlineMessages } from "@questline/colyseus/messages";
import { z } from "zod";
import { seededRandom } from "../runtime/random.ts";
import { now } from "../runtime/timers.ts";
import { ArenaPlayer, ArenaState } from "./arena-state.ts";
import { questline } from "./questline.ts";

const KILLS_TO_FINISH = 12;
const MAPS = 3;
const HIT_DEGREES = 10;
const HEADSHOT_DEGREES = 3;
const REST_MS = 80;

type ArenaClient = Client<{ auth: Player; messages: QuestlineMessages & { drone: Drone; done: { place: number } } }>;

interface Drone {
  /** Where it hovers, in degrees. */
  readonly angle: number;
}

export interface ArenaOptions {
  readonly arena: number;
  readonly players: number;
  readonly rounds: number;
  readonly seed: number;
}

/** Everybody hunts drones of their own; the first to take twelve wins, the round ends when all have theirs. */
export class ArenaRoom extends Room<{ state: ArenaState; client: ArenaClient }> {
  static override onAuth = questlineAuth(questline);

  override plugins = definePlugins([questlinePlugin(questline)]);
  override state = new ArenaState();
  override autoDispose = false;
  override messages = {
    fire: validate(z.object({ angle: z.number() }), (client: ArenaClient, shot) => this.#fire(client, shot.angle)),
  };

  readonly #drones = new Map<string, Drone>();
  #random = seededRandom(0);
  #roundsLeft = 0;
  #startedAt = 0;
  #winner: string | undefined;

  override onCreate({ arena, players, rounds, seed }: ArenaOptions): void {
    this.maxClients = players;
    this.#roundsLeft = rounds;
    this.#random = seededRandom(seed * 1_000 + arena);
  }

  override onJoin(client: ArenaClient): void {
    this.state.players.set(client.sessionId, new ArenaPlayer().assign({ alias: client.auth?.alias ?? "" }));
    this.#startRoundWhenFull();
  }

  override onLeave(client: ArenaClient): void {
    this.#drones.delete(client.sessionId);
    this.#endRoundWhenDone();
  }

  #startRoundWhenFull(): void {
    if (this.clients.length < this.maxClients || this.#drones.size > 0 || this.#roundsLeft === 0) return;
    this.#roundsLeft -= 1;
    this.#startedAt = now();
    this.#winner = undefined;
    this.state.round += 1;
    this.state.map = Math.floor(this.#random() * MAPS);
    for (const [sessionId, player] of this.state.players) {
      if (this.clients.getById(sessionId) === undefined) this.state.players.delete(sessionId);
      else player.assign({ kills: 0, points: 0, timeMs: 0 });
    }
    for (const client of this.clients) this.#launchDrone(client);
  }

  #launchDrone(client: ArenaClient): void {
    const drone = { angle: Math.floor(this.#random() * 360) };
    this.#drones.set(client.sessionId, drone);
    client.send("drone", drone);
  }

  #fire(client: ArenaClient, angle: number): void {
    const drone = this.#drones.get(client.sessionId);
    const player = this.state.players.get(client.sessionId);
    if (drone === undefined || player === undefined) return;
    const miss = Math.abs(((angle - drone.angle + 540) % 360) - 180);
    if (miss > HIT_DEGREES) {
      player.points = Math.max(0, player.points - 1);
      return;
    }
    const headshot = miss <= HEADSHOT_DEGREES;
    player.kills += 1;
    player.points += headshot ? 15 : 10;
    this.plugins.questline.report(client, "kill", { headshot }, { id: `drone-${player.kills}` });
    if (player.kills < KILLS_TO_FINISH) this.#launchDrone(client);
    else this.#finish(client, player);
  }

  #finish(client: ArenaClient, player: ArenaPlayer): void {
    player.timeMs = Math.max(1, Math.round(now() - this.#startedAt));
    this.#winner ??= client.sessionId;
    this.#drones.delete(client.sessionId);
    client.send("done", { place: this.clients.length - this.#drones.size });
    this.#endRoundWhenDone();
  }

  #endRoundWhenDone(): void {
    if (this.#winner === undefined || this.#drones.size > 0) return;
    const winner = this.#winner;
    this.#winner = undefined;
    this.plugins.questline.endMatch("matchEnded", ({ sessionId }) => {
      const player = this.state.players.get(sessionId);
      if (player === undefined) return undefined;
      const { kills, points, timeMs } = player;
      return { won: sessionId === winner, finished: kills === KILLS_TO_FINISH, map: this.state.map, points, timeMs };
    });
    this.clock.setTimeout(() => this.#startRoundWhenFull(), REST_MS);
  }
}
