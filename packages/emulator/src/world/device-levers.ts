import { EmulatorInputError } from "../input-error.ts";
import { DAY_MS } from "../runtime/calendar.ts";
import { appNamed } from "./people.ts";
import type { WorldState } from "./state.ts";

/** Claims that an attestation token makes; members of the platform's name, and any others. */
export interface AttestationClaims {
  readonly request_details?: Readonly<Record<string, unknown>>;
  readonly app_state?: Readonly<Record<string, unknown>>;
  readonly device_state?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

export interface AttestationOrder {
  /** The challenge: base64url, 22 to 172 characters. */
  readonly nonce: string;
  /** A name for the headset. Default "headset". */
  readonly device?: string;
  readonly appId?: string;
  /** Put over the good claims, member by member; null takes a member out. */
  readonly claims?: AttestationClaims;
  /** Default false; true makes a token whose signature does not hold. */
  readonly forged?: boolean;
  /** Default: 24 hours. */
  readonly expiresInMs?: number;
}

export interface BanView {
  readonly banId: string;
  readonly device: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly until: number;
}

/** Headsets as attestation sees them. All throw EmulatorInputError for apps that do not exist. */
export interface DeviceLevers {
  /** The device's unique id in the app now; it changes every 30 days. A device exists from its first mention. */
  uniqueId(device: string, appId?: string): string;
  /** An attestation token as the headset would get it. A ban of the device shows in its claims. */
  mintAttestationToken(order: AttestationOrder): string;
  /** Active bans, oldest first. */
  bans(appId?: string): readonly BanView[];
}

export interface DeviceSurroundings {
  readonly state: () => WorldState;
  readonly now: () => number;
  readonly mintText: (length: number) => string;
}

const PACKAGE = "com.example.questline";
const CERTIFICATE = "c0ffee".repeat(11).slice(0, 64);

export function createDeviceLevers({ state, now, mintText }: DeviceSurroundings): DeviceLevers {
  return {
    uniqueId: (device, appId) => appNamed(state(), appId, "appId").devices.uniqueId(named(device), now()),
    mintAttestationToken({ nonce, device = "headset", appId, claims = {}, forged = false, expiresInMs = DAY_MS }) {
      const app = appNamed(state(), appId, "appId");
      if (typeof nonce !== "string" || !/^[\w-]{22,172}={0,2}$/.test(nonce)) {
        throw new EmulatorInputError("nonce", "expected base64url text of 22 to 172 characters");
      }
      const expiresAt = now() + expiresInMs;
      const uniqueId = app.devices.uniqueId(named(device), now());
      const ban = app.devices.activeBan(device, now());
      const good = {
        request_details: { nonce, timestamp: seconds(now()), exp: seconds(expiresAt) },
        app_state: {
          app_integrity_state: "StoreRecognized",
          package_cert_sha256_digest: [CERTIFICATE],
          package_id: PACKAGE,
          version: "1",
        },
        device_state: { device_integrity_state: "Advanced", unique_id: uniqueId },
        ...(ban === undefined
          ? {}
          : { device_ban: { is_banned: true, remaining_ban_time: Math.ceil((ban.until - now()) / 60_000) } }),
      };
      const text = JSON.stringify(merged(good, claims));
      const token = `${mintText(40)}.${Buffer.from(text).toString("base64url")}.${mintText(342)}`;
      if (!forged) state().attestations.set(token, { app, claims: text, expiresAt });
      return token;
    },
    bans: (appId) =>
      appNamed(state(), appId, "appId")
        .devices.activeBans(now())
        .map((ban) => ({ ...ban })),
  };
}

function named(device: unknown): string {
  if (typeof device === "string" && device !== "" && device.length <= 128) return device;
  throw new EmulatorInputError("device", "expected a name of 1 to 128 characters");
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** Objects are merged member by member, everything else is replaced; null removes. */
function merged(good: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): object {
  const result: Record<string, unknown> = { ...good };
  for (const [name, value] of Object.entries(over)) {
    const inner = result[name];
    if (value === null) delete result[name];
    else result[name] = isPlain(value) && isPlain(inner) ? merged(inner, value) : value;
  }
  return result;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
