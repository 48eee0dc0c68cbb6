import { Client, type Room } from "@colyseus/sdk";
import { ACK, DELAYED, type Recorded, RECORDED, TOKEN, type Unlocked, UNLOCKED } from "@questline/colyseus/messages";
import { seededRandom } from "../runtime/random.ts";
import { every, sleep } from "../runtime/timers.ts";
import type { BotPlan, BotPlayer } from "../wire.ts";
import { Headset } from "./headset.ts";

const SHOT_MS = 50;
const JOIN_AGAIN_MS = 300;

/** A player without hands: joins, aims at its drone as well as its skill allows, fires. */
export class Bot {
  /** Ids of notices seen; a notice may come twice. */
  readonly unlocked: Set<string> = new Set();
  readonly recorded: Set<string> = new Set();
  tokens = 0;
  readonly #player: BotPlayer;
  readonly #headset: Headset;
  readonly #random: () => number;
  /** How far its aims spread, in degrees. */
  readonly #spread: number;
  #endpoint: string | undefined;
  #joined = Promise.withResolvers<void>();
  #drone: number | undefined;

  constructor(player: BotPlayer, plan: BotPlan, index: number) {
    this.#player = player;
    this.#headset = new Headset(player, plan);
    this.#random = seededRandom(plan.seed * 7_919 + index);
    this.#spread = 4 + 4 * this.#random();
  }

  /** Resolves when it is in a room at this address. It stays: when the connection ends, it joins again. */
  play(endpoint: string): Promise<void> {
    this.#joined = Promise.withResolvers();
    if (this.#endpoint === undefined) void this.#live();
    this.#endpoint = endpoint;
    return this.#joined.promise;
  }

  async #live(): Promise<never> {
    for (;;) {
      const room = await this.#join();
      const left = new Promise((resolve) => room.onLeave(resolve));
      this.#listen(room);
      const holdFire = every(SHOT_MS, () => this.#fire(room));
      this.#joined.resolve();
      await left;
      holdFire();
      this.#drone = undefined;
    }
  }

  /** As long as it takes: a busy platform (503) or a seat not free yet is no reason to give up; a refusal is. */
  async #join(): Promise<Room> {
    for (;;) {
      try {
        const { headers, options } = await this.#proof();
        // Read last: after a restart the game is somewhere else.
        const client = new Client(this.#endpoint, { headers });
        return await client.join("arena", { arena: this.#player.arena, ...options });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === 401 || code === 403) throw error;
        await sleep(JOIN_AGAIN_MS);
      }
    }
  }

  /** Fresh for every try: a nonce works once, and a token is asked about once. */
  async #proof(): Promise<{ headers: Record<string, string>; options: Record<string, string> }> {
    const { user, proof } = this.#player;
    if (proof === "nonce") {
      return { headers: {}, options: { metaUserId: user, metaNonce: await this.#headset.nonce() } };
    }
    const token = await this.#headset.token();
    return proof === "header"
      ? { headers: { "x-meta-token": token }, options: {} }
      : { headers: {}, options: { metaToken: token } };
  }

  #listen(room: Room): void {
    room.reconnection.enabled = false;
    room.onMessage("drone", ({ angle }: { angle: number }) => (this.#drone = angle));
    room.onMessage("done", () => (this.#drone = undefined));
    room.onMessage(UNLOCKED, ({ id }: Unlocked) => {
      this.unlocked.add(id);
      room.send(ACK, { ids: [id] });
    });
    room.onMessage(DELAYED, () => {});
    room.onMessage(RECORDED, ({ id }: Recorded) => this.recorded.add(id));
    room.onMessage(TOKEN, async () => {
      this.tokens += 1;
      room.send(TOKEN, { token: await this.#headset.token() });
    });
  }

  #fire(room: Room): void {
    if (this.#drone === undefined) return;
    const bell = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    room.send("fire", { angle: (this.#drone + this.#spread * bell + 360) % 360 });
  }
}
