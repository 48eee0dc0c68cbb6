/** `a=1&b=2`, percent-encoded; several times faster than URLSearchParams, and a space is `%20` in query and body alike. */
export function encodeForm(params: Readonly<Record<string, string>>): string {
  let form = "";
  for (const name in params) {
    form += `${form === "" ? "" : "&"}${name}=${encodeURIComponent(params[name] as string)}`;
  }
  return form;
}
