import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathWatch, QUIET_MS, SILENT_MS, SOON_MS, STILL_SILENT_MS } from '../src/path-watch.ts';

const sent = { type: 'outbound-rtp', bytesSent: 9 };
const report = (bytesReceived: number) => [{ type: 'inbound-rtp', bytesReceived }, sent];

test('aPathThatCarriesNothingForASecondIsDoubted', () => {
  const watch = new PathWatch();
  watch.look(report(100), 0, true);

  assert.equal(watch.look(report(100), QUIET_MS - 1, true), false);
  assert.equal(watch.look(report(100), QUIET_MS, true), true);
  assert.equal(watch.look(report(100), SILENT_MS - 1, true), false);
  assert.equal(watch.doubts, 1);
  assert.equal(watch.look(report(100), SILENT_MS, true), true);
  assert.equal(watch.doubts, 2);
  assert.equal(watch.look(report(100), SILENT_MS + 500, true), false);
  const soon = SILENT_MS + 2 * SOON_MS;
  for (const atMs of [SILENT_MS + SOON_MS, soon, soon + STILL_SILENT_MS]) {
    assert.equal(watch.look(report(100), atMs - 1, true), false);
    assert.equal(watch.look(report(100), atMs, true), true);
  }
  assert.equal(watch.look(report(101), 10_000, true), false);
  assert.equal(watch.doubts, 0);
  assert.equal(watch.look(report(101), 10_000 + QUIET_MS, true), true);
  assert.equal(watch.look(report(101), 10_000 + SILENT_MS, true), true);
});

test('silenceIsNoDoubtWhereNothingIsSentOrNothingHasComeYet', () => {
  const watch = new PathWatch();
  for (let ms = 0; ms < 10_000; ms += 500) assert.equal(watch.look(report(0), ms, true), false);
  for (let ms = 10_000; ms < 20_000; ms += 500) assert.equal(watch.look(report(5), ms, false), false);
});

test('anotherConnectionBeginsAnew', () => {
  const watch = new PathWatch();
  watch.look(report(1_000), 0, true);
  assert.equal(watch.look(report(10), 5_000, true), false);
});
