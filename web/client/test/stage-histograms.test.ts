import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOUNDS_MS, merged, withCall } from '../src/stage-histograms.ts';

const counted = (histogram: { counts: readonly number[] } | undefined) =>
  Object.fromEntries(
    (histogram?.counts ?? []).flatMap((count, i) => (count > 0 ? [[BOUNDS_MS[i] ?? 'more', count]] : [])),
  );

test('aStageCountsFromTheClickInTheBucketItFits', () => {
  const one = withCall({}, { begun: 100, clicked: 1_000, joined: 1_120, connected: 1_150, packet: 30_000 });
  assert.deepEqual(counted(one.joined), { 150: 1 });
  assert.deepEqual(counted(one.connected), { 150: 1 });
  assert.deepEqual(counted(one.packet), { more: 1 });
  assert.equal(one.joined?.sumMs, 120);
  assert.equal(one.begun, undefined);
});

test('whatWasReadyBeforeTheClickTookNoTime', () => {
  const one = withCall({}, { begun: 0, camera: 200, clicked: 1_000 });
  assert.deepEqual(counted(one.camera), { 10: 1 });
  assert.equal(one.camera?.sumMs, 0);
});

test('aCallThatNobodyClickedForIsNotCounted', () => {
  assert.deepEqual(withCall({}, { begun: 0, socket: 10 }), {});
});

test('histogramsOfPagesAddUp', () => {
  const call = (joined: number) => withCall({}, { clicked: 0, joined });
  const all = merged(merged(call(5), call(7)), withCall(call(90), { clicked: 0, ice: 1 }));
  assert.deepEqual(counted(all.joined), { 10: 2, 100: 1 });
  assert.equal(all.joined?.sumMs, 102);
  assert.deepEqual(counted(all.ice), { 10: 1 });
  assert.deepEqual(merged(all, JSON.parse(JSON.stringify({})) as typeof all), all);
});
