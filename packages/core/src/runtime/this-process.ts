import { hostname } from "node:os";

/** This process in words, for people who look for it: `process 4711 on "game-1"`. */
export function thisProcess(): string {
  return `process ${process.pid} on ${JSON.stringify(hostname())}`;
}
