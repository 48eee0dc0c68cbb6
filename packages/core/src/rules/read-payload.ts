import type { SchemaIssue, StandardSchema } from "../catalogue/standard-schema.ts";
import { isPromise } from "./promise-answer.ts";
import type { Reading } from "./read-amount.ts";
import { thrownText } from "./thrown-text.ts";

/** A payload as its event's schema puts it out, or why the schema refuses it. Never throws. */
export function readPayload(schema: StandardSchema | undefined, payload: unknown): Reading<unknown> {
  if (schema === undefined) return { value: payload };
  try {
    const result = schema["~standard"].validate(payload);
    if (isPromise(result))
      return { problem: "its schema is asynchronous; a report cannot wait for it, so give a synchronous schema" };
    if (result.issues === undefined) return { value: result.value };
    return { problem: `its schema refuses the payload: ${result.issues.slice(0, 3).map(issueText).join("; ")}` };
  } catch (error) {
    return { problem: `its schema threw: ${thrownText(error)}` };
  }
}

function issueText({ message, path }: SchemaIssue): string {
  if (path === undefined || path.length === 0) return message;
  return `${path.map((part) => String(typeof part === "object" ? part.key : part)).join(".")}: ${message}`;
}
