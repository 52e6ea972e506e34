import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EchoState } from '../src/sdk.ts';
import { ECHO_TEXTS } from '../src/text/echo.ts';
import { echoWords, judged } from '../src/views/echo.ts';

const { en, zh } = ECHO_TEXTS;
const back = (more: object): EchoState & { state: 'back' } => ({ state: 'back', over: 'udp', ...more });

test('aCallWithOneselfIsAsGoodAsItsWorseNumber', () => {
  assert.equal(judged(back({ roundTripMs: 40, lost: 0 })), 'good');
  assert.equal(judged(back({ roundTripMs: 200, lost: 0 })), 'fair');
  assert.equal(judged(back({ roundTripMs: 40, lost: 0.04 })), 'fair');
  assert.equal(judged(back({ roundTripMs: 400, lost: 0 })), 'poor');
  assert.equal(judged(back({ roundTripMs: 40, lost: 0.2 })), 'poor');
  assert.equal(judged(back({})), 'good', 'before there are numbers');
});

test('itIsSaidWhatComesBackAndByWhichWay', () => {
  assert.deepEqual(echoWords(back({ roundTripMs: 20, lost: 0 }), 'some', en), [en.media.some, en.good]);
  const lossy = echoWords({ ...back({ lost: 0.5 }), over: 'tls' }, 'some', zh);
  assert.deepEqual(lossy, [zh.media.some, zh.poor, zh.noUdp('TLS')]);
  assert.deepEqual(echoWords(back({}), 'asking', en), [en.media.asking, en.good]);
  assert.deepEqual(echoWords(back({}), 'none', zh), [zh.media.none, zh.good]);
  assert.deepEqual(echoWords({ state: 'trying', over: 'tcp' }, 'none', en), [en.trying('TCP')]);
});

test('whyNothingComesBackIsSaid', () => {
  for (const t of [en, zh]) {
    const said = (['no-relay', 'not-reached'] as const).map((why) => echoWords({ state: 'failed', why }, 'some', t)[0]);
    assert.equal(new Set(said).size, 2);
  }
});

test('bothLanguagesSayAllOfIt', () => {
  const leaves = (value: unknown, path = ''): [string, string][] =>
    typeof value === 'string'
      ? [[path, value]]
      : typeof value === 'function'
        ? [[path, String(value('⟦x⟧'))]]
        : Object.entries(value as object).flatMap(([key, child]) => leaves(child, `${path}/${key}`));
  const named = (t: unknown) => leaves(t).map(([path, text]) => [path, text.includes('⟦x⟧')]);

  assert.deepEqual(named(zh), named(en));
  for (const [path, text] of [...leaves(en), ...leaves(zh)]) assert.notEqual(text.trim(), '', path);
});
