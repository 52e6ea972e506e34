/** When a lost signaling connection is opened again, and whether at all. Pure. */

export const BACKOFF_MIN_MS = 200;
export const BACKOFF_MAX_MS = 10_000;
/** While the seat is kept: everybody is back soon after a restarted server listens. */
export const BACKOFF_SEATED_MAX_MS = 2_500;
/** The longest wait a server that stops can ask for, and the time over which its clients come back. */
export const MOVING_MAX_MS = 10_000;
export const MOVING_SPREAD_MS = 1_000;

/**
 * The wait before reconnection number `attempt` (0, 1, 2, ...): full jitter over a ceiling that doubles, so that the
 * clients of a restarted server do not come back in one wave. While the seat is kept (`graceLeftMs` > 0) the ceiling is lower,
 * and at most half of what is left, so that there is always another try before the seat is gone.
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(attempt: number, random: number, graceLeftMs: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(attempt + 1, 16));
  const seated = Math.min(ceiling, BACKOFF_SEATED_MAX_MS, Math.max(BACKOFF_MIN_MS, graceLeftMs / 2));
  const capped = graceLeftMs > 0 ? seated : ceiling;
  return Math.round(BACKOFF_MIN_MS + random * (capped - BACKOFF_MIN_MS));
}

/** The wait after `moving`: as long as the server asks for, and then not all at once. */
export function movingMs(retryAfterMs: number, random: number): number {
  return Math.round(Math.min(Math.max(retryAfterMs, 0), MOVING_MAX_MS) + random * MOVING_SPREAD_MS);
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
