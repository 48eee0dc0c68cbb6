import type { Client, Room } from "@colyseus/core";
import { expect, test } from "vitest";
import { wrapMember } from "./wrap-member.ts";

function scene(...names: readonly string[]) {
  const ran: string[] = [];
  const room = { onLeave: () => void ran.push("first") } as unknown as Room;
  for (const name of names) {
    wrapMember(room, "onLeave", (theirs) => (...args) => {
      ran.push(name);
      return theirs?.apply(room, args);
    });
  }
  return { ran, room, leave: () => void room.onLeave?.({} as Client, 4000) };
}

test("a method that is assigned later is wrapped, once, whatever was assigned before", () => {
  const { ran, room, leave } = scene("ours");
  leave();
  room.onLeave = () => void ran.push("second");
  room.onLeave = () => void ran.push("third");
  leave();
  expect(ran.splice(0)).toEqual(["ours", "first", "ours", "third"]);
});

test("a method that calls what it replaced calls that, and not itself", () => {
  const { ran, room, leave } = scene("ours");
  const { onLeave: before } = room;
  room.onLeave = (...args) => (ran.push("second"), before?.apply(room, args));
  leave();
  expect(ran.filter((who) => who !== "ours")).toEqual(["second", "first"]);
});

test("taken away, or assigned to itself, it stays wrapped once", () => {
  const { ran, room, leave } = scene("ours");
  const { onLeave } = room;
  Object.assign(room, { onLeave });
  leave();
  Object.assign(room, { onLeave: undefined });
  leave();
  expect(ran).toEqual(["ours", "first", "ours"]);
});

test("two who wrap the same method both hear of what is assigned later", () => {
  const { ran, room, leave } = scene("inner", "outer");
  room.onLeave = () => void ran.push("second");
  leave();
  expect(ran).toEqual(["outer", "inner", "second"]);
});
