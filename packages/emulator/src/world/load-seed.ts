import { EmulatorInputError } from "../input-error.ts";
import { parseCount } from "../seed/parse-seed.ts";
import type { Seed, SeedUser } from "../seed/seed.ts";
import type { App, AppLeaderboard, AppUser, Person } from "./app.ts";
import { addApp } from "./apps.ts";
import type { Definition } from "./definition.ts";
import { ownableItem, subscriptionOffer } from "./items.ts";
import { grant, openSubscription } from "./market.ts";
import { addPerson, addToken, appNamed, makeFriends } from "./people.ts";
import { WorldState } from "./state.ts";
import type { WorldEvents } from "./world-events.ts";

/** A new world from a parsed seed. @throws EmulatorInputError where the seed contradicts itself. */
export function loadSeed(seed: Seed, events: WorldEvents): WorldState {
  const state = new WorldState(events);
  const now = events.now();
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
    board.submit(user, change, now, () => state.mintEntryId(board, user));
  }
  for (const [index, each] of (seed.purchases ?? []).entries()) {
    const at = `${path}.purchases[${index}]`;
    const user = accountOf(state, person, each.app === undefined ? undefined : String(each.app), `${at}.app`);
    const { developer_payload: developerPayload, grant_time: granted, expiration_time: expires } = each;
    const expiresAt = expires === undefined || expires === 0 ? undefined : expires * 1000;
    const grantedAt = granted === undefined ? now : granted * 1000;
    grant(state, user, ownableItem(user.app, each.sku, `${at}.sku`), { developerPayload, expiresAt }, grantedAt);
  }
  for (const [index, each] of (seed.subscriptions ?? []).entries()) {
    const at = `${path}.subscriptions[${index}]`;
    const user = accountOf(state, person, each.app === undefined ? undefined : String(each.app), `${at}.app`);
    const offer = subscriptionOffer(user.app, { sku: each.sku, term: each.term, trial: each.trial_type }, at);
    const startedAt = each.period_start_time === undefined ? now : each.period_start_time * 1000;
    if (startedAt > now) throw new EmulatorInputError(`${at}.period_start_time`, "expected a time that has passed");
    const subscription = openSubscription(state, user, offer.item, { ...offer, startedAt });
    if (each.cancelled === true) subscription.cancel(now);
  }
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

function accountOf(state: WorldState, person: Person, appId: string | undefined, path: string): AppUser {
  const app = appNamed(state, appId, path);
  const user = person.accounts.get(app.id);
  if (user === undefined) throw new EmulatorInputError(path, `the user has no account in app ${app.id}`);
  return user;
}
