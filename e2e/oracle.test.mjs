// The oracle must see what is wrong: each test here is a call that looks alive and is not.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pictureFile, soundFile } from './lib/devices.mjs';
import { judge, judgePictures, judgeSound } from './lib/oracle.mjs';
import { BAR_STEPS, device } from './lib/pattern.mjs';

const ann = device(1);
const bo = device(2);

describe('the picture oracle', () => {
  it('accepts the right picture with the errors of a codec', () => {
    assert.deepEqual(judgePictures(moving(blurred(ann.cells)), ann), []);
  });

  it('refuses the picture of the other side', () => {
    assert.match(judgePictures(moving(bo.cells), ann)[0], /cells have another colour/);
  });

  it('refuses a picture with two cells exchanged', () => {
    const cells = [...ann.cells];
    [cells[0], cells[1]] = [cells[1], cells[0]];
    assert.match(judgePictures(moving(cells), ann)[0], /^2 of 12 cells/);
  });

  it('refuses a mirrored picture', () => {
    const cells = ann.cells.map((_, i) => ann.cells[i - (i % 4) + 3 - (i % 4)]);
    assert.match(judgePictures(moving(cells), ann)[0], /cells have another colour/);
  });

  it('refuses a frozen picture', () => {
    assert.match(judgePictures(Array(8).fill(moving(ann.cells)[0]), ann)[0], /stands still/);
  });

  it('refuses a picture that flips between two frames', () => {
    const [first, second] = moving(ann.cells);
    assert.match(judgePictures([first, second, first, second, first, second], ann)[0], /stands still/);
  });

  it('refuses black, green as of a failed decoder, and nothing', () => {
    assert.match(judgePictures(moving(Array(12).fill([0, 0, 0])), ann)[0], /cells/);
    assert.match(judgePictures(moving(Array(12).fill([0, 135, 0])), ann)[0], /cells/);
    assert.deepEqual(judgePictures([], ann), ['no picture']);
  });

  it('tells all devices apart', () => {
    for (let a = 1; a <= 8; a++) {
      for (let b = 1; b <= 8; b++) {
        assert.equal(judgePictures(moving(device(a).cells), device(b)).length, a === b ? 0 : 1, `${a} as ${b}`);
      }
    }
  });
});

describe('the sound oracle', () => {
  it('accepts the right tone, loud or soft, steady or coming and going, with noise', () => {
    assert.deepEqual(judgeSound(sound([ann.hz, 0.5]), ann, bo), []);
    assert.deepEqual(judgeSound(sound([ann.hz, 0.02]), ann, bo), []);
    const noise = (i) => (((i * 7919) % 1009) / 1009 - 0.5) * 0.02;
    assert.deepEqual(judgeSound(sound([ann.hz, 0.3]).map((v, i) => v * (i % 4000 < 2400) + 32_767 * noise(i)), ann, bo), []);
  });

  it('refuses silence, and a sound too short to judge', () => {
    assert.match(judgeSound(Array(9_000).fill(0), ann, bo)[0], /silence/);
    assert.match(judgeSound([], ann, bo)[0], /silence/);
    assert.match(judgeSound(sound([ann.hz, 0.5]).slice(0, 2_000), ann, bo)[0], /silence/);
  });

  it('refuses the hum of 50 Hz', () => {
    assert.match(judgeSound(sound([50, 0.5]), ann, bo)[0], /silence|another tone/);
  });

  it('refuses another tone', () => {
    assert.match(judgeSound(sound([1000, 0.5]), ann, bo)[0], /another tone: (99|100)\d/);
    assert.match(judgeSound(sound([ann.hz + 20, 0.5]), ann, bo)[0], /another tone/);
  });

  it('refuses the own tone coming back', () => {
    assert.match(judgeSound(sound([bo.hz, 0.5]), ann, bo).join(), /another tone.*tone of the other side/);
  });

  it('refuses both tones together', () => {
    assert.match(judgeSound(sound([ann.hz, 0.5], [bo.hz, 0.1]), ann, bo)[0], /tone of the other side/);
  });

  it('refuses a call without an audio track', () => {
    assert.deepEqual(judgeSound(null, ann, bo), ['no audio track']);
  });

  it('tells all devices apart', () => {
    for (let a = 1; a <= 8; a++) {
      for (let b = 1; b <= 8; b++) {
        const reasons = judgeSound(sound([device(a).hz, 0.5]), device(b), device((b % 8) + 1));
        assert.equal(reasons.length === 0, a === b, `${a} as ${b}`);
      }
    }
  });
});

it('a muted element is no call', () => {
  const perceived = { pictures: moving(ann.cells), sound: sound([ann.hz, 0.5]), audible: false, why: '' };
  assert.deepEqual(judge(perceived, ann, bo), ['sound: the video is muted or paused']);
});

describe('the device files', () => {
  it('the picture file has a header and as many whole frames as the loop has', () => {
    const file = pictureFile(ann);
    const header = file.indexOf('\n') + 1;
    assert.match(file.subarray(0, header).toString(), /^YUV4MPEG2 W640 H360 F10:1 /);
    assert.equal((file.length - header) % (6 + (640 * 360 * 3) / 2), 0);
    assert.equal((file.length - header) / (6 + (640 * 360 * 3) / 2), 20);
  });

  it('the sound file says how long it is', () => {
    const file = soundFile(ann);
    assert.equal(file.readUInt32LE(40), file.length - 44);
    assert.equal(file.readUInt32LE(4), file.length - 8);
  });
});

function moving(cells) {
  return Array.from({ length: 8 }, (_, i) => ({
    cells,
    bar: Array.from({ length: BAR_STEPS }, (_unused, step) => (step === i % BAR_STEPS ? 240 : 15)),
  }));
}

function blurred(cells) {
  return cells.map((colour, i) => colour.map((value, j) => value + ((i + j) % 2 === 0 ? 25 : -25)));
}

/** A little more than a second of these tones. */
function sound(...tones) {
  return Array.from({ length: 9_000 }, (_, i) =>
    Math.round(tones.reduce((sum, [hz, loudness]) => sum + 32_767 * loudness * Math.sin((2 * Math.PI * hz * i) / 8_000), 0)));
}
