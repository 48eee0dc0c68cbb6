/** True for what an asynchronous function of the game's returned where an answer is needed at once; its rejection goes nowhere. */
export function isPromise(value: unknown): value is Promise<unknown> {
  if (!(value instanceof Promise)) return false;
  value.catch(() => {});
  return true;
}
