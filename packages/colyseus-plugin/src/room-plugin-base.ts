import * as colyseus from "@colyseus/core";
import type { RoomPlugin } from "@colyseus/core";

/**
 * Colyseus's `RoomPlugin`, or a stand-in on 0.17, which has none.
 *
 * @NOTE A named import of what a module does not export does not link, so it is looked up in the namespace.
 */
export const RoomPluginBase: typeof RoomPlugin =
  "RoomPlugin" in colyseus ? colyseus.RoomPlugin : (Object as unknown as typeof RoomPlugin);
