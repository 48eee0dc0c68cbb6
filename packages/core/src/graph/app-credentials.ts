import { QuestlineError } from "../errors/questline-error.ts";
import { AppCredentialsError } from "../errors/refused-errors.ts";
import { asAppId, shownId, type AppId } from "../ids/ids.ts";
import { credentialProblem } from "../secrets/credential-text.ts";
import { reveal, secret, type Secret } from "../secrets/secret.ts";

/** A value, or where to get it at each request, so that a regenerated secret takes effect without a restart. */
export type SecretSource = string | Secret | (() => string | Secret | Promise<string | Secret>);

export interface AppCredentials {
  /** Decimal text. */
  readonly id: string;
  readonly secret: SecretSource;
}

export interface AppToken {
  readonly appId: AppId;
  /** The current `OC|id|secret`, made here, never fetched. Rejects with `app_credentials` where the source gives no usable secret. */
  current(operation: string): Promise<Secret>;
  /** The current secret itself. Rejects as `current`. */
  bare(operation: string): Promise<Secret>;
  /** The bare secret of the latest token, for scrubbing. */
  readonly latestSecret: Secret | undefined;
}

/** Forms the app token. Throws `bad_input` for a wrong app id or a secret that cannot be one. */
export function createAppToken({ id, secret: source }: AppCredentials): AppToken {
  const appId = asAppId(id);
  if (appId === undefined) {
    throw new QuestlineError(
      "bad_input",
      `app.id must be the app's id as decimal text, not ${shownId(id)}; the dashboard shows it under API.`,
    );
  }
  const problem = typeof source === "function" ? undefined : secretProblem(textOf(source));
  if (problem !== undefined) throw new QuestlineError("bad_input", `app.secret ${problem}.`);

  let latest: { readonly bare: Secret; readonly token: Secret } | undefined;
  const read = async (operation: string): Promise<{ readonly bare: Secret; readonly token: Secret }> => {
    if (latest !== undefined && typeof source !== "function") return latest;
    const value = textOf(typeof source === "function" ? await given(source, operation) : source);
    const unusable = secretProblem(value);
    if (unusable !== undefined) throw unusableSecret(operation, `app.secret ${unusable}`);
    if (latest === undefined || reveal(latest.bare) !== value) {
      const text = value as string;
      latest = { bare: secret("app-secret", text), token: secret("app-token", `OC|${appId}|${text}`) };
    }
    return latest;
  };
  return {
    appId,
    current: async (operation) => (await read(operation)).token,
    bare: async (operation) => (await read(operation)).bare,
    get latestSecret() {
      return latest?.bare;
    },
  };
}

/** What is wrong with an app secret, as the end of a sentence; undefined if nothing is. */
function secretProblem(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("OC|")) return credentialProblem(value);
  return "is the whole app token (it begins with OC|): give only the secret, which is what stands behind the last |";
}

async function given(source: Extract<SecretSource, () => unknown>, operation: string): Promise<string | Secret> {
  try {
    return await source();
  } catch (cause) {
    throw unusableSecret(operation, "the function that gives app.secret failed", cause);
  }
}

function unusableSecret(operation: string, what: string, cause?: unknown): AppCredentialsError {
  const facts = { operation, applied: "no", transient: true, retryable: true } as const;
  return new AppCredentialsError(`${operation} was not sent: ${what}.`, facts, { cause });
}

function textOf(value: unknown): unknown {
  if (typeof value === "string") return value;
  try {
    return reveal(value as Secret);
  } catch {
    return value;
  }
}
