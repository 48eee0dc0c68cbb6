import { EmulatorInputError } from "../input-error.ts";
import type { SeedUser } from "../seed/seed.ts";
import type { App, AppUser, Person } from "./app.ts";
import type { WorldState } from "./state.ts";

/** Adds a person with an account in every app. @throws EmulatorInputError when an alias, id or app does not fit. */
export function addPerson(state: WorldState, seed: SeedUser, path: string): Person {
  if (state.people.has(seed.alias))
    throw new EmulatorInputError(`${path}.alias`, `"${seed.alias}" is taken; choose another`);
  for (const member of ["ids", "tokens"] as const) {
    for (const appId of Object.keys(seed[member] ?? {})) appNamed(state, appId, `${path}.${member}`);
  }
  const entitled = seed.entitled?.map((id, index) => appNamed(state, String(id), `${path}.entitled[${index}]`).id);
  for (const [appId, id] of Object.entries(seed.ids ?? {})) {
    const at = `${path}.ids.${appId}`;
    if (state.nodes.has(String(id))) throw new EmulatorInputError(at, `the id ${id} is taken; choose another`);
  }
  const person: Person = {
    alias: seed.alias,
    orgScopedId: seed.org_scoped_id === undefined ? state.mintId("person") : String(seed.org_scoped_id),
    displayName: seed.display_name,
    profileUrl: seed.profile_url,
    accounts: new Map(),
    friends: new Set(),
  };
  for (const app of state.apps.values()) {
    const given = seed.ids?.[app.id];
    const id = given === undefined ? state.mintId("user") : String(given);
    const user: AppUser = {
      id,
      app,
      person,
      entitled: entitled?.includes(app.id) ?? true,
      entitledAt: state.events.now(),
      progress: new Map(),
      purchases: [],
      federated: undefined,
    };
    person.accounts.set(app.id, user);
    app.users.set(id, user);
    state.nodes.set(id, { kind: "user", app, user });
  }
  state.people.set(person.alias, person);
  return person;
}

/** Takes a person out again, with tokens, for when the rest of a seed does not fit. */
export function removePerson(state: WorldState, person: Person): void {
  for (const [token, { user }] of state.tokens) if (user.person === person) state.tokens.delete(token);
  for (const user of person.accounts.values()) {
    user.app.users.delete(user.id);
    state.nodes.delete(user.id);
  }
  for (const friend of person.friends) friend.friends.delete(person);
  state.people.delete(person.alias);
}

export function makeFriends(state: WorldState, person: Person, aliases: readonly string[], path: string): void {
  for (const [index, alias] of aliases.entries()) {
    const friend = state.people.get(alias);
    if (friend === undefined) throw new EmulatorInputError(`${path}[${index}]`, `no user has the alias "${alias}"`);
    person.friends.add(friend);
    friend.friends.add(person);
  }
}

/** @throws EmulatorInputError when the token is taken; the message does not show it. */
export function addToken(state: WorldState, token: string, user: AppUser, expiresAt: number, path: string): void {
  if (state.tokens.has(token) || state.appTokens.has(token)) {
    throw new EmulatorInputError(path, "this token is in use already; give each its own");
  }
  state.tokens.set(token, { user, expiresAt });
}

/** @throws EmulatorInputError when there is no such app, or several and none is named. */
export function appNamed(state: WorldState, appId: string | undefined, path: string): App {
  const known = [...state.apps.keys()].join(", ");
  if (appId === undefined) {
    const [only] = state.apps.values();
    if (only !== undefined && state.apps.size === 1) return only;
    throw new EmulatorInputError(path, `there are several apps (${known}); name one`);
  }
  const app = state.apps.get(appId);
  if (app === undefined) throw new EmulatorInputError(path, `no app has the id "${appId}"; there is ${known}`);
  return app;
}

/** @throws EmulatorInputError when no app has such a user. */
export function userNamed(state: WorldState, userId: string, path: string): AppUser {
  const node = state.nodes.get(userId);
  if (node?.kind === "user") return node.user;
  throw new EmulatorInputError(path, `no app has a user with the id "${userId}"; use an app-scoped id of the world`);
}
