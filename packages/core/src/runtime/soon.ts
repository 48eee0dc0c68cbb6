/** Runs `step` after the current turn of the event loop, so that what happens together is handled together. */
export function soon(step: () => void): void {
  setImmediate(step);
}

/** Calls `step` for each item, `perTurn` of them in a turn of the event loop, so that others have their turns in between. */
export function inTurns<Item>(
  items: readonly Item[],
  perTurn: number,
  step: (item: Item, index: number) => void,
): void {
  const from = (first: number): void => {
    const end = Math.min(first + perTurn, items.length);
    for (let index = first; index < end; index += 1) step(items[index] as Item, index);
    if (end < items.length) soon(() => from(end));
  };
  from(0);
}
