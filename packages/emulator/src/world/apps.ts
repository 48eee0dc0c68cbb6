import { EmulatorInputError } from "../input-error.ts";
import type { SeedApp, SeedFederatedApp, SeedLeaderboard } from "../seed/seed.ts";
import type { App, AppLeaderboard, AppUser } from "./app.ts";
import { addDefinition } from "./definitions.ts";
import { DeviceRegistry } from "./devices.ts";
import { addFederatedUser, displayNameProblem } from "./federated.ts";
import { setItem } from "./items.ts";
import { Leaderboard } from "./leaderboard.ts";
import { addToken } from "./people.ts";
import type { WorldState } from "./state.ts";

/** Adds an app with all that a seed says of it. @throws EmulatorInputError when an id is taken. */
export function addApp(state: WorldState, seed: SeedApp, path: string): void {
  const app = newApp(state, { id: String(seed.id), secret: seed.secret, parent: undefined }, path);
  state.apps.set(app.id, app);
  for (const achievement of seed.achievements ?? []) addDefinition(state, app, achievement);
  for (const board of seed.leaderboards ?? []) addLeaderboard(state, app, board);
  for (const [index, item] of (seed.items ?? []).entries()) setItem(state, app, item, `${path}.items[${index}]`);
  for (const { request_id: requestId, category = "OTHER", approved = true } of seed.notification_requests ?? []) {
    app.notificationRequests.set(requestId, { requestId, category, approved });
  }
  if (seed.federated_app !== undefined) addFederatedApp(state, app, seed.federated_app, `${path}.federated_app`);
}

export function addLeaderboard(state: WorldState, app: App, seed: SeedLeaderboard): AppLeaderboard {
  const leaderboard = new Leaderboard<AppUser>({
    id: state.mintId("leaderboard"),
    apiName: seed.api_name,
    sortOrder: seed.sort_order,
    writePolicy: seed.entry_write_policy,
    earliest: seed.earliest_allowed_entry_time,
    latest: seed.latest_allowed_entry_time,
  });
  app.leaderboards.set(seed.api_name, leaderboard);
  state.nodes.set(leaderboard.options.id, { kind: "leaderboard", app, leaderboard });
  return leaderboard;
}

function addFederatedApp(state: WorldState, parent: App, seed: SeedFederatedApp, path: string): void {
  const app = newApp(state, { id: String(seed.id), secret: seed.secret, parent }, path);
  state.federatedApps.set(app.id, app);
  for (const [index, each] of (seed.users ?? []).entries()) {
    const at = `${path}.users[${index}]`;
    const problem = displayNameProblem(each.display_name);
    if (problem !== undefined) throw new EmulatorInputError(`${at}.display_name`, problem);
    const user = addFederatedUser(state, app, each.persistent_id, each.display_name);
    for (const [at2, token] of (each.tokens ?? []).entries()) {
      addToken(state, token, user, Infinity, `${at}.tokens[${at2}]`);
    }
  }
}

function newApp(
  state: WorldState,
  { id, secret, parent }: { id: string; secret: string; parent: App | undefined },
  path: string,
): App {
  if (state.nodes.has(id)) throw new EmulatorInputError(`${path}.id`, `the id ${id} is taken; choose another`);
  const app: App = {
    id,
    secret,
    achievements: parent?.achievements ?? new Map(),
    leaderboards: parent?.leaderboards ?? new Map(),
    users: new Map(),
    items: new Map(),
    subscriptions: new Map(),
    devices: new DeviceRegistry(id),
    notificationRequests: new Map(),
    sentNotifications: [],
    parent,
  };
  state.nodes.set(id, { kind: "app", app });
  state.appTokens.set(`OC|${id}|${secret}`, app);
  return app;
}
