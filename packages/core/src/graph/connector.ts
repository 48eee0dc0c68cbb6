import { isIP } from "node:net";
import { connect as secure, type TLSSocket } from "node:tls";
import { errors, type buildConnector } from "undici";
import { openTunnel, type Proxy } from "./proxy.ts";
import { ResetSocket } from "./reset-socket.ts";
import type { Clock } from "../runtime/clock.ts";

export interface ConnectorOptions {
  readonly clock: Clock;
  /** For the connection and its TLS together, ms. */
  readonly timeoutMs: number;
  /** Every connection goes through it. */
  readonly proxy?: Proxy | undefined;
}

const KEEP_ALIVE_MS = 60_000;

/**
 * Opens the sockets of one pool. undici's own connector lets Node make the TCP socket below TLS, out of reach; this one
 * makes it first, so that it can be one that ends by a reset. HTTP/1.1 is all that is offered.
 */
export function connector({ clock, timeoutMs, proxy }: ConnectorOptions): buildConnector.connector {
  /** Of the pool's one host; a handshake that fails forgets it. */
  let session: Buffer | undefined;

  const overTls = (socket: ResetSocket, hostname: string): TLSSocket => {
    const tls = secure({
      socket,
      // For the certificate; only names go into the handshake.
      host: hostname,
      ...(isIP(hostname) === 0 ? { servername: hostname } : undefined),
      ...(session === undefined ? undefined : { session }),
      ALPNProtocols: ["http/1.1"],
    });
    tls.on("session", (given) => {
      session = given;
    });
    return tls;
  };

  return ({ hostname, protocol, port, localAddress }, callback) => {
    const socket = new ResetSocket();
    let isWaiting = true;
    const settle = (act: () => void): void => {
      if (!isWaiting) return;
      isWaiting = false;
      timer.cancel();
      act();
    };
    // Stays for the socket's life: once undici has it, an error is told to undici as well.
    const onError = (error: Error): void => settle(() => callback(error, null));
    const timer = clock.after(timeoutMs, () => {
      socket.destroy(new errors.ConnectTimeoutError(`no connection within ${timeoutMs} ms`));
    });

    socket.on("error", onError);
    const at = Number(port) || (protocol === "https:" ? 443 : 80);
    const connected = (): void => {
      if (protocol !== "https:") return settle(() => callback(null, socket));
      const tls = overTls(socket, hostname);
      tls.once("secureConnect", () => settle(() => callback(null, tls)));
      tls.on("error", (error) => {
        if (isWaiting) session = undefined;
        onError(error);
      });
    };
    socket.once("connect", () => {
      if (proxy === undefined) return connected();
      openTunnel(socket, proxy, { hostname, port: at }, (error) => {
        if (error === undefined) connected();
        else socket.destroy(error);
      });
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const to = proxy === undefined ? { host: hostname, port: at } : { host: proxy.hostname, port: proxy.port };
    socket.connect({ ...to, ...(localAddress == null ? undefined : { localAddress }) });
  };
}
