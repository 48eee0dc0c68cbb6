import { readdirSync, readFileSync } from "node:fs";

/** One exchange with the platform: what must be sent, what comes back and what it means. Plain JSON: see the files. */
export interface Vector {
  readonly name: string;
  /** `noun.verb` of the platform client. */
  readonly call: string;
  /** A page of Meta's documentation by its short name, or where else it was seen. */
  readonly source: string;
  readonly label: "documented" | "observed" | "assumed";
  /** Arguments of the call; `{ "$date" }` stands for a Date. */
  readonly args: readonly unknown[];
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly token: "app" | "user" | "federated-app" | "federated-user";
    /** Where the token goes; default: the Authorization header. */
    readonly tokenIn?: "query";
    readonly query?: Readonly<Record<string, string>>;
    readonly form?: Readonly<Record<string, string>>;
  };
  /** `text` where a body is no JSON, or must keep its digits. */
  readonly answer: { readonly status: number; readonly body?: unknown; readonly text?: string };
  /** What the call resolves with: `{ "$long" }`, `{ "$date" }`, `{ "$base64" }`, `{ "$secret" }`; lists as arrays. */
  readonly reads?: unknown;
  /** Members of the error it rejects with. */
  readonly throws?: Readonly<Record<string, unknown>>;
}

const folder = new URL("vectors/", import.meta.url);

/** All vectors, by file. Their world: app 1 (`test-secret`), federated app 2 (`federated-secret`), the users ada and grace. */
export const vectors: readonly (Vector & { readonly file: string })[] = readdirSync(folder)
  .toSorted()
  .flatMap((file) =>
    (JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector[]).map((vector) => ({ ...vector, file })),
  );

export const app = { id: "1", secret: "test-secret" };
export const otherApp = { id: "3", secret: "other-secret" };
/** The device of the vectors. */
export const UNIQUE_ID = "ab12".repeat(16);
export const federatedApp = { id: "2", secret: "federated-secret" };
export const ada = {
  alias: "ada",
  id: "10149999707612630",
  orgScopedId: "20100000000000001",
  token: "FRL-ada-test-token",
};
export const grace = { alias: "grace", id: "10149999707612631", orgScopedId: "20100000000000002" };

/** The text of the answer's body. */
export const answerText = ({ answer }: Vector): string => answer.text ?? JSON.stringify(answer.body);

/** The token a vector's request carries. User tokens are those of its arguments. */
export function tokenOf({ request, args }: Vector): string {
  if (request.token === "app") return `OC|${app.id}|${app.secret}`;
  if (request.token === "federated-app") return `OC|${federatedApp.id}|${federatedApp.secret}`;
  const [first] = args;
  return typeof first === "string" ? first : (first as { userToken: string }).userToken;
}
