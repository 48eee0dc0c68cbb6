import type { Clock } from "./clock.ts";

export interface NoticeOptions<Detail> {
  readonly clock: Clock;
  /** Ms. Default one minute. */
  readonly everyMs?: number;
  /** `times`: how often it came since it was said last; `detail` is the latest one's. */
  readonly say: (detail: Detail, times: number) => void;
}

/**
 * What may happen very often is said at once the first time, and then counted: once every `everyMs`, for as long as it goes
 * on. `key` keeps different things apart; there must be few of them.
 */
export function createNotice<Detail>({
  clock,
  everyMs = 60_000,
  say,
}: NoticeOptions<Detail>): (key: string, detail: Detail) => void {
  const counted = new Map<string, { times: number; detail: Detail }>();
  const wait = (key: string, detail: Detail): void => {
    counted.set(key, { times: 0, detail });
    clock.after(everyMs, () => {
      const since = counted.get(key);
      counted.delete(key);
      if (since === undefined || since.times === 0) return;
      wait(key, since.detail);
      say(since.detail, since.times);
    });
  };
  return (key, detail) => {
    const since = counted.get(key);
    if (since !== undefined) {
      since.times += 1;
      since.detail = detail;
      return;
    }
    wait(key, detail);
    say(detail, 1);
  };
}
