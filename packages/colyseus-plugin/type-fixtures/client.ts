import type { Room } from "@colyseus/sdk";
import { RECORDED, TOKEN, UNLOCKED } from "../src/messages.ts";
import type { DuelRoom } from "./duel-room.ts";

declare const room: Room<DuelRoom>;

room.send(TOKEN, { token: "FRL-ada-test-token" });
room.send(TOKEN, { token: 7 }); // expect below: Argument of type '"questline:token"' is not assignable to parameter of type 'never'

room.onMessage(UNLOCKED, ({ achievement, at }) => achievement.padEnd(at));
room.onMessage(RECORDED, ({ score }) => BigInt(score));
room.onMessage(TOKEN, ({ reason }) => reason === "refused");
room.onMessage(UNLOCKED, ({ achievment }) => achievment); // expect: Property 'achievment' does not exist on type 'Unlocked'
room.onMessage(RECORDED, ({ score }) => score * 2); // expect: The left-hand side of an arithmetic operation must be
room.onMessage(TOKEN, ({ reason }) => reason === "expired"); // expect: This comparison appears to be unintentional
