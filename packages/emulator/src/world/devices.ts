import { createHash } from "node:crypto";
import { DAY_MS } from "../runtime/calendar.ts";

/** How long a device keeps its unique id in an app. */
const ROTATION_MS = 30 * DAY_MS;

export interface DeviceBan {
  readonly banId: string;
  /** The device's name in this emulator; it outlives unique ids. */
  readonly device: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  until: number;
}

interface Device {
  readonly name: string;
  readonly firstSeenAt: number;
}

/** The devices of one app as attestation sees them, and which of them are banned. */
export class DeviceRegistry {
  readonly #appId: string;
  readonly #devices = new Map<string, Device>();
  /** By device name. */
  readonly #bans = new Map<string, DeviceBan>();

  constructor(appId: string) {
    this.#appId = appId;
  }

  /** The device's unique id at that time: 64 hex digits, another one every 30 days and in every app. */
  uniqueId(name: string, now: number): string {
    const device = this.#devices.get(name) ?? { name, firstSeenAt: now };
    this.#devices.set(name, device);
    return this.#idOf(device, now);
  }

  /** The device that has this unique id now. */
  named(uniqueId: string, now: number): string | undefined {
    for (const device of this.#devices.values()) if (this.#idOf(device, now) === uniqueId) return device.name;
    return undefined;
  }

  /** Bans anew or changes the time left; the id and the date of an active ban stay. */
  ban(device: string, until: number, now: number, mintBanId: () => string): DeviceBan {
    const existing = this.activeBan(device, now);
    if (existing !== undefined) {
      existing.until = until;
      return existing;
    }
    const ban: DeviceBan = { banId: mintBanId(), device, createdAt: now, until };
    this.#bans.set(device, ban);
    return ban;
  }

  lift(device: string): void {
    this.#bans.delete(device);
  }

  activeBan(device: string, now: number): DeviceBan | undefined {
    const ban = this.#bans.get(device);
    return ban !== undefined && ban.until > now ? ban : undefined;
  }

  banById(banId: string, now: number): DeviceBan | undefined {
    return this.activeBans(now).find((ban) => ban.banId === banId);
  }

  /** Oldest first. */
  activeBans(now: number): readonly DeviceBan[] {
    return [...this.#bans.values()].filter((ban) => ban.until > now);
  }

  #idOf({ name, firstSeenAt }: Device, now: number): string {
    const turn = Math.floor((now - firstSeenAt) / ROTATION_MS);
    return createHash("sha256").update(`${this.#appId} ${turn} ${name}`).digest("hex");
  }
}
