import { invalidParameter } from "../graph/graph-error.ts";
import type { ExactJson, ExactJsonObject } from "../json/exact-json.ts";
import type { Call } from "./call.ts";

export interface PageRequest<Row> {
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly show: (row: Row) => ExactJson;
  /** Index of the first row when no cursor is given. */
  readonly start?: number;
  /** Rows of a page as `pageLimit` tells. */
  readonly limit: number;
  /** Leave `paging` out when everything fits on one page, as definitions and progress do. */
  readonly quiet: boolean;
}

/** The rows a page may hold, by the request and the switches. */
export function pageLimit(call: Call): number {
  const { pageSize, maxPageSize } = call.switches;
  return Math.min(call.parameters.count("limit", 1) ?? pageSize, maxPageSize);
}

/** Graph cursor paging: `after` and `before` win over `start`. */
export function page<Row>(call: Call, request: PageRequest<Row>): Record<string, ExactJson> {
  const { rows, limit } = request;
  const { from, to } = bounds(call, request);
  const shown = rows.slice(from, to);
  const body: Record<string, ExactJson> = { data: shown.map(request.show) };
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined || (request.quiet && shown.length === rows.length)) return body;
  const before = cursor(request.idOf(first), from);
  const after = cursor(request.idOf(last), to - 1);
  const paging: Record<string, ExactJson> = { cursors: { before, after } };
  if (to < rows.length) paging["next"] = link(call, limit, "after", after);
  if (from > 0) paging["previous"] = link(call, limit, "before", before);
  body["paging"] = paging satisfies ExactJsonObject;
  return body;
}

function bounds<Row>(call: Call, request: PageRequest<Row>): { from: number; to: number } {
  const { rows, limit, start = 0 } = request;
  const after = call.parameters.text("after");
  const before = call.parameters.text("before");
  if (after) {
    const from = Math.min(position(after, request, 1), rows.length);
    return { from, to: Math.min(from + limit, rows.length) };
  }
  if (before) {
    const to = Math.min(position(before, request, 0), rows.length);
    return { from: Math.max(0, to - limit), to };
  }
  const from = Math.min(start, rows.length);
  return { from, to: Math.min(from + limit, rows.length) };
}

/** Where the cursor's row is now (plus `step`), or where it was if it is gone. */
function position<Row>(text: string, { rows, idOf }: PageRequest<Row>, step: number): number {
  const match = /^Q1:([^:]+):(\d{1,9})$/.exec(Buffer.from(text, "base64url").toString("latin1"));
  if (match === null) throw invalidParameter("Invalid cursors values");
  const [, id, index] = match;
  const hint = Number(index);
  const hinted = rows[hint];
  if (hinted !== undefined && idOf(hinted) === id) return hint + step;
  const found = rows.findIndex((row) => idOf(row) === id);
  return found === -1 ? hint : found + step;
}

function cursor(id: string, index: number): string {
  return Buffer.from(`Q1:${id}:${index}`, "latin1").toString("base64url");
}

/** The platform's links carry the access token, even when the request had it in a header. */
function link(call: Call, limit: number, direction: "after" | "before", at: string): string {
  const query = new URLSearchParams({ access_token: call.tokenText ?? "" });
  for (const [name, value] of call.parameters.entries()) {
    if (name !== "after" && name !== "before" && name !== "method") query.set(name, value);
  }
  query.set("limit", String(limit));
  query.set(direction, at);
  return `${call.url}/${call.segments.map(encodeURIComponent).join("/")}?${query.toString()}`;
}
