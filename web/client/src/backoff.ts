/** When a lost signaling connection is opened again, and whether at all. Pure. */

export const BACKOFF_MIN_MS = 200;
export const BACKOFF_MAX_MS = 10_000;

/**
 * The wait before reconnection number `attempt` (0, 1, 2, ...): full jitter over a ceiling that doubles, so that the
 * clients of a restarted server do not come back in one wave. While the seat is kept (`graceLeftMs` > 0) the wait is at
 * most half of what is left, so that there is always another try before the seat is gone.
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number, graceLeftMs: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(attempt + 1, 16));
  const capped = graceLeftMs > 0 ? Math.min(ceiling, Math.max(BACKOFF_MIN_MS, graceLeftMs / 2)) : ceiling;
  return Math.round(BACKOFF_MIN_MS + random * (capped - BACKOFF_MIN_MS));
}

/** Whether a connection that was closed with `code` may be opened again: docs/protocol.md, "Close codes". */
export function mayReconnect(code: number): boolean {
  switch (code) {
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
    case 4001:
      return false;
    default:
      return true;
  }
}
