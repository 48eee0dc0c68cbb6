// Adds 1 to each player's count, then at SIGUSR2 10 more, and gives those up after a second.
//   send-and-give-up.mjs questline|fetch <graph url>/<user> ...
import { secret, undiciTransport } from "@questline/core";

const [by, ...targets] = process.argv.slice(2);
const TOKEN = "OC|1|test-secret";

/** @type {Record<string, (target: string) => (count: number, timeoutMs: number) => Promise<unknown>>} */
const senders = {
  questline: (target) => {
    const { origin: baseUrl, pathname } = new URL(target);
    const transport = undiciTransport({ baseUrl, allowInsecureBaseUrl: true });
    return (count, timeoutMs) =>
      transport.send({
        operation: "achievements.write",
        method: "POST",
        path: `${pathname}/achievements`,
        params: { api_name: "WINS", add_count: String(count) },
        token: secret("app-token", TOKEN),
        kind: "write",
        timeoutMs,
      });
  },
  // Gives up as everybody does: the socket is closed, not reset.
  fetch: (target) => (count, timeoutMs) =>
    fetch(`${target}/achievements`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
      body: new URLSearchParams({ api_name: "WINS", add_count: String(count) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).then((answer) => answer.text()),
};

const sends = targets.map(senders[by]);
await Promise.all(sends.map((send) => send(1, 5_000)));
process.once("SIGUSR2", async () => {
  const sent = sends.map((send) => send(10, 1_000).catch((reason) => reason));
  console.log("sending");
  const ends = await Promise.all(sent);
  console.log(`gave up: ${ends.map((error) => error.applied ?? error.name).join(" ")}`);
});
console.log("ready");
setInterval(() => {}, 60_000);
