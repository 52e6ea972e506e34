// What each side shows and sounds: a grid of colours made from a number, a bar that moves, and a tone that comes and
// goes.

import { mulberry32 } from './random.mjs';

export const WIDTH = 640;
export const HEIGHT = 360;
export const COLUMNS = 4;
export const ROWS = 3;
/** The bar's steps across the strip under the grid. */
export const BAR_STEPS = 8;
/** The strip takes this share of the height, at the bottom. */
export const STRIP = 1 / 6;
/** After this time picture and sound begin again. */
export const LOOP_SECONDS = 2;
/** The tone is on and off; a steady one is what noise suppression is made to remove. */
export const TONE_ON_SECONDS = 0.3;
export const TONE_PERIOD_SECONDS = 0.5;

/** Far apart in every colour space a codec uses. */
const PALETTE = [
  [220, 40, 40],
  [40, 180, 60],
  [50, 70, 220],
  [230, 210, 50],
  [210, 60, 200],
  [60, 200, 210],
  [235, 235, 235],
  [40, 40, 40],
];

/** What the participant of this number shows and sounds; 1 to 8. */
export function device(number) {
  const random = mulberry32(number * 7919);
  const cells = [];
  for (let i = 0; i < COLUMNS * ROWS; i++) {
    const left = i % COLUMNS === 0 ? undefined : cells[i - 1];
    const above = cells[i - COLUMNS];
    const free = PALETTE.filter((colour) => colour !== left && colour !== above);
    cells.push(free[Math.floor(random() * free.length)]);
  }
  // No frequency is a multiple of another, so an overtone of one is never taken for the other.
  const hz = [523, 877, 659, 1109, 739, 1319, 587, 1567][number - 1];
  return { number, cells, hz };
}

/** The colour at a point of the picture, while the bar stands at this step. */
export function colourAt(cells, step, x, y) {
  const gridHeight = HEIGHT * (1 - STRIP);
  if (y >= gridHeight) {
    return Math.floor((x * BAR_STEPS) / WIDTH) === step ? [255, 255, 255] : [0, 0, 0];
  }
  return cells[Math.floor((y * ROWS) / gridHeight) * COLUMNS + Math.floor((x * COLUMNS) / WIDTH)];
}
