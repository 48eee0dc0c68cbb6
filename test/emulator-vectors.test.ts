import { createEmulator } from "@questline/emulator";
import { describe, expect, test } from "vitest";
import { emulatorDeviations, emulatorGaps, optionalMembers } from "./contract/emulator-gaps.ts";
import { prepare, seedFor } from "./contract/emulator-world.ts";
import { sendVector } from "./contract/send-vector.ts";
import { shapeDifferences } from "./contract/shape.ts";
import { vectors, type Vector } from "./contract/vectors.ts";

/** That faults of the emulator answer as they are told to proves nothing; only this error arises by itself. */
const ARISE = new Set(["the app secret was regenerated"]);
const ours = vectors.filter(({ file, name }) => file !== "errors.json" || ARISE.has(name));

/** How the emulator's answer to a vector differs from the vector's. */
async function differences(vector: Vector): Promise<readonly string[]> {
  await using emulator = await createEmulator({ seed: seedFor(vector) });
  const { status, body } = await sendVector(emulator.url, vector, prepare(emulator, vector));
  const expected = vector.answer;
  const differs = shapeDifferences(expected.body, body, optionalMembers);
  const errors = [expected.body, body].map(
    (answer) => (answer as { error?: { code?: number; error_subcode?: number } }).error,
  );
  const [wanted, found] = errors.map((error) => `${error?.code}/${error?.error_subcode}`);
  return [
    ...(status === expected.status ? [] : [`status ${status}, not ${expected.status}`]),
    ...(wanted === found ? [] : [`error ${found}, not ${wanted}`]),
    ...(errors[0] === undefined || errors[1] === undefined ? differs : []),
  ];
}

const known = ours.filter(({ call, name }) => !(call in emulatorGaps) && !(name in emulatorDeviations));
const gaps = Object.keys(emulatorGaps).map((call) => ({ call, its: ours.filter((vector) => vector.call === call) }));

describe("the emulator answers as the vectors say:", () => {
  test.each(known)("$call, $name", async (vector) => {
    expect(await differences(vector)).toEqual([]);
  });
});

describe("a gap is still one, or must leave the list:", () => {
  test.each(gaps)("$call", async ({ its }) => {
    const open = await Promise.all(its.map(differences));
    expect(open.flat()).not.toEqual([]);
  });
});
