import { behaviours } from "./behaviours.ts";

/** The table of behaviours as lines of text, by what they are about. */
export function explanation(): string {
  let text = "What the emulator does, and how sure that is.\n";
  for (const [about, rows] of Map.groupBy(behaviours, (each) => each.about)) {
    text += `\n${about}\n`;
    for (const { id, basis, does, source, switchedBy } of rows) {
      const changed = switchedBy === undefined ? "" : ` Switch: ${switchedBy}.`;
      text += `  ${basis.padEnd(10)}  ${id}: ${does} (${source})${changed}\n`;
    }
  }
  return text;
}
