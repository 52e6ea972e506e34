// A camera and a microphone as files that Chromium plays: YUV4MPEG2 and WAV, written here so that no other program
// is needed.

import {
  BAR_STEPS, colourAt, HEIGHT, LOOP_SECONDS, TONE_ON_SECONDS, TONE_PERIOD_SECONDS, WIDTH,
} from './pattern.mjs';

const FRAMES_PER_SECOND = 10;
const SAMPLES_PER_SECOND = 48_000;
const LOUDNESS = 0.5;
/** The tone swells and fades in this time, so it does not click. */
const RAMP_SECONDS = 0.01;

/** The picture, 4:2:0 in BT.601's limited range. */
export function pictureFile({ cells, framesPerSecond = FRAMES_PER_SECOND }) {
  const frames = framesPerSecond * LOOP_SECONDS;
  const steps = Array.from({ length: BAR_STEPS }, (_, step) => frame(cells, step));
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${framesPerSecond}:1 Ip A1:1 C420mpeg2\n`, 'latin1')];
  for (let i = 0; i < frames; i++) {
    parts.push(Buffer.from('FRAME\n', 'latin1'), steps[Math.floor((i * BAR_STEPS) / frames)]);
  }
  return Buffer.concat(parts);
}

function frame(cells, step) {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const blue = Buffer.alloc((WIDTH * HEIGHT) / 4);
  const red = Buffer.alloc((WIDTH * HEIGHT) / 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [r, g, b] = colourAt(cells, step, x, y);
      luma[y * WIDTH + x] = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b);
      if (x % 2 === 0 && y % 2 === 0) {
        const at = (y / 2) * (WIDTH / 2) + x / 2;
        blue[at] = Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b);
        red[at] = Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b);
      }
    }
  }
  return Buffer.concat([luma, blue, red]);
}

/** The sound, one channel of 16 bits. */
export function soundFile({ hz }) {
  const count = SAMPLES_PER_SECOND * LOOP_SECONDS;
  const data = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) {
    const seconds = i / SAMPLES_PER_SECOND;
    const value = LOUDNESS * envelope(seconds % TONE_PERIOD_SECONDS) * Math.sin(2 * Math.PI * hz * seconds);
    data.writeInt16LE(Math.round(value * 32_767), i * 2);
  }
  return Buffer.concat([wavHeader(data.length), data]);
}

function envelope(seconds) {
  const edge = Math.min(seconds, TONE_ON_SECONDS - seconds) / RAMP_SECONDS;
  return Math.max(0, Math.min(1, edge));
}

function wavHeader(bytes) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLES_PER_SECOND, 24);
  header.writeUInt32LE(SAMPLES_PER_SECOND * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}
