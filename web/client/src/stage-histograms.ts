/**
 * How long the stages of many calls took, for a site that wants to know how fast calls begin for its people:
 * `@duet/client/histograms`. Counts only, nothing of any one call; it can be added up over pages and sent to a server.
 */
import type { Stage } from './timings.ts';

/** Upper ends of the buckets in milliseconds; what took longer is counted in one more. */
export const BOUNDS_MS = [
  10, 25, 50, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000,
] as const;

/** Of one stage: what was counted in each bucket, and the sum of all in milliseconds. */
export interface StageHistogram {
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export type StageHistograms = Readonly<Partial<Record<Stage, StageHistogram>>>;

/**
 * With one call more. A stage counts from the click on, a stage that was over before it as 0 ms; before the click, and in a
 * call that nobody has clicked for, nothing is counted.
 *
 * @param timings `call.timings`
 */
export function withCall(before: StageHistograms, timings: Readonly<Partial<Record<Stage, number>>>): StageHistograms {
  const { begun: _, clicked, ...stages } = timings;
  if (clicked === undefined) return before;
  const after: Partial<Record<Stage, StageHistogram>> = { ...before };
  for (const [name, atMs] of Object.entries(stages) as [Stage, number][]) {
    const tookMs = Math.max(0, atMs - clicked);
    const index = BOUNDS_MS.findIndex((boundMs) => tookMs <= boundMs);
    const { counts, sumMs } = after[name] ?? none();
    const bucket = index < 0 ? BOUNDS_MS.length : index;
    after[name] = { counts: counts.map((count, i) => (i === bucket ? count + 1 : count)), sumMs: sumMs + tookMs };
  }
  return after;
}

/** Of both together. */
export function merged(one: StageHistograms, other: StageHistograms): StageHistograms {
  const all: Partial<Record<Stage, StageHistogram>> = { ...one };
  for (const [name, { counts, sumMs }] of Object.entries(other) as [Stage, StageHistogram][]) {
    const before = all[name] ?? none();
    all[name] = { counts: before.counts.map((count, i) => count + (counts[i] ?? 0)), sumMs: before.sumMs + sumMs };
  }
  return all;
}

function none(): StageHistogram {
  return { counts: new Array<number>(BOUNDS_MS.length + 1).fill(0), sumMs: 0 };
}
