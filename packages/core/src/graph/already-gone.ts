import { isGraphError } from "../errors/graph-error.ts";

/** How a deletion ended. The platform words "gone" and "not yours to delete" alike: an id of another app is `already-gone` too. */
export type Gone = "deleted" | "already-gone";

/** A deletion whose object is not there any more is done: so it is safe to repeat. */
export async function untilGone(deleted: Promise<void>): Promise<Gone> {
  try {
    await deleted;
    return "deleted";
  } catch (error) {
    if (isGraphError(error) && error.code === "not_found" && error.graphCode !== undefined) return "already-gone";
    throw error;
  }
}
