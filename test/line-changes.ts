/** What has to be done to `before` to have `after`: `-line` and `+line`, in their order. */
export function changedLines(before: string, after: string): readonly string[] {
  const [old, young] = [before.split("\n"), after.split("\n")];
  // Lengths of the longest common subsequences of what is left of both.
  const common = Array.from({ length: old.length + 1 }, () => Array.from({ length: young.length + 1 }, () => 0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      common[i]![j] =
        old[i] === young[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const changes: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) [i, j] = [i + 1, j + 1];
    else if (i < old.length && (j === young.length || common[i + 1]![j]! >= common[i]![j + 1]!))
      changes.push(`-${old[i++]}`);
    else changes.push(`+${young[j++]}`);
  }
  return changes;
}
