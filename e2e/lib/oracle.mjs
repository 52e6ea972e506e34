// Decides from what was perceived whether it is that very picture and that very tone. Pure: numbers in, reasons out.

import { spectrum } from './spectrum.mjs';

/** Colours of the palette are 141 or more apart, so half of that can never be another colour. */
export const COLOUR_TOLERANCE = 70;
/** A still picture shows one place of the bar, a live one moves through several in a second. */
export const BAR_PLACES_MIN = 3;
const BAR_CONTRAST = 100;
const LOUDNESS_MIN_DB = -50;
const OTHER_TONE_BELOW_DB = 25;
const LOWEST_HZ = 200;
const TONE_TOLERANCE_HZ = 12;

/** The reasons why these are not live pictures of that device; none if they are. */
export function judgePictures(pictures, { cells }) {
  if (pictures.length === 0) {
    return ['no picture'];
  }
  const reasons = [];
  const places = new Set();
  for (const picture of pictures) {
    const wrong = cells.flatMap((colour, i) => (distance(colour, picture.cells[i]) > COLOUR_TOLERANCE ? [i] : []));
    if (wrong.length > 0) {
      const first = wrong[0];
      reasons.push(`${wrong.length} of ${cells.length} cells have another colour: `
        + `cell ${first} is ${picture.cells[first]}, expected ${cells[first]}`);
      break;
    }
    places.add(barPlace(picture.bar));
  }
  places.delete(-1);
  if (reasons.length === 0 && places.size < BAR_PLACES_MIN) {
    reasons.push(`the picture stands still: the bar was seen at ${places.size} places in ${pictures.length} pictures`);
  }
  return reasons;
}

/**
 * The reasons why these samples of 16 bits are not the sound of that device; `other` is whose tone must not be in it.
 */
export function judgeSound(samples, { hz }, other) {
  if (samples === null) {
    return ['no audio track'];
  }
  const { binHz, loudest } = spectrum(samples.map((sample) => sample / 32_768));
  const from = Math.ceil(LOWEST_HZ / binHz);
  let peak = from;
  for (let i = from; i < loudest.length; i++) {
    if (loudest[i] > loudest[peak]) {
      peak = i;
    }
  }
  if (!(loudest[peak] > LOUDNESS_MIN_DB)) {
    return [`silence: the loudest is ${Math.round(loudest[peak])} dB`];
  }
  const reasons = [];
  if (Math.abs(peak * binHz - hz) > TONE_TOLERANCE_HZ) {
    reasons.push(`another tone: ${Math.round(peak * binHz)} Hz, expected ${hz} Hz`);
  }
  const around = loudest.slice(Math.floor(other.hz / binHz) - 2, Math.ceil(other.hz / binHz) + 3);
  const loudestOther = Math.max(...around);
  if (loudestOther > loudest[peak] - OTHER_TONE_BELOW_DB) {
    reasons.push(`the tone of the other side, ${other.hz} Hz, is in it: ${Math.round(loudestOther)} dB, `
      + `the loudest is ${Math.round(loudest[peak])} dB`);
  }
  return reasons;
}

/** Both, and that the element lets a person hear it. */
export function judge(perceived, sender, receiver) {
  return [
    ...judgePictures(perceived.pictures, sender).map((reason) => `picture: ${reason} (${perceived.why})`),
    ...judgeSound(perceived.sound, sender, receiver).map((reason) => `sound: ${reason}`),
    ...(perceived.audible ? [] : ['sound: the video is muted or paused']),
  ];
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** Where the one bright place of the strip is, or -1. */
function barPlace(bar) {
  const brightest = bar.indexOf(Math.max(...bar));
  const rest = bar.filter((_, i) => i !== brightest);
  return bar[brightest] - Math.max(...rest) > BAR_CONTRAST ? brightest : -1;
}
