import type { SetAsideRows } from "./questline.ts";
import type { LaneStore } from "./store/lane-store.ts";

/** What one app's store could not read, for people; what cannot be told whose it was is everybody's. */
export function setAsideRows({
  app,
  store,
  ready,
}: {
  readonly app: string;
  readonly store: LaneStore;
  readonly ready: Promise<void>;
}): SetAsideRows {
  const list: SetAsideRows["list"] = async ({ userId } = {}) => {
    await ready;
    const rows = await store.setAside();
    return rows.filter((row) => (row.app ?? app) === app && (userId === undefined || row.user === userId));
  };
  return {
    list,
    discard: async (id) => (await list()).some((row) => row.id === id) && store.dropSetAside(id),
  };
}
