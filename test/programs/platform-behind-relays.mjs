// The stand-in for the platform, behind a TCP or TLS relay per port, as a front-end would be. Says what it has carried out.
//   platform-behind-relays.mjs <host> <folder of cert.pem and key.pem> <port>[,<port>...] of TCP <port>[,...] of TLS
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { createEmulator } from "@questline/emulator";

const [host, folder, tcp, tls] = process.argv.slice(2);
const users = Array.from({ length: 10 }, (_, n) => `8000000000000000${n}`);
const emulator = await createEmulator({
  allowedHosts: [host],
  seed: {
    apps: [
      {
        id: "1",
        secret: "test-secret",
        achievements: [
          {
            api_name: "WINS",
            achievement_type: "COUNT",
            target: 1000,
            achievement_write_policy: "SERVER_AUTHORITATIVE",
          },
        ],
      },
    ],
    users: users.map((id) => ({ alias: `player${id.at(-1)}`, ids: { 1: id }, tokens: {} })),
  },
});
const behind = Number(new URL(emulator.url).port);

/** @param {import("node:net").Socket} front */
const relay = (front) => {
  const back = connect({ port: behind, host: "127.0.0.1", allowHalfOpen: true });
  front.pipe(back).pipe(front);
  front.on("error", () => back.resetAndDestroy());
  back.on("error", () => front.destroy());
};
const identity = { cert: readFileSync(join(folder, "cert.pem")), key: readFileSync(join(folder, "key.pem")) };
const listening = [
  ...tcp.split(",").map((port) => createServer({ allowHalfOpen: true }, relay).listen(Number(port), host)),
  ...tls
    .split(",")
    .map((port) => createTlsServer({ ...identity, allowHalfOpen: true }, relay).listen(Number(port), host)),
];
await Promise.all(listening.map((server) => new Promise((resolve) => server.once("listening", resolve))));
console.log("listening");

const said = new Map();
setInterval(() => {
  for (const { userId, added } of emulator.oracle.snapshot().achievements) {
    if (said.get(userId) !== added) console.log(`added ${userId} ${added}`);
    said.set(userId, added);
  }
}, 20);
