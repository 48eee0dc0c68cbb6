import { EmulatorInputError } from "../input-error.ts";
import { parseCount } from "../seed/parse-seed.ts";
import type { Seed, SeedAchievement, SeedApp, SeedUser } from "../seed/seed.ts";
import type { App, AppLeaderboard, AppUser, Person } from "./app.ts";
import type { Definition } from "./definition.ts";
import { Leaderboard } from "./leaderboard.ts";
import { addPerson, appNamed, makeFriends } from "./people.ts";
import { WorldState } from "./state.ts";

/** A new world from a parsed seed. @throws EmulatorInputError where the seed contradicts itself. */
export function loadSeed(seed: Seed, now: number): WorldState {
  const state = new WorldState();
  for (const [index, app] of (seed.apps ?? []).entries()) addApp(state, app, `seed.apps[${index}]`);
  const users = seed.users ?? [];
  const people = users.map((user, index) => addPerson(state, user, `seed.users[${index}]`));
  for (const [index, person] of people.entries()) {
    const user = users[index];
    if (user !== undefined) furnish(state, person, user, now, `seed.users[${index}]`);
  }
  return state;
}

/** Tokens, friends, progress and scores that a seed gives a user. */
export function furnish(state: WorldState, person: Person, seed: SeedUser, now: number, path: string): void {
  makeFriends(state, person, seed.friends ?? [], `${path}.friends`);
  for (const [appId, tokens] of Object.entries(seed.tokens ?? {})) {
    const user = accountOf(state, person, appId, `${path}.tokens`);
    for (const [index, token] of tokens.entries())
      addToken(state, token, user, Infinity, `${path}.tokens.${appId}[${index}]`);
  }
  for (const [index, each] of (seed.achievements ?? []).entries()) {
    const at = `${path}.achievements[${index}]`;
    const user = accountOf(state, person, each.app === undefined ? undefined : String(each.app), `${at}.app`);
    const definition = definitionNamed(user.app, each.api_name, `${at}.api_name`);
    checkBits(definition, each.bits, `${at}.bits`);
    const count = each.count === undefined ? undefined : parseCount(each.count, `${at}.count`);
    state.progressRow(user, definition).apply({ count, bits: each.bits, unlock: each.unlocked }, now, "accumulate");
  }
  for (const [index, each] of (seed.scores ?? []).entries()) {
    const at = `${path}.scores[${index}]`;
    const user = accountOf(state, person, each.app === undefined ? undefined : String(each.app), `${at}.app`);
    const board = leaderboardNamed(user.app, each.api_name, `${at}.api_name`);
    const change = { score: BigInt(each.score), extraData: each.extra_data_base64, force: true };
    board.submit(user, change, now, () => state.mintEntryId());
  }
}

/** @throws EmulatorInputError when the token is taken; the message does not show it. */
export function addToken(state: WorldState, token: string, user: AppUser, expiresAt: number, path: string): void {
  if (state.tokens.has(token) || state.appTokens.has(token)) {
    throw new EmulatorInputError(path, "this token is in use already; give each its own");
  }
  state.tokens.set(token, { user, expiresAt });
}

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
  return existing;
}

/** @throws EmulatorInputError when the app has no such achievement. */
export function definitionNamed(app: App, apiName: string, path: string): Definition {
  const definition = app.achievements.get(apiName);
  if (definition !== undefined) return definition;
  const known = [...app.achievements.keys()].join(", ");
  throw new EmulatorInputError(path, `app ${app.id} has no achievement "${apiName}"; it has ${known || "none"}`);
}

/** @throws EmulatorInputError when the app has no such leaderboard. */
export function leaderboardNamed(app: App, apiName: string, path: string): AppLeaderboard {
  const board = app.leaderboards.get(apiName);
  if (board !== undefined) return board;
  const known = [...app.leaderboards.keys()].join(", ");
  throw new EmulatorInputError(path, `app ${app.id} has no leaderboard "${apiName}"; it has ${known || "none"}`);
}

/** @throws EmulatorInputError when the bits do not fit the definition. */
export function checkBits(definition: Definition, bits: string | undefined, path: string): void {
  if (bits === undefined || (/^[01]+$/.test(bits) && bits.length <= definition.bitfieldLength)) return;
  throw new EmulatorInputError(path, `expected at most ${definition.bitfieldLength} characters of 0 and 1`);
}

function addApp(state: WorldState, seed: SeedApp, path: string): void {
  const id = String(seed.id);
  const app: App = { id, secret: seed.secret, achievements: new Map(), leaderboards: new Map(), users: new Map() };
  if (state.nodes.has(id)) throw new EmulatorInputError(`${path}.id`, `the id ${id} is taken; choose another`);
  state.apps.set(id, app);
  state.nodes.set(id, { kind: "app", app });
  state.appTokens.set(`OC|${id}|${seed.secret}`, app);
  for (const achievement of seed.achievements ?? []) addDefinition(state, app, achievement);
  for (const each of seed.leaderboards ?? []) {
    const leaderboard = new Leaderboard<AppUser>({
      id: state.mintId("leaderboard"),
      apiName: each.api_name,
      sortOrder: each.sort_order,
      writePolicy: each.entry_write_policy,
      earliest: each.earliest_allowed_entry_time,
      latest: each.latest_allowed_entry_time,
    });
    app.leaderboards.set(each.api_name, leaderboard);
    state.nodes.set(leaderboard.options.id, { kind: "leaderboard", leaderboard });
  }
}

function addDefinition(state: WorldState, app: App, seed: SeedAchievement): Definition {
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
  };
  app.achievements.set(seed.api_name, definition);
  state.nodes.set(definition.id, { kind: "definition", definition });
  return definition;
}

function accountOf(state: WorldState, person: Person, appId: string | undefined, path: string): AppUser {
  const app = appNamed(state, appId, path);
  const user = person.accounts.get(app.id);
  if (user === undefined) throw new EmulatorInputError(path, `the user has no account in app ${app.id}`);
  return user;
}
