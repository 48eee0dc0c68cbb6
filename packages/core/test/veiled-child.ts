import { subscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { createGraphClient } from "../src/graph/graph-client.ts";

// Prints all that diagnostics channels publish, if told so, while two attestation tokens are verified at once, and one more after them.
const [baseUrl = "", secret = "", token = "", isListening] = process.argv.slice(2);
const channels = [
  ...["request:create", "request:bodySent", "request:bodyChunkSent", "request:headers", "request:trailers"],
  ...["request:error", "client:sendHeaders", "client:beforeConnect", "client:connected", "client:connectError"],
].map((name) => `undici:${name}`);
const all = [...channels, "http.client.request.start", "http.client.request.created", "net.client.socket"];
// undici says nothing to NODE_DEBUG where somebody listens to its channels.
for (const name of isListening === "listening" ? all : []) {
  subscribe(name, (message) => console.log(name, inspect(message, { depth: 12, showHidden: true })));
}
await using client = createGraphClient({ app: { id: "1", secret }, baseUrl });
const verdicts = await Promise.all([client.attestation.verify(token), client.attestation.verify(token)]);
verdicts.push(await client.attestation.verify(token));
console.log("verdicts", verdicts.map(({ verdict }) => verdict).join(" "));
