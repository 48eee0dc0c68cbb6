// Adds 1 to a player's count, then at SIGUSR2 10 more, and gives that up after a second.
//   send-and-give-up.mjs <graph url> <user> questline|fetch
import { secret, undiciTransport } from "@questline/core";

const [baseUrl, user, by] = process.argv.slice(2);
const path = `/${user}/achievements`;
const TOKEN = "OC|1|test-secret";
const transport = undiciTransport({ baseUrl });

/** @type {Record<string, (count: number, timeoutMs: number) => Promise<unknown>>} */
const send = {
  questline: (count, timeoutMs) =>
    transport.send({
      operation: "achievements.write",
      method: "POST",
      path,
      params: { api_name: "WINS", add_count: String(count) },
      token: secret("app-token", TOKEN),
      kind: "write",
      timeoutMs,
    }),
  // Gives up as everybody does: its socket is closed, not reset.
  fetch: (count, timeoutMs) =>
    fetch(baseUrl + path, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: new URLSearchParams({ api_name: "WINS", add_count: String(count) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).then((answer) => answer.text()),
};

await send[by](1, 5_000);
process.once("SIGUSR2", async () => {
  console.log("sending");
  const error = await send[by](10, 1_000).catch((reason) => reason);
  console.log(`gave up: ${error.applied ?? error.name}`);
});
console.log("ready");
setInterval(() => {}, 60_000);
