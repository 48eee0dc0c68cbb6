import { sleep } from "../runtime/time.ts";
import type { GameProcess } from "./game-process.ts";
import type { Platform } from "./platform.ts";

const TRIES = 40;
const PAUSE_MS = 100;

/** The players' devices: each gives the game a token that acts for its player, and a fresh one when that is refused. */
export class Tokens {
  readonly #platform: Platform;
  readonly #current = new Map<string, string>();
  readonly #giving = new WeakMap<GameProcess, Set<string>>();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Tries again while the platform refuses the check and the game lives. */
  async give(game: GameProcess, user: string): Promise<void> {
    const giving = this.#giving.get(game) ?? new Set();
    this.#giving.set(game, giving);
    if (giving.has(user)) return;
    giving.add(user);
    for (let left = TRIES; left > 0 && game.alive; left -= 1) {
      try {
        await game.ask("token", user, await this.#tokenOf(user));
        break;
      } catch {
        // Refused, or the platform could not say: a device would fetch another one.
        this.#current.delete(user);
        await sleep(PAUSE_MS);
      }
    }
    giving.delete(user);
  }

  async revoke(user: string): Promise<void> {
    this.#current.delete(user);
    await this.#platform.ask("revokeTokens", user);
  }

  async #tokenOf(user: string): Promise<string> {
    const token = this.#current.get(user) ?? (await this.#platform.ask("mintToken", user));
    this.#current.set(user, token);
    return token;
  }
}
