/**
 * What is left out when the network is poor: first most of the picture, then all of it, never the sound; and back. Pure.
 *
 * The browser lowers the bitrate by itself. This is for where that is not enough: while the other side hears badly, or the
 * way is so full that everything comes a second late.
 */
import type { Quality } from './api.ts';
import type { Picture } from './preferences.ts';

/** Begin with {@link FULL}; times are of the caller's clock. */
export interface Adapted {
  readonly picture: Picture;
  readonly sinceMs: number;
  readonly poorSinceMs?: number;
  readonly goodSinceMs?: number;
  /** The last change was to more. */
  readonly tried?: true;
  /** For so long it must have been good before more is tried. Doubled each time that trying was a mistake. */
  readonly patienceMs: number;
}

/** One second. */
export interface Seen {
  readonly atMs: number;
  /** How good it is for the other side, as it says itself. */
  readonly there?: Quality;
  readonly roundTripMs?: number;
}

const POOR_MS = 4_000;
const PATIENCE_MS = 10_000;
const PATIENCE_MAX_MS = 120_000;
const POOR = { audio: 50, roundTripMs: 1_000 };
const GOOD = { audio: 70, roundTripMs: 500 };
const LESS: Readonly<Record<Picture, Picture>> = { full: 'small', fair: 'small', small: 'none', none: 'none' };
const MORE: Readonly<Record<Picture, Picture>> = { none: 'small', small: 'full', fair: 'full', full: 'full' };

export const FULL: Adapted = { picture: 'full', sinceMs: 0, patienceMs: PATIENCE_MS };

export function adapt(before: Adapted, { atMs, there, roundTripMs }: Seen): Adapted {
  const { picture, sinceMs, patienceMs } = before;
  // That nothing comes at all is another matter: the connection is repaired elsewhere.
  const known = there?.bars !== 0 && (there?.audio !== undefined || roundTripMs !== undefined);
  const audio = there?.audio ?? 100;
  const delay = roundTripMs ?? 0;
  const poor = known && (audio < POOR.audio || delay > POOR.roundTripMs);
  const good = known && audio >= GOOD.audio && delay <= GOOD.roundTripMs;
  const poorSinceMs = poor ? (before.poorSinceMs ?? atMs) : undefined;
  const goodSinceMs = good ? (before.goodSinceMs ?? atMs) : undefined;

  if (poorSinceMs !== undefined && atMs - poorSinceMs >= POOR_MS && LESS[picture] !== picture) {
    // It became poor because of what was tried last: the next try waits longer.
    const mistaken = before.tried === true && atMs - sinceMs < 2 * PATIENCE_MS;
    const wait = mistaken ? Math.min(PATIENCE_MAX_MS, 2 * patienceMs) : patienceMs;
    return { picture: LESS[picture], sinceMs: atMs, patienceMs: wait };
  }
  if (goodSinceMs !== undefined && atMs - goodSinceMs >= patienceMs) {
    if (MORE[picture] !== picture) return { picture: MORE[picture], sinceMs: atMs, patienceMs, tried: true };
    if (atMs - sinceMs >= PATIENCE_MAX_MS) return { ...FULL, sinceMs };
  }
  return {
    picture,
    sinceMs,
    patienceMs,
    ...(before.tried && { tried: true as const }),
    ...(poorSinceMs !== undefined && { poorSinceMs }),
    ...(goodSinceMs !== undefined && { goodSinceMs }),
  };
}
