import type { NodeShape } from "../graph/fields.ts";
import { project } from "../graph/fields.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { AppEntry, AppLeaderboard, AppUser } from "../world/app.ts";
import type { Definition } from "../world/definition.ts";
import type { Switches } from "../switches.ts";
import type { ProgressState } from "../world/progress.ts";

/** A 64-bit value in the form the switch asks for. */
function long(value: bigint, switches: Switches): ExactJson {
  return switches.longsAsStrings ? value.toString() : value;
}

/** Unix seconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

export const userShape: NodeShape<AppUser> = {
  name: "User",
  id: (user) => user.id,
  scalars: {
    alias: ({ person }) => person.alias,
    display_name: ({ person }) => person.displayName,
    org_scoped_id: ({ person }) => person.orgScopedId,
    profile_url: ({ person }) => person.profileUrl,
  },
  objects: {},
};

export function definitionShape(switches: Switches): NodeShape<Definition> {
  return {
    name: "AchievementDefinition",
    id: (definition) => definition.id,
    scalars: {
      api_name: (definition) => definition.apiName,
      achievement_type: (definition) => definition.type,
      achievement_write_policy: (definition) => definition.writePolicy,
      target: (definition) => (definition.type === "SIMPLE" ? undefined : long(definition.target, switches)),
      bitfield_length: (definition) => (definition.type === "BITFIELD" ? definition.bitfieldLength : undefined),
      is_archived: (definition) => definition.archived,
      title: (definition) => definition.title,
      description: (definition) => definition.description,
      unlocked_description_override: (definition) => definition.unlockedDescription,
      is_secret: (definition) => definition.secret,
      locked_image_uri: (definition) => iconUri(definition, "locked"),
      unlocked_image_uri: (definition) => iconUri(definition, "unlocked"),
    },
    objects: {},
  };
}

/** Where an uploaded icon would be; nothing is served there. */
function iconUri(definition: Definition, which: "locked" | "unlocked"): string | undefined {
  return definition.icons.has(which) ? `https://icons.emulator.test/${definition.id}/${which}.png` : undefined;
}

/** A user's row for an achievement, at the time the read is about. */
export interface ProgressRow {
  readonly id: string;
  readonly definition: Definition;
  readonly state: ProgressState;
}

export function progressShape(switches: Switches): NodeShape<ProgressRow> {
  const definition = definitionShape(switches);
  const ofDefinition = (name: string) => (row: ProgressRow) => definition.scalars[name]?.(row.definition);
  return {
    name: "AchievementProgress",
    id: (row) => row.id,
    scalars: {
      count_progress: ({ state }) => long(state.count, switches),
      bitfield_progress: (row) => (row.definition.type === "BITFIELD" ? row.state.bits : undefined),
      is_unlocked: ({ state }) => state.unlockedAt !== undefined,
      unlock_time({ state }) {
        if (state.unlockedAt !== undefined) return seconds(state.unlockedAt);
        return switches.lockedUnlockTime === "zero" ? 0 : undefined;
      },
      // The documented example asks for these two on the row itself.
      api_name: ofDefinition("api_name"),
      target: ofDefinition("target"),
    },
    objects: {
      definition: (row, selection) =>
        switches.omitDefinition ? undefined : project(row.definition, selection, definition),
    },
  };
}

export function leaderboardShape(): NodeShape<AppLeaderboard> {
  return {
    name: "Leaderboard",
    id: ({ options }) => options.id,
    scalars: {
      api_name: ({ options }) => options.apiName,
      sort_order: ({ options }) => options.sortOrder,
      entry_write_policy: ({ options }) => options.writePolicy,
      entry_count: (board) => board.size,
      earliest_allowed_entry_time: ({ options }) => options.earliest,
      latest_allowed_entry_time: ({ options }) => options.latest,
    },
    objects: {},
  };
}

export function entryShape(board: AppLeaderboard, switches: Switches): NodeShape<AppEntry> {
  return {
    name: "LeaderboardEntry",
    id: (entry) => entry.id,
    scalars: {
      rank: (entry) => board.rank(entry),
      score: (entry) => long(entry.score, switches),
      timestamp: (entry) => seconds(entry.updatedAt),
      extra_data_base64: (entry) => entry.extraData,
    },
    objects: { user: (entry, selection) => project(entry.user, selection, userShape) },
  };
}
