import type { Answer, Question, Ready } from "./wire.ts";

type Handler<F> = F extends (...args: infer A) => infer R ? (...args: A) => R | Promise<R> : never;
type Orders = { readonly [K: string]: (...args: never[]) => unknown };

/** The parent's side is `demo/processes.ts`. A child ends with its parent, and leaves Ctrl-C to it. */
export function obeyParent<O>(handlers: { readonly [K in keyof O]: Handler<O[K]> }): void {
  const orders = handlers as Orders;
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  process.on("message", async (question: Question) => {
    const { ask: answer, order, args } = question;
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
