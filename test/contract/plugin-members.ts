import { RoomPlugin } from "@colyseus/core";
import { questlinePlugin } from "@questline/colyseus";
import { inertQuestline } from "./inert-questline.ts";

/** What a room reaches through `this.plugins.questline`: the names that the plugin adds to those of every plugin. */
export function pluginMembers(): readonly string[] {
  const plugin = questlinePlugin(inertQuestline());
  const own = [...Object.keys(plugin), ...Object.getOwnPropertyNames(Object.getPrototypeOf(plugin))];
  return own.filter((name) => name !== "constructor" && !(name in RoomPlugin.prototype));
}
