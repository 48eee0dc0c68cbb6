import type { buildConnector } from "undici";
import type { Socket } from "node:net";

const REQUEST_LINE = /^GET (\S+) /;

/**
 * Keeps a secret that must travel in a URL off everything that publishes URLs. undici is told a path that holds none, and
 * says that one to its diagnostics channels, to `NODE_DEBUG` and so to tracers; the socket writes the real one in its place.
 * A name that is not known is written as it is: then the platform refuses it, and nothing was told.
 */
export class VeiledPaths {
  readonly #real = new Map<string, string>();
  #last = 0;

  /** The name of `path` until it is forgotten: `bare` and a number. */
  veil(bare: string, path: string): string {
    this.#last += 1;
    const shown = `${bare}?hidden=${this.#last}`;
    this.#real.set(shown, path);
    return shown;
  }

  forget(shown: string): void {
    this.#real.delete(shown);
  }

  /** A connector whose sockets write the real paths. */
  unveiling(connect: buildConnector.connector): buildConnector.connector {
    return (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (socket === null) callback(error, null);
        else callback(null, this.#unveiled(socket));
      });
  }

  #unveiled<S extends Socket>(socket: S): S {
    const write = socket.write.bind(socket) as (chunk: unknown, ...more: unknown[]) => boolean;
    const unveil = (chunk: unknown): unknown => {
      const shown = typeof chunk === "string" ? REQUEST_LINE.exec(chunk)?.[1] : undefined;
      const real = shown === undefined ? undefined : this.#real.get(shown);
      // undici writes a request's head as one text.
      return real === undefined
        ? chunk
        : `GET ${real}${(chunk as string).slice("GET ".length + (shown as string).length)}`;
    };
    Object.defineProperty(socket, "write", {
      value: (chunk: unknown, ...more: unknown[]) => write(unveil(chunk), ...more),
    });
    return socket;
  }
}
