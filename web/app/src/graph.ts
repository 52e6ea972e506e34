/** Samples as lines. Pure. */

/** How many samples a graph is wide, so that it moves and is not squeezed. */
export const SAMPLES_SHOWN = 60;
export const GRAPH = { width: 240, height: 56 } as const;

export type Values = readonly (number | undefined)[];

/** A round number that nothing is above, so that the scale does not dance. */
export function ceilingOf(values: Values, atLeast: number): number {
  const max = Math.max(atLeast, ...values.map((value) => value ?? 0));
  const power = 10 ** Math.floor(Math.log10(max));
  return ([1, 2, 5, 10].find((step) => step * power >= max) ?? 10) * power;
}

/** The latest values as an SVG path, the newest at the right; a gap where there is no value. */
export function lineOf(values: Values, ceiling: number): string {
  const shown = values.slice(-SAMPLES_SHOWN);
  const step = GRAPH.width / (SAMPLES_SHOWN - 1);
  const first = SAMPLES_SHOWN - shown.length;
  let pen = 'M';
  let path = '';
  shown.forEach((value, i) => {
    if (value === undefined) {
      pen = 'M';
      return;
    }
    const y = GRAPH.height - (Math.min(value, ceiling) / ceiling) * GRAPH.height;
    path += `${pen}${round((first + i) * step)} ${round(y)}`;
    pen = 'L';
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
