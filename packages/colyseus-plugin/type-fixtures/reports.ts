import type { Client } from "@colyseus/core";
import type { DuelRoom } from "./duel-room.ts";

declare const room: DuelRoom;
declare const client: Client;
const plugin = room.plugins.questline;
const ended = { won: true, timeMs: 81_250 };

plugin.report(client, "matchEnded", ended);
plugin.report("session", "kill", { weapon: "bow", points: 3 }, { id: "k-1" });
plugin.report(client, "matchEndd", ended); // expect: Argument of type '"matchEndd"' is not assignable to parameter of type '"kill" | "matchEnded"'
plugin.report(client, "matchEnded", { won: "yes", timeMs: 1 }); // expect: Type 'string' is not assignable to type 'boolean'
plugin.report(client, "matchEnded", { won: true }); // expect: Property 'timeMs' is missing in type '{ won: true; }'
plugin.report(client, "kill", { weapon: "bow", points: 3, far: true }); // expect: 'far' does not exist in type
plugin.report(client, "matchEnded", ended, { id: "e-1" }); // expect: Expected 3 arguments, but got 4
plugin.report(7, "matchEnded", ended); // expect: Argument of type 'number' is not assignable to parameter of type 'string | Client

plugin.endMatch("matchEnded", ({ connected }) => (connected ? ended : undefined));
plugin.endMatch("matchEnded", ({ tally }) => ({ won: tally.count("kill") > 2, timeMs: tally.sum("kill", "points") }));
plugin.endMatch("matchEnd", () => ended); // expect: Argument of type '"matchEnd"' is not assignable to parameter of type '"kill" | "matchEnded"'
plugin.endMatch("matchEnded", () => ({ won: 1, timeMs: 1 })); // expect: Type 'number' is not assignable to type 'boolean'
plugin.endMatch("matchEnded", ({ user }) => (user ? ended : undefined)); // expect: Property 'user' does not exist on type 'MatchPlayer<
plugin.endMatch("matchEnded", ({ tally }) => ({ won: tally.count("kil") > 2, timeMs: 1 })); // expect: Argument of type '"kil"' is not assignable to parameter of type '"kill" | "matchEnded"'
plugin.endMatch("matchEnded", ({ tally }) => ({ won: true, timeMs: tally.sum("kill", "weapon") })); // expect: Argument of type '"weapon"' is not assignable to parameter of type '"points"'
