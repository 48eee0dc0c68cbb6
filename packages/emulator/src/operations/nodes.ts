import { missingObject } from "../graph/graph-error.ts";
import { type NodeShape, parseFields, project } from "../graph/fields.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { type App, sameFamily } from "../world/app.ts";
import { type Call, goodToken } from "./call.ts";
import { itemShape } from "./purchase-catalogue.ts";
import { definitionShape, entryShape, leaderboardShape, progressShape } from "./rows.ts";
import { subscriptionShape } from "./subscription-rows.ts";

const appShape: NodeShape<App> = { name: "Application", id: (app) => app.id, scalars: {}, objects: {} };

/** GET `/{id}` of everything but users: whatever a list would show of the object. */
export function readNode(call: Call): ExactJson {
  const token = goodToken(call);
  const id = call.segments[0] ?? "";
  const node = call.state.nodes.get(id);
  if (node === undefined || node.kind === "gone" || !sameFamily(node.app, token.app)) {
    throw missingObject(call.method, id);
  }
  const fields = parseFields(call.parameters.text("fields"));
  switch (node.kind) {
    case "app":
      return project(node.app, fields, appShape);
    case "definition":
      return project(node.definition, fields, definitionShape(call.switches));
    case "leaderboard":
      return project(node.leaderboard, fields, leaderboardShape());
    case "item":
      return project({ item: node.item, plan: undefined }, fields, itemShape);
    case "progress": {
      const { row } = node;
      return project({ id, definition: row.definition, state: row.state }, fields, progressShape(call.switches));
    }
    case "entry": {
      const entry = node.leaderboard.entry(node.user.id);
      if (entry !== undefined) return project(entry, fields, entryShape(node.leaderboard, call.switches));
      break;
    }
    case "subscription":
      if (token.kind === "app" || node.subscription.user === token.user) {
        return project(node.subscription, fields, subscriptionShape);
      }
      break;
    default:
  }
  throw missingObject(call.method, id);
}
