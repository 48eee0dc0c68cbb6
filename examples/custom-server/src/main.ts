import { sqliteStore } from "@questline/core";
import { createDuelQuestline } from "./duel-questline.ts";
import { startDuelServer } from "./duel-server.ts";

const { META_APP_ID, META_APP_SECRET, META_GRAPH_URL, PORT, QUESTLINE_DB } = process.env;
if (META_APP_ID === undefined || META_APP_SECRET === undefined) {
  console.error("Set META_APP_ID and META_APP_SECRET to the id and the secret of the app.");
  process.exit(2);
}

const questline = createDuelQuestline({
  app: { id: META_APP_ID, secret: META_APP_SECRET },
  store: sqliteStore(QUESTLINE_DB ?? "duel.db"),
  ...(META_GRAPH_URL === undefined ? {} : { graph: { baseUrl: META_GRAPH_URL } }),
});
await questline.ready;
const server = await startDuelServer(questline, Number(PORT ?? 2567));
console.log(`Duel server on ${server.url}`);

const stop = async (): Promise<void> => {
  await server.close();
  const { owed } = await questline.close({ timeoutMs: 5_000 });
  console.log(owed === 0 ? "Everything is delivered." : `${owed} results are kept for the next start.`);
};
process.once("SIGTERM", () => void stop());
process.once("SIGINT", () => void stop());
