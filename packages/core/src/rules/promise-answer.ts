/** True for a promise; its rejection is taken here, since nobody else would and an unhandled one ends the process. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function")
    return false;
  value.then(undefined, () => undefined);
  return true;
}
