/** Why no answer came, in words; what libraries attach to their errors (sockets, options, bytes) stays behind. */
export interface ConnectionFailure {
  readonly words: string;
  /** A bare error with the original's name, message and code. */
  readonly cause: Error;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was reset",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "connecting took too long",
  UND_ERR_SOCKET: "the other side closed the connection",
};

/** Reads an error of the socket or of undici. */
export function connectionFailure(error: unknown): ConnectionFailure {
  const original = innermost(error);
  const code = codeOf(original);
  const words =
    WORDS[code] ??
    (/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HPE_)/.test(code)
      ? code.startsWith("HPE_")
        ? `what came back is not HTTP (${code})`
        : `TLS failed (${code})`
      : code === ""
        ? "the connection failed"
        : `the connection failed (${code})`);
  const cause = new Error(original.message);
  cause.name = original.name;
  if (code !== "") Object.assign(cause, { code });
  return { words, cause };
}

/** Happy eyeballs fail with one error per address; one that took too long says more than one without a route. */
function innermost(error: unknown): Error {
  if (!(error instanceof AggregateError)) return error instanceof Error ? error : new Error("unknown failure");
  const errors = error.errors.filter((one) => one instanceof Error);
  return errors.find((one) => codeOf(one) === "ETIMEDOUT") ?? errors[0] ?? error;
}

const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : "");
