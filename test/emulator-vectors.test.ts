import { createEmulator } from "@questline/emulator";
import { describe, expect, test } from "vitest";
import { emulatorDeviations, emulatorGaps, optionalMembers } from "./contract/emulator-gaps.ts";
import { prepare } from "./contract/emulator-prepare.ts";
import { seedFor } from "./contract/emulator-world.ts";
import { sendVector } from "./contract/send-vector.ts";
import { isAskedFor, shapeDifferences } from "./contract/shape.ts";
import { answerText, vectors, type Vector } from "./contract/vectors.ts";

/** That faults of the emulator answer as they are told to proves nothing; only this error arises by itself. */
const ARISE = new Set(["the app secret was regenerated"]);
const ours = vectors.filter(({ file, name }) => file !== "errors.json" || ARISE.has(name));

/** How the emulator's answer to a vector differs from the vector's. */
async function differences(vector: Vector): Promise<readonly string[]> {
  await using emulator = await createEmulator({ seed: seedFor(vector) });
  const { status, body } = await sendVector(emulator.url, vector, await prepare(emulator, vector));
  const { answer } = vector;
  const expected = { status: answer.status, body: JSON.parse(answerText(vector)) as unknown };
  const differs = shapeDifferences(expected.body, body, optionalMembers).filter(
    (difference) => !isAskedFor(difference, vector.request.query?.["fields"]),
  );
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

describe("the emulator answers as the vectors say:", () => {
  test.each(known)("$call, $name", async (vector) => {
    expect(await differences(vector)).toEqual([]);
  });
});

test("what is listed as a gap or a deviation still is one, and must leave the list once it is none", async () => {
  for (const call of Object.keys(emulatorGaps)) {
    const its = await Promise.all(ours.filter((vector) => vector.call === call).map(differences));
    expect({ call, isGap: its.flat().length > 0 }).toEqual({ call, isGap: true });
  }
  for (const name of Object.keys(emulatorDeviations)) {
    const its = await Promise.all(ours.filter((vector) => vector.name === name).map(differences));
    expect({ name, deviates: its.flat().length > 0 }).toEqual({ name, deviates: true });
  }
});
