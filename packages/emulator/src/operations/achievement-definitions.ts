import { API_NAME, API_NAME_RULE } from "../graph/api-name.ts";
import { invalidParameter } from "../graph/graph-error.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { SeedAchievement } from "../seed/seed.ts";
import type { Definition } from "../world/definition.ts";
import { setDefinition } from "../world/definitions.ts";
import { appInPath, appToken, type Call } from "./call.ts";

const MAX_BITS = 10_000;

/** A1: POST `/{app_id}/achievement_definitions`. An existing name is an update, which keeps what is not given. */
export function defineAchievement(call: Call): ExactJson {
  const app = appInPath(call, { kind: "app", app: appToken(call) });
  const { parameters } = call;
  const apiName = parameters.required("api_name");
  if (!API_NAME.test(apiName)) throw invalidParameter(`The parameter api_name must consist of ${API_NAME_RULE}`);
  const existing = app.achievements.get(apiName);
  const seed = readDefinition(call, apiName, existing);
  checkTarget(seed);
  const definition = setDefinition(call.state, app, seed, "definition");
  for (const icon of ["locked", "unlocked"] as const) {
    if (parameters.hasFile(`${icon}_image_file`)) definition.icons.add(icon);
  }
  call.tookEffect();
  return { id: definition.id };
}

function readDefinition({ parameters, switches }: Call, apiName: string, existing?: Definition): SeedAchievement {
  const strict = switches.writePolicy === "strict";
  const type = parameters.choice("achievement_type", ["SIMPLE", "COUNT", "BITFIELD"], strict) ?? existing?.type;
  // The older table calls it entry_write_policy.
  const policies = ["CLIENT_AUTHORITATIVE", "SERVER_AUTHORITATIVE"] as const;
  const policy =
    parameters.choice("achievement_write_policy", policies, strict) ??
    (strict ? undefined : parameters.choice("entry_write_policy", policies, false)) ??
    existing?.writePolicy;
  if (type === undefined) throw missing("achievement_type");
  if (policy === undefined) throw missing("achievement_write_policy");
  if (existing !== undefined && existing.type !== type) {
    throw invalidParameter("The achievement_type of an existing achievement cannot change");
  }
  const title = parameters.text("title") || existing?.title;
  const description = parameters.text("description") || existing?.description;
  if (title === undefined) throw missing("title");
  if (description === undefined) throw missing("description");
  return {
    api_name: apiName,
    achievement_type: type,
    achievement_write_policy: policy,
    title,
    description,
    target: type === "SIMPLE" ? 0 : (parameters.long("target") ?? existing?.target ?? 0n),
    bitfield_length: type === "BITFIELD" ? (lengthOf(parameters) ?? existing?.bitfieldLength ?? 0) : 0,
    is_archived: parameters.boolean("is_archived", existing?.archived ?? false),
    is_secret: parameters.boolean("is_secret", existing?.secret ?? false),
    ...optional("unlocked_description_override", parameters.text("unlocked_description_override")),
  };
}

function checkTarget({ achievement_type: type, target = 0, bitfield_length: length = 0 }: SeedAchievement): void {
  if (type === "SIMPLE") return;
  if (BigInt(target) < 1n) throw invalidParameter("The parameter target must be at least 1");
  if (type === "BITFIELD" && BigInt(target) > BigInt(length)) {
    throw invalidParameter("The parameter target must not be larger than bitfield_length");
  }
}

function lengthOf(parameters: Parameters): number | undefined {
  const length = parameters.count("bitfield_length", 1);
  if (length !== undefined && length > MAX_BITS) throw invalidParameter(`bitfield_length is at most ${MAX_BITS}`);
  return length;
}

function missing(name: string): Error {
  return invalidParameter(`The parameter ${name} is required`);
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
