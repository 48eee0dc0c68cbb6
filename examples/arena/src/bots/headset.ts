import type { BotPlan, BotPlayer } from "../wire.ts";

/** What the platform's SDK does in a real headset: tokens and proofs for its user, minted at the emulator. */
export class Headset {
  readonly #user: string;
  readonly #plan: BotPlan;

  constructor({ user }: BotPlayer, plan: BotPlan) {
    this.#user = user;
    this.#plan = plan;
  }

  async token(): Promise<string> {
    return (await this.#mint("tokens")).token ?? "";
  }

  async nonce(): Promise<string> {
    return (await this.#mint("nonces")).nonce ?? "";
  }

  async #mint(what: "tokens" | "nonces"): Promise<{ readonly token?: string; readonly nonce?: string }> {
    const { emulatorUrl, appId } = this.#plan;
    const answer = await fetch(`${emulatorUrl}/__emulator/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ appId, userId: this.#user }),
    });
    if (!answer.ok) throw new Error(`the emulator minted no ${what}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { token?: string; nonce?: string };
  }
}
