import { tokenOf, type Vector } from "./vectors.ts";

/** What a vector names and a real world calls otherwise: text to be replaced in path, parameters and token. */
export type Replacements = Readonly<Record<string, string>>;

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Sends a vector's request as it stands, without the platform client. */
export async function sendVector(url: string, vector: Vector, replacements: Replacements = {}): Promise<Answered> {
  const { request } = vector;
  const real = (text: string): string =>
    Object.entries(replacements).reduce((done, [from, to]) => done.replaceAll(from, to), text);
  const form = (params: Readonly<Record<string, string>>): URLSearchParams =>
    new URLSearchParams(Object.entries(params).map(([name, value]): [string, string] => [name, real(value)]));

  const token = real(tokenOf(vector));
  const query = form(request.query ?? {});
  if (request.tokenIn === "query") query.set("access_token", token);
  const response = await fetch(`${url}${real(request.path)}?${query}`, {
    method: request.method,
    headers: request.tokenIn === "query" ? {} : { authorization: `Bearer ${token}` },
    ...(request.form === undefined ? {} : { body: form(request.form) }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: text };
  }
}
