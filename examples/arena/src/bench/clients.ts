import { Client } from "@colyseus/sdk";
import { RECORDED, TOKEN, UNLOCKED } from "@questline/colyseus/messages";
import { obeyParent, readyWith } from "../child.ts";
import { every } from "../runtime/timers.ts";
import { type ClientOrders, type ClientPlan, tokenOf, userAt } from "./wire.ts";

const plan = JSON.parse(process.env["CLIENT_PLAN"] ?? "") as ClientPlan;
const HIT_MS = 2_000;
/** Joins under way at once. */
const TOGETHER = 16;

obeyParent<ClientOrders>({
  async join(endpoint) {
    const seats = plan.rooms.flatMap((room) => Array.from({ length: plan.clients }, (_, seat) => ({ room, seat })));
    const next = seats.values();
    await Promise.all(
      Array.from({ length: TOGETHER }, async () => {
        for (const { room, seat } of next) await joinSeat(endpoint, room, seat);
      }),
    );
  },
});
readyWith({});

async function joinSeat(endpoint: string, room: number, seat: number): Promise<void> {
  const headers = plan.withTokens ? { "x-meta-token": tokenOf(userAt(room, seat)) } : {};
  const joined = await new Client(endpoint, { headers }).join(plan.room, { room });
  joined.reconnection.enabled = false;
  for (const type of [UNLOCKED, RECORDED, TOKEN]) joined.onMessage(type, () => {});
  // Between matches nobody plays, so that what is owed can become nothing.
  every(HIT_MS, () => {
    if ((joined.state as { phase?: string }).phase === "playing") joined.send("hit");
  });
}
