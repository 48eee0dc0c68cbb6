import { EmulatorInputError } from "../input-error.ts";
import type { SeedAchievement } from "../seed/seed.ts";
import type { App } from "./app.ts";
import type { Definition } from "./definition.ts";
import type { WorldState } from "./state.ts";

/** Adds or changes a definition. @throws EmulatorInputError when the type of an existing one would change. */
export function setDefinition(state: WorldState, app: App, seed: SeedAchievement, path: string): Definition {
  const existing = app.achievements.get(seed.api_name);
  if (existing === undefined) return addDefinition(state, app, seed);
  if (existing.type !== seed.achievement_type) {
    throw new EmulatorInputError(
      `${path}.achievement_type`,
      `the type of ${seed.api_name} is ${existing.type} and stays so`,
    );
  }
  existing.writePolicy = seed.achievement_write_policy;
  existing.target = BigInt(seed.target ?? 0);
  existing.bitfieldLength = seed.bitfield_length ?? 0;
  existing.archived = seed.is_archived ?? existing.archived;
  existing.title = seed.title ?? existing.title;
  existing.description = seed.description ?? existing.description;
  existing.unlockedDescription = seed.unlocked_description_override ?? existing.unlockedDescription;
  existing.secret = seed.is_secret ?? existing.secret;
  return existing;
}

export function addDefinition(state: WorldState, app: App, seed: SeedAchievement): Definition {
  const definition: Definition = {
    id: state.mintId("definition"),
    apiName: seed.api_name,
    type: seed.achievement_type,
    writePolicy: seed.achievement_write_policy,
    target: BigInt(seed.target ?? 0),
    bitfieldLength: seed.bitfield_length ?? 0,
    archived: seed.is_archived ?? false,
    title: seed.title ?? seed.api_name,
    description: seed.description ?? "",
    unlockedDescription: seed.unlocked_description_override,
    secret: seed.is_secret ?? false,
    icons: new Set(),
  };
  app.achievements.set(seed.api_name, definition);
  state.nodes.set(definition.id, { kind: "definition", app, definition });
  return definition;
}
