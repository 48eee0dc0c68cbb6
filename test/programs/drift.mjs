// Replays the contract's read-only vectors against the real platform, with your own app, and says what differs.
import { parseArgs } from "node:util";
import { operations } from "@questline/core";
import { drift } from "../contract/drift.ts";

const USAGE = `npm run drift -- [flags]

Sends the read-only requests of test/contract to the platform with your app's credentials, and compares the answers' shapes.
Exit code 0: nothing differs; 1: something does; 2: credentials or flags that cannot be used.

  --also    calls that change something and shall be sent too, such as leaderboards.submit, separated by commas
  --help    prints this

Environment: QUESTLINE_APP_ID and QUESTLINE_APP_SECRET are needed. What needs one of QUESTLINE_USER_ID, QUESTLINE_USER_TOKEN,
QUESTLINE_OTHER_USER_ID, QUESTLINE_FEDERATED_APP_ID and QUESTLINE_FEDERATED_APP_SECRET is skipped without it.
QUESTLINE_LEADERBOARD and QUESTLINE_ACHIEVEMENT name some of yours. QUESTLINE_GRAPH_URL is another platform than Meta's.`;

/** @param {string} message */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

const flags = readFlags();
if (flags.help) {
  console.log(USAGE);
  process.exit(0);
}
const also = (flags.also ?? "").split(",").filter(Boolean);
const unknown = also.filter((call) => !(call in operations));
if (unknown.length > 0) refuse(`No such call: ${unknown.join(", ")}.`);
const { QUESTLINE_APP_ID, QUESTLINE_APP_SECRET, QUESTLINE_GRAPH_URL = "https://graph.oculus.com" } = process.env;
if (!QUESTLINE_APP_ID || !QUESTLINE_APP_SECRET) {
  refuse("npm run drift needs your own app: set QUESTLINE_APP_ID and QUESTLINE_APP_SECRET. Nothing was sent.");
}

/** @type {Record<string, number>} */
const counts = { same: 0, differs: 0, inconclusive: 0, skipped: 0 };
for await (const { call, name, status, detail } of drift({ url: QUESTLINE_GRAPH_URL, env: process.env, also })) {
  counts[status] = (counts[status] ?? 0) + 1;
  console.log(`${status.padEnd(13)}${call}, ${name}${detail === undefined ? "" : `: ${detail}`}`);
}
console.log(
  Object.entries(counts)
    .map(([status, n]) => `${n} ${status}`)
    .join(", "),
);
process.exitCode = (counts["differs"] ?? 0) > 0 ? 1 : 0;

function readFlags() {
  try {
    return parseArgs({ options: { also: { type: "string" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}
