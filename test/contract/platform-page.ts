import { operations } from "@questline/core";
import { emulatorGaps } from "./emulator-gaps.ts";
import { vectors } from "./vectors.ts";

const HEAD = ["", "call", "request", "token", "core", "emulator", "vectors", "semantics", "source"];

const DEPRECATED = "left out: Meta has deprecated it";

/** Operations of the platform that are left out, with the reason in every cell. */
const leftOut: readonly (readonly [id: string, request: string, source: string])[] = [
  ["C1", "POST /{app_id}/challenges", "ps-challenges-s2s"],
  ["C2", "POST /{challenge_id}", "ps-challenges-s2s"],
  ["C3", "DELETE /{challenge_id}", "ps-challenges-s2s"],
  ["C4", "GET /{app_id}/challenges", "ps-challenges-s2s"],
  ["C5", "GET /{challenge_id}", "ps-challenges-s2s"],
  ["C6", "GET /{challenge_id}/entries", "ps-challenges-s2s"],
  ["R1", "POST /room_moderated_create", "ps-rooms"],
  ["R2", "POST /room_update_data_store", "ps-rooms"],
  ["R3", "GET /{room_id}", "ps-rooms"],
  ["R4", "DELETE /{room_id}", "ps-rooms"],
];

/** The coverage table of `docs/platform.md`, as Markdown. */
export function coverageTable(): string {
  const rows = Object.entries(operations)
    .map(([call, { id, request, token, repeat, source }]) => {
      const gap = emulatorGaps[call];
      return [id, `\`${call}\``, `\`${request}\``, token, "yes", gap ?? "yes", vectorCount(call), repeat, source];
    })
    .toSorted(([a = ""], [b = ""]) => orderOf(a) - orderOf(b));
  const out = leftOut.map(([id, request, source]) => {
    const [call, token, core, emulator, vectorsCell, semantics] = Array.from({ length: 6 }, () => DEPRECATED);
    return [id, call, `\`${request}\``, token, core, emulator, vectorsCell, semantics, source];
  });
  const line = (cells: readonly (string | undefined)[]): string => `| ${cells.join(" | ")} |`;
  return [line(["operation", ...HEAD.slice(1)]), line(HEAD.map(() => "---")), ...[...rows, ...out].map(line)].join(
    "\n",
  );
}

/** Errors that any operation may meet, tried on a few. */
const ERRORS = "errors.json";

/** `6 documented, 1 assumed`. */
function vectorCount(call: string): string {
  const its = vectors.filter((vector) => vector.call === call && vector.file !== ERRORS);
  return ["documented", "observed", "assumed"]
    .map((label) => ({ label, n: its.filter((vector) => vector.label === label).length }))
    .filter(({ n }) => n > 0)
    .map(({ label, n }) => `${n} ${label}`)
    .join(", ");
}

const NOUNS = "ALUSPBTFN";
const orderOf = (id: string): number => NOUNS.indexOf(id[0] ?? "") * 100 + Number(id.slice(1));

const BEGIN = "<!-- coverage: npm run platform-page -->";
const END = "<!-- end of coverage -->";

/** The page with its table made anew. Throws where the page has lost the two marks around it. */
export function withCoverage(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`docs/platform.md must hold ${BEGIN} and ${END} around the table.`);
  return `${page.slice(0, from)}${BEGIN}\n\n${coverageTable()}\n\n${page.slice(to)}`;
}
