import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathWatch, QUIET_MS, SILENT_MS, SOON_MS, STILL_SILENT_MS } from '../src/path-watch.ts';

const sent = { type: 'outbound-rtp', bytesSent: 9 };
const report = (bytesReceived: number) => [{ type: 'inbound-rtp', bytesReceived }, sent];

test('aPathThatCarriesNothingIsDoubtedMoreAndMore', () => {
  const watch = new PathWatch();
  assert.equal(watch.look(report(100), 0, true), 0);

  const soon = SILENT_MS + 2 * SOON_MS;
  const expected = [QUIET_MS, SILENT_MS, SILENT_MS + SOON_MS, soon, soon + STILL_SILENT_MS, soon + 2 * STILL_SILENT_MS];
  expected.forEach((atMs, i) => {
    assert.equal(watch.look(report(100), atMs - 1, true), i);
    assert.equal(watch.look(report(100), atMs, true), i + 1);
  });
  assert.equal(watch.look(report(101), 20_000, true), 0);
  assert.equal(watch.look(report(101), 20_000 + QUIET_MS, true), 1);
  assert.equal(watch.look(report(101), 20_000 + SILENT_MS, true), 2);
});

test('silenceIsNoDoubtWhereNothingIsSentOrNothingHasComeYet', () => {
  const watch = new PathWatch();
  for (let ms = 0; ms < 10_000; ms += 500) assert.equal(watch.look(report(0), ms, true), 0);
  for (let ms = 10_000; ms < 20_000; ms += 500) assert.equal(watch.look(report(5), ms, false), 0);
});

test('anotherConnectionBeginsAnew', () => {
  const watch = new PathWatch();
  watch.look(report(1_000), 0, true);
  assert.equal(watch.look(report(10), 5_000, true), 0);
});
