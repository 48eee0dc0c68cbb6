import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, operations } from "../src/index.ts";
import { curl } from "./curl.ts";
import { documentedExamples, type Example } from "./documented-examples.ts";
import { APP_TOKEN, idOf } from "./graph-client.ts";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator();
});
afterAll(() => emulator.close());

const encoded = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);

/** The three places of a token, each with the parameters as documents print them there. */
const placements: Readonly<Record<string, (example: Example) => string>> = {
  form({ method, path, parameters = {}, token }) {
    const data = [`access_token=${encodeURIComponent(token)}`, ...encoded(parameters)].map((each) => `-d "${each}"`);
    return `curl ${method === "GET" ? "-G" : `-X ${method}`} \\\n  ${data.join(" \\\n  ")} \\\n  ${emulator.url}${path}`;
  },
  query({ method, path, parameters = {}, token }) {
    const query = [...encoded(parameters), `access_token=${encodeURIComponent(token)}`].join("&");
    return `curl -X ${method} "${emulator.url}${path}?${query}"`;
  },
  header({ method, path, parameters = {}, token }) {
    const data = encoded(parameters).map((each) => `-d "${each}"`);
    const get = method === "GET" ? "-G" : `-X ${method}`;
    return `curl ${get} -H "Authorization: Bearer ${token}" ${data.join(" ")} ${emulator.url}${path}`;
  },
};

describe("curl as the platform's documents print it", () => {
  it("has an example for every operation", async () => {
    expect((await documentedExamples(emulator)).map(({ operation }) => operation)).toEqual(
      operations.map(({ name }) => name),
    );
  });

  describe.each(Object.keys(placements))("with the token in the %s", (placement) => {
    it.each(operations.map(({ name }) => name))("%s", async (name) => {
      const example = (await documentedExamples(emulator)).find(({ operation }) => operation === name);
      if (example === undefined) throw new Error(`no example of ${name}`);
      emulator.requests.clear();
      const reply = await curl(placements[placement]?.(example) ?? "");
      expect(reply.body).toMatchObject(example.answer);
      expect(reply.status).toBe(200);
      expect(emulator.requests.list()).toMatchObject([{ operation: name, status: 200 }]);
    });
  });
});

describe("other encodings in use", () => {
  it("a multipart body, a JSON body, a query without body, and pipes as they are", async () => {
    emulator.reset();
    const ada = idOf(emulator, "ada");
    const nonce = (): string => emulator.world.mintNonce("1", ada);
    const url = `${emulator.url}/user_nonce_validate`;
    const json = "Content-Type: application/json";
    const commands = [
      `curl -F "access_token=${APP_TOKEN}" -F "nonce=${nonce()}" -F "user_id=${ada}" ${url}`,
      `curl -H "${json}" -H "Authorization: Bearer ${APP_TOKEN}" -d '{"nonce":"${nonce()}","user_id":"${ada}"}' ${url}`,
      `curl -X POST -H "${json}" "${url}?access_token=${APP_TOKEN}&nonce=${nonce()}&user_id=${ada}"`,
      `curl -d "access_token=${APP_TOKEN}&nonce=${nonce()}&user_id=${ada}" "${url}/"`,
      `curl --data-urlencode "access_token=${APP_TOKEN}" -d "nonce=${nonce()}" -d "user_id=${ada}" ${emulator.url}/v1.20/user_nonce_validate`,
    ];
    for (const command of commands) expect((await curl(command)).body).toEqual({ is_valid: true });
  });
});
