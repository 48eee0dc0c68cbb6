/** The template with its `{names}` filled in, percent-encoded. Throws TypeError for a name that is not given: a slip in this package. */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`${template} needs ${name}.`);
    return encodeURIComponent(value);
  });
}
