import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathWatch, QUIET_MS, SILENT_MS, SOON_MS, STILL_SILENT_MS } from '../src/path-watch.ts';

const sent = { type: 'outbound-rtp', bytesSent: 9 };
const report = (bytesReceived: number) => [{ type: 'inbound-rtp', bytesReceived }, sent];

test('aPathThatCarriesNothingForASecondIsDoubted', () => {
  const watch = new PathWatch();
  watch.look(report(100), 0, true);

  assert.equal(watch.look(report(100), QUIET_MS - 1, true), undefined);
  assert.equal(watch.look(report(100), QUIET_MS, true), 'quiet');
  assert.equal(watch.look(report(100), SILENT_MS - 1, true), undefined);
  assert.equal(watch.doubted, false);
  assert.equal(watch.look(report(100), SILENT_MS, true), 'first');
  assert.equal(watch.doubted, true);
  assert.equal(watch.look(report(100), SILENT_MS + 500, true), undefined);
  const soon = SILENT_MS + 2 * SOON_MS;
  for (const atMs of [SILENT_MS + SOON_MS, soon, soon + STILL_SILENT_MS]) {
    assert.equal(watch.look(report(100), atMs - 1, true), undefined);
    assert.equal(watch.look(report(100), atMs, true), 'again');
  }
  assert.equal(watch.look(report(101), 10_000, true), undefined);
  assert.equal(watch.doubted, false);
  assert.equal(watch.look(report(101), 10_000 + QUIET_MS, true), 'quiet');
  assert.equal(watch.look(report(101), 10_000 + SILENT_MS, true), 'first');
});

test('silenceIsNoDoubtWhereNothingIsSentOrNothingHasComeYet', () => {
  const watch = new PathWatch();
  for (let ms = 0; ms < 10_000; ms += 500) assert.equal(watch.look(report(0), ms, true), undefined);
  for (let ms = 10_000; ms < 20_000; ms += 500) assert.equal(watch.look(report(5), ms, false), undefined);
});

test('anotherConnectionBeginsAnew', () => {
  const watch = new PathWatch();
  watch.look(report(1_000), 0, true);
  assert.equal(watch.look(report(10), 5_000, true), undefined);
});
