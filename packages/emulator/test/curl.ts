import type { Reply } from "./graph-client.ts";

/** Words of a shell line: quotes group, a backslash before a line's end joins. */
function wordsOf(command: string): readonly string[] {
  const words = command.replaceAll("\\\n", " ").match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_all, double?: string, single?: string) => double ?? single ?? ""),
  );
}

/**
 * Carries out a curl command as documents print them: `-X`, `-H`, `-d`, `--json`, `--data-urlencode`, `-F`, `-G`, `-s` and a URL.
 * Understands nothing else, so a test cannot pass by accident.
 */
export async function curl(command: string): Promise<Reply> {
  const [program, ...words] = wordsOf(command);
  if (program !== "curl") throw new Error(`no curl command: ${command}`);
  const [headers, data, form] = [new Headers(), [] as string[], new FormData()];
  let [method, url, asQuery, multipart] = ["", "", false, false];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const next = (): string => words[(at += 1)] ?? "";
    if (word === "-X") method = next();
    else if (word === "-G") asQuery = true;
    else if (word === "-s") continue;
    else if (word === "--json") {
      data.push(next());
      headers.set("content-type", "application/json");
    } else if (word === "-d") data.push(next());
    else if (word === "--data-urlencode") data.push(next().replace(/(?<==).*/s, encodeURIComponent));
    else if (word === "-H") {
      const [name = "", value = ""] = next().split(/:\s*(.*)/s);
      headers.set(name, value);
    } else if (word === "-F") {
      const [name = "", value = ""] = next().split(/=(.*)/s);
      form.set(name, value);
      multipart = true;
    } else if (word.startsWith("-")) throw new Error(`the test's curl knows no ${word}`);
    else url = word;
  }
  if (asQuery) url += (url.includes("?") ? "&" : "?") + data.splice(0).join("&");
  const body = multipart ? form : data.length > 0 ? data.join("&") : undefined;
  if (typeof body === "string" && !headers.has("content-type")) {
    headers.set("content-type", "application/x-www-form-urlencoded");
  }
  method ||= body === undefined ? "GET" : "POST";
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
