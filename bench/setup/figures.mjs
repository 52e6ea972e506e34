// Medians, their ratios, and how far those may be trusted. Pure.

import { mulberry32 } from '../../e2e/lib/random.mjs';

export function median(values) {
  return quantile(values, 0.5);
}

/** Between two values, the part of the way from the lower to the higher one. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** The ratio of two medians, with the 95 % interval of a percentile bootstrap: both sides drawn anew, 10,000 times. */
export function ratio(values, base, seed = 1) {
  const random = mulberry32(seed);
  const draw = (from) => median(from.map(() => from[Math.floor(random() * from.length)]));
  const drawn = Array.from({ length: 10_000 }, () => draw(values) / draw(base));
  return { value: median(values) / median(base), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}
