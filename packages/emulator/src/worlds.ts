import { EmulatorInputError } from "./input-error.ts";
import { Instance, type InstanceOptions } from "./instance.ts";
import type { IsolatedWorld, WorldOptions, Worlds } from "./isolated-world.ts";

const NAME = /^[\w.@-]{1,64}$/;
const MAX_WORLDS = 1_000;

type Surroundings = Omit<InstanceOptions, "seed" | "strictness" | "worlds">;

export class WorldRegistry implements Worlds {
  readonly #surroundings: Surroundings;
  readonly #instances = new Map<string, Instance>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  open(name: string, { seed, strictness }: WorldOptions = {}): IsolatedWorld {
    if (typeof name !== "string" || !NAME.test(name)) {
      throw new EmulatorInputError("name", "expected 1 to 64 of letters, digits and _ @ . -");
    }
    if (this.#instances.has(name)) throw new EmulatorInputError("name", `there is a world "${name}" already`);
    if (this.#instances.size >= MAX_WORLDS)
      throw new EmulatorInputError("name", `there are ${MAX_WORLDS} worlds; close some`);
    const url = (): string => `${this.#surroundings.url()}/__worlds/${name}`;
    const instance = new Instance({ ...this.#surroundings, url, seed, strictness, worlds: this });
    this.#instances.set(name, instance);
    return isolatedWorld(instance);
  }

  close(name: string): boolean {
    this.#instances.get(name)?.stop();
    return this.#instances.delete(name);
  }

  names(): readonly string[] {
    return [...this.#instances.keys()];
  }

  instance(name: string): Instance | undefined {
    return this.#instances.get(name);
  }

  stop(): void {
    for (const instance of this.#instances.values()) instance.stop();
  }
}

export function isolatedWorld(instance: Instance): IsolatedWorld {
  const { url, world, faults, requests, oracle, switches, webhooks } = instance;
  return { url, world, faults, requests, oracle, switches, webhooks, reset: (seed) => instance.reset(seed) };
}
