import { isQuestlineError } from "../errors/questline-error.ts";
import type { Firing, ReportAcceptance } from "../store/lane-store.ts";

type Accept = (reports: readonly (readonly Firing[])[]) => Promise<readonly ReportAcceptance[]>;

const UNANSWERED: ReportAcceptance = {
  status: "refused",
  reason: "unanswered",
  detail:
    "The thread that keeps results ended before it answered: this report may or may not have been kept. It has no identity " +
    "by which a second one would be known; report it again only if it may count twice.",
};

/**
 * Hands reports to a thread that may end before it answers. What it leaves unanswered is handed to the next one if once
 * keys see to it that it counts once; `duplicate` then says that the first one had kept it. Anything else is refused:
 * handed over again, it could count twice.
 */
export async function handOver(
  reports: readonly (readonly Firing[])[],
  accept: Accept,
): Promise<readonly ReportAcceptance[]> {
  try {
    return await accept(reports);
  } catch (error) {
    if (!isQuestlineError(error) || error.code !== "ambiguous") throw error;
  }
  const known = reports.filter(isIdentified);
  const answers = known.length === 0 ? [] : [...(await acceptAgain(known, accept))];
  return reports.map((report) => (isIdentified(report) ? answers.shift() : undefined) ?? UNANSWERED);
}

const isIdentified = (report: readonly Firing[]): boolean => report.every(({ once }) => once !== undefined);

/** What has met the ends of two threads may be what brings them about. */
async function acceptAgain(reports: readonly (readonly Firing[])[], accept: Accept): ReturnType<Accept> {
  try {
    return await accept(reports);
  } catch (error) {
    if (!isQuestlineError(error) || error.code !== "ambiguous") throw error;
    const detail =
      "Two threads that keep results ended before they answered: this report may have been kept. Report it again.";
    return reports.map(() => ({ status: "refused", reason: "unanswered", detail }));
  }
}
