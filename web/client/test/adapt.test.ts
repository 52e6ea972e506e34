import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapt, FULL } from '../src/adapt.ts';
import type { Adapted, Seen } from '../src/adapt.ts';
import { withPicture } from '../src/preferences.ts';
import type { Picture } from '../src/preferences.ts';

const GOOD: Partial<Seen> = { there: { bars: 3, audio: 95 }, roundTripMs: 50 };
const POOR: Partial<Seen> = { there: { bars: 1, audio: 30 }, roundTripMs: 50 };
const FULL_QUEUE: Partial<Seen> = { there: { bars: 2, audio: 60 }, roundTripMs: 1_500 };
const MIDDLING: Partial<Seen> = { there: { bars: 2, audio: 60 }, roundTripMs: 700 };

class Clock {
  atMs = 5_000;
  now: Adapted = FULL;
  readonly changes: [number, Picture][] = [];

  seconds(count: number, seen: (now: Adapted) => Partial<Seen>): Picture {
    for (let i = 0; i < count; i++) {
      this.atMs += 1000;
      const before = this.now.picture;
      this.now = adapt(this.now, { atMs: this.atMs, ...seen(this.now) });
      if (this.now.picture !== before) this.changes.push([this.atMs, this.now.picture]);
    }
    return this.now.picture;
  }
}

test('aGoodNetworkChangesNothing', () => {
  const clock = new Clock();
  assert.equal(clock.seconds(1000, () => GOOD), 'full');
  assert.deepEqual(clock.changes, []);
});

test('theSoundComesFirst', () => {
  for (const seen of [POOR, FULL_QUEUE]) {
    const clock = new Clock();
    assert.equal(clock.seconds(4, () => seen), 'full');
    assert.equal(clock.seconds(1, () => seen), 'small');
    assert.equal(clock.seconds(5, () => seen), 'none');
    assert.equal(clock.seconds(100, () => seen), 'none');
  }
});

test('aShortDipChangesNothing', () => {
  const clock = new Clock();
  for (let i = 0; i < 20; i++) {
    clock.seconds(4, () => POOR);
    clock.seconds(2, () => MIDDLING);
  }
  assert.deepEqual(clock.changes, []);
});

test('thePictureComesBackStepByStep', () => {
  const clock = new Clock();
  clock.seconds(10, () => POOR);
  assert.equal(clock.now.picture, 'none');
  assert.equal(clock.seconds(10, () => GOOD), 'none');
  assert.equal(clock.seconds(1, () => GOOD), 'small');
  assert.equal(clock.seconds(11, () => GOOD), 'full');
});

test('betweenGoodAndPoorNothingChanges', () => {
  for (const first of [1, 6, 12]) {
    const clock = new Clock();
    const before = clock.seconds(first, () => POOR);
    assert.equal(clock.seconds(200, () => MIDDLING), before);
  }
});

test('whereThePictureIsWhatMakesItPoorItIsTriedLessAndLessOften', () => {
  const clock = new Clock();
  // There is room for the small picture only.
  clock.seconds(1800, ({ picture }) => (picture === 'full' ? POOR : GOOD));

  const tries = clock.changes.filter(([, picture]) => picture === 'full').map(([atMs]) => atMs);
  assert.ok(tries.length >= 5 && tries.length <= 20, `${tries.length} tries in half an hour`);
  const gaps = tries.slice(1).map((atMs, i) => atMs - (tries[i] ?? 0));
  assert.ok(gaps[0]! < 60_000 && gaps.at(-1)! >= 120_000, String(gaps));
});

test('afterALongGoodTimePatienceIsForgotten', () => {
  const clock = new Clock();
  clock.seconds(600, ({ picture }) => (picture === 'full' ? POOR : GOOD));
  assert.ok(clock.now.patienceMs > FULL.patienceMs);
  clock.seconds(400, () => GOOD);
  assert.deepEqual([clock.now.picture, clock.now.patienceMs], ['full', FULL.patienceMs]);
});

test('thatNothingComesOrNothingIsKnownIsNoReason', () => {
  for (const seen of [{ there: { bars: 0 as const } }, {}]) {
    const clock = new Clock();
    assert.equal(clock.seconds(100, () => seen), 'full');
  }
});

test('theParametersFollow', () => {
  const parameters = { encodings: [{ active: true, priority: 'low' }] } as unknown as RTCRtpSendParameters;
  const small = withPicture(parameters, 'small', 2_500_000).encodings[0]!;
  assert.deepEqual([small.active, small.maxBitrate, small.scaleResolutionDownBy], [true, 200_000, 3]);
  assert.equal(small.priority, 'low');
  assert.equal(withPicture(parameters, 'none', 1).encodings[0]?.active, false);
  const full = withPicture({ ...parameters, encodings: [small] }, 'full', 2_500_000).encodings[0]!;
  assert.deepEqual([full.active, full.maxBitrate, full.scaleResolutionDownBy], [true, 2_500_000, 1]);
});
