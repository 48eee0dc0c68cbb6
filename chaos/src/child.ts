import type { Answer, Question, Ready } from "./wire.ts";

type Handler<F> = F extends (...args: infer A) => infer R ? (...args: A) => R | Promise<R> : never;
type Orders = { readonly [name: string]: (...args: never[]) => unknown };

/** A process's side of `parent/processes.ts`. It ends with its parent. */
export function obeyParent<O>(handlers: { readonly [K in keyof O]: Handler<O[K]> }): void {
  const orders = handlers as Orders;
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ ask: answer, order, args }: Question) => {
    try {
      send({ answer, value: await orders[order]?.(...(args as never[])) });
    } catch (error) {
      send({ answer, error: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** Says that orders can come, and what the parent has to know. */
export function readyWith(value: unknown): void {
  send({ ready: value });
}

function send(message: Answer | Ready): void {
  if (process.connected) process.send?.(message);
}
