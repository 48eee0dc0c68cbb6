import type { Debts } from "./questline.ts";
import type { Owed } from "./store/lane-records.ts";

/** What a store says is owed, with its sum. */
export function deliveryDebts({ pending, inFlight, inDoubt, parked, dead, setAside }: Owed): Debts {
  return { pending, inFlight, inDoubt, parked, dead, setAside, owed: pending + inFlight + inDoubt + parked };
}
