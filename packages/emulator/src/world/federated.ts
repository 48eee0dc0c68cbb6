import type { App, AppUser, Federated } from "./app.ts";
import type { WorldState } from "./state.ts";

/** What is wrong with a display name: it has 3 to 30 code points. */
export function displayNameProblem(name: string): string | undefined {
  const length = [...name].length;
  return length >= 3 && length <= 30 ? undefined : "a display name has 3 to 30 characters";
}

export function federatedUser(app: App, persistentId: string): AppUser | undefined {
  for (const user of app.users.values()) if (user.federated?.persistentId === persistentId) return user;
  return undefined;
}

export function addFederatedUser(state: WorldState, app: App, persistentId: string, displayName: string): AppUser {
  const id = state.mintId("federated");
  const uniqueName = uniqueNameFor(app, displayName);
  const federated: Federated = { persistentId, displayName, uniqueName };
  const user: AppUser = {
    id,
    app,
    // Leaderboards show the name under which others know the user.
    person: {
      alias: uniqueName,
      orgScopedId: id,
      displayName,
      profileUrl: undefined,
      accounts: new Map(),
      friends: new Set(),
    },
    entitled: true,
    entitledAt: state.events.now(),
    progress: new Map(),
    purchases: [],
    federated,
  };
  app.users.set(id, user);
  state.nodes.set(id, { kind: "user", app, user });
  return user;
}

export function renameFederatedUser(app: App, federated: Federated, displayName: string): void {
  if (federated.displayName === displayName) return;
  federated.uniqueName = uniqueNameFor(app, displayName);
  federated.displayName = displayName;
}

/** Scores, achievements and tokens go too. */
export function removeFederatedUser(state: WorldState, user: AppUser): void {
  state.removeProgress(user);
  for (const board of user.app.leaderboards.values()) state.removeEntry(board, user.id);
  for (const [token, held] of state.tokens) if (held.user === user) state.tokens.delete(token);
  user.app.users.delete(user.id);
  state.nodes.set(user.id, { kind: "gone", was: "user" });
}

/** The display name, with a number once it is taken. */
function uniqueNameFor(app: App, displayName: string): string {
  const taken = new Set([...app.users.values()].map((user) => user.federated?.uniqueName));
  if (!taken.has(displayName)) return displayName;
  let number = 1;
  while (taken.has(`${displayName}#${number}`)) number += 1;
  return `${displayName}#${number}`;
}
