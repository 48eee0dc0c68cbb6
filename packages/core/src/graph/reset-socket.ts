import { Socket } from "node:net";

/**
 * A TCP socket that ends in one way only. Closing one whose bytes are not all acknowledged leaves an orphan in the kernel,
 * which goes on sending them for minutes: a request could arrive long after its end. A reset empties that queue. So however
 * a connected socket comes to its end (given up, an error, idle for long, its client destroyed), it is reset, at once and
 * in the same turn; and no half of it is ever closed before.
 */
export class ResetSocket extends Socket {
  #ending = false;
  #cause: Error | undefined;

  constructor() {
    // With `allowHalfOpen` Node leaves the other side's end to whoever reads, and sends none of its own.
    super({ allowHalfOpen: true });
  }

  /** Also what TLS over this socket calls as it is destroyed. */
  override destroy(error?: Error): this {
    if (this.#ending || this.pending) return super.destroy(error ?? this.#cause);
    this.#ending = true;
    this.#cause = error;
    // Comes back here, marked to be reset.
    return this.resetAndDestroy();
  }

  /** Never soon, always now: what is not sent yet must not be waited for. */
  override destroySoon(): void {
    this.destroy();
  }

  override _final(callback: (error?: Error | null) => void): void {
    callback();
  }
}
