// How loud each frequency is at its loudest. Pure: samples in, decibels out; a sine of full scale is 0 dB.

/** Samples a second that the oracle works with: tones up to 4 kHz. */
export const SAMPLES_PER_SECOND = 8_000;
const WINDOW = 2_048;
const HOP = WINDOW / 4;
const FLOOR_DB = -200;

/** The loudest of each frequency over all windows, for samples from -1 to 1. */
export function spectrum(samples) {
  const loudest = Array(WINDOW / 2).fill(FLOOR_DB);
  for (let start = 0; start + WINDOW <= samples.length; start += HOP) {
    const real = Float64Array.from({ length: WINDOW }, (_, i) => samples[start + i] * hann(i));
    const imaginary = new Float64Array(WINDOW);
    transform(real, imaginary);
    for (let i = 0; i < loudest.length; i++) {
      // A Hann window halves the amplitude, and half of it is at the negative frequency.
      const amplitude = (Math.hypot(real[i], imaginary[i]) * 4) / WINDOW;
      loudest[i] = Math.max(loudest[i], 20 * Math.log10(amplitude + 1e-10));
    }
  }
  return { binHz: SAMPLES_PER_SECOND / WINDOW, loudest };
}

function hann(i) {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
}

/** The fast Fourier transform of Cooley and Tukey, in place; the length is a power of two. */
function transform(real, imaginary) {
  const length = real.length;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) {
      j ^= bit;
    }
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const cosine = Math.cos((-2 * Math.PI * k) / size);
      const sine = Math.sin((-2 * Math.PI * k) / size);
      for (let at = k; at < length; at += size) {
        const to = at + size / 2;
        const r = real[to] * cosine - imaginary[to] * sine;
        const i = real[to] * sine + imaginary[to] * cosine;
        real[to] = real[at] - r;
        imaginary[to] = imaginary[at] - i;
        real[at] += r;
        imaginary[at] += i;
      }
    }
  }
}
