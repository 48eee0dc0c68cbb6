import { describe, expect, it } from "vitest";
import { ArgumentsError, type DemoArguments, parseArguments } from "../src/demo/arguments.ts";

const parsed = (...argv: string[]): DemoArguments => parseArguments(argv) as DemoArguments;

describe("parseArguments", () => {
  it("plays twelve matches with four players a room by default", () => {
    expect(parsed()).toMatchObject({ matches: 12, players: 4, quietMs: 1_000, emulatorPort: 0, json: false });
  });

  it("expects an emulator on port 8470 where a proxy stands before it", () => {
    const read = parsed("--graph-url", "http://127.0.0.1:9000/");
    expect(read).toMatchObject({ graphUrl: "http://127.0.0.1:9000", emulatorPort: 8_470 });
    expect(parsed("--graph-url", "http://127.0.0.1:9000", "--emulator-port", "7000").emulatorPort).toBe(7_000);
  });

  it.each([
    [["--matchs", "3"], /--matchs/],
    [["three"], /three/],
    [["--matches", "0"], /--matches takes a whole number from 1/],
    [["--matches", "2.5"], /2\.5/],
    [["--matches"], /--matches/],
    [["--chaos", "1"], /--chaos takes a chance from 0 to 0\.9/],
    [["--chaos", "-0.1"], /--chaos/],
    [["--quiet-ms", "soon"], /--quiet-ms/],
    [["--graph-url", "localhost:80"], /--graph-url takes an http or https URL/],
    [["--sabotage", "everything"], /resend-without-readback or ack-before-commit/],
    [["--json=yes"], /--json/],
  ])("refuses %j", (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(ArgumentsError);
    expect(() => parseArguments(argv)).toThrow(message);
  });
});
