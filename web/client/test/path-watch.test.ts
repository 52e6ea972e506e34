import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathWatch, SILENT_MS, STILL_SILENT_MS } from '../src/path-watch.ts';

const sent = { type: 'outbound-rtp', bytesSent: 9 };
const report = (bytesReceived: number) => [{ type: 'inbound-rtp', bytesReceived }, sent];

test('aPathThatCarriesNothingForASecondIsDoubted', () => {
  const watch = new PathWatch();
  watch.look(report(100), 0, true);

  assert.equal(watch.look(report(100), SILENT_MS - 1, true), undefined);
  assert.equal(watch.look(report(100), SILENT_MS, true), 'first');
  assert.equal(watch.look(report(100), SILENT_MS + 500, true), undefined);
  assert.equal(watch.look(report(100), SILENT_MS + STILL_SILENT_MS, true), 'again');
  assert.equal(watch.look(report(101), SILENT_MS + STILL_SILENT_MS + 1, true), undefined);
  assert.equal(watch.look(report(101), 2 * SILENT_MS + STILL_SILENT_MS + 1, true), 'first');
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
