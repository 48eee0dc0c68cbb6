import { operations, type OperationName } from "@questline/core";
import { optionalMembers } from "./emulator-gaps.ts";
import { sendVector, type Replacements } from "./send-vector.ts";
import { isAskedFor, shapeDifferences } from "./shape.ts";
import { ada, app, federatedApp, grace, tokenOf, vectors, type Vector } from "./vectors.ts";

export interface DriftFinding {
  readonly call: string;
  readonly name: string;
  /** `inconclusive`: this app has no such rows. `skipped`: something is missing that the request needs. */
  readonly status: "same" | "differs" | "inconclusive" | "skipped";
  readonly detail?: string;
}

export interface DriftOptions {
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls that are not reads and shall be sent all the same. */
  readonly also: readonly string[];
}

/** What stands in vectors for something of the user's, by the variable that holds the user's. */
const STAND_INS: readonly (readonly [variable: string, standIn: string])[] = [
  ["QUESTLINE_USER_ID", ada.id],
  ["QUESTLINE_USER_TOKEN", ada.token],
  ["QUESTLINE_OTHER_USER_ID", grace.id],
  ["QUESTLINE_LEADERBOARD", "HIGH_SCORE"],
  ["QUESTLINE_ACHIEVEMENT", "SEE_ALL"],
  ["QUESTLINE_ACHIEVEMENT", "WINS_100"],
];
const FEDERATED = "QUESTLINE_FEDERATED_APP_ID and QUESTLINE_FEDERATED_APP_SECRET";
/** Needs nothing of the user's: an unknown name gives an empty list, which is inconclusive and no more. */
const MAY_BE_MISSING = new Set(["QUESTLINE_LEADERBOARD", "QUESTLINE_ACHIEVEMENT"]);

const OPTIONAL = new Set([...optionalMembers, "grant_time", "error_subcode"]);

/** Errors that any request may meet are states of the platform, and nothing that a request brings about. */
const replayable = vectors.filter(({ file }) => file !== "errors.json");

/** Sends the read-only vectors, one after the other, and compares the shapes of what comes back. */
export async function* drift({ url, env, also }: DriftOptions): AsyncGenerator<DriftFinding> {
  const wanted = (call: string): boolean => operations[call as OperationName].repeat === "read" || also.includes(call);
  const groups = Object.groupBy(
    replayable.filter(({ call }) => wanted(call)),
    ({ call, request, args }) => JSON.stringify([call, request, args]),
  );
  for (const group of Object.values(groups)) {
    const [first] = group ?? [];
    if (first === undefined) continue;
    const { call, name } = first;
    const missing = missingVariables(first, env);
    if (missing.length > 0) yield { call, name, status: "skipped", detail: `set ${missing.join(", ")}` };
    else yield { call, name, ...(await compared(url, group ?? [], env)) };
  }
}

/** A request with several documented answers is as documented if it gets any of them. */
async function compared(
  url: string,
  group: readonly Vector[],
  env: DriftOptions["env"],
): Promise<Pick<DriftFinding, "status" | "detail">> {
  const [first] = group;
  if (first === undefined) throw new Error("an empty group");
  let answered;
  try {
    answered = await sendVector(url, first, replacementsOf(env));
  } catch {
    return { status: "inconclusive", detail: "no answer" };
  }
  const { status, body } = answered;
  const found = group.map(({ answer }) => {
    const shown = answer.text === undefined ? answer.body : (JSON.parse(answer.text) as unknown);
    const differs = shapeDifferences(shown, body, OPTIONAL).filter(
      (difference) => !isAskedFor(difference, first.request.query?.["fields"]),
    );
    return status === answer.status ? differs : [`status ${status}, not ${answer.status}`, ...differs];
  });
  if (found.some((differs) => differs.length === 0)) return { status: "same" };
  const [differs = []] = found;
  const isEmpty = differs.every((difference) => difference.endsWith("has no rows"));
  return { status: isEmpty ? "inconclusive" : "differs", detail: differs.join("; ") };
}

function missingVariables(vector: Vector, env: DriftOptions["env"]): readonly string[] {
  const text = JSON.stringify([vector.request, tokenOf(vector)]);
  const missing = STAND_INS.filter(
    ([variable, standIn]) => text.includes(standIn) && !env[variable] && !MAY_BE_MISSING.has(variable),
  ).map(([variable]) => variable);
  const isFederated = vector.request.token.startsWith("federated");
  const hasFederated = env["QUESTLINE_FEDERATED_APP_ID"] && env["QUESTLINE_FEDERATED_APP_SECRET"];
  return isFederated && !hasFederated ? [...missing, FEDERATED] : missing;
}

function replacementsOf(env: DriftOptions["env"]): Replacements {
  const own = STAND_INS.flatMap(([variable, standIn]) => (env[variable] ? [[standIn, env[variable]]] : []));
  const federated = { id: env["QUESTLINE_FEDERATED_APP_ID"], secret: env["QUESTLINE_FEDERATED_APP_SECRET"] };
  return {
    ...Object.fromEntries(own),
    [`/${app.id}/`]: `/${env["QUESTLINE_APP_ID"]}/`,
    [`OC|${app.id}|${app.secret}`]: `OC|${env["QUESTLINE_APP_ID"]}|${env["QUESTLINE_APP_SECRET"]}`,
    [`/${federatedApp.id}/`]: `/${federated.id}/`,
    [`OC|${federatedApp.id}|${federatedApp.secret}`]: `OC|${federated.id}|${federated.secret}`,
  };
}
