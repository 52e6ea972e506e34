// The way to the server is cut during a call: the call itself does not notice, and what was said meanwhile arrives.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cut, unrestrict } from './lib/firewall.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = [
  ['chromium', 'firefox'],
  ['chromium', 'chromium'],
];
/** Longer than the silence after which both sides give the connection up, shorter than a seat is kept. */
const CUT_MS = SHORT ? 17_000 : 25_000;
const BEFORE_MS = SHORT ? 10_000 : 30_000;
/** The longest pause between two pictures, beside that of the time before. */
const GAP_FACTOR_MAX = 1.5;
/** In the short form the time before is too short to show every pause that a busy machine makes by itself. */
const GAP_FORGIVEN_MS = SHORT ? 1_000 : 0;
const TOGGLES = 9;
/** From the end of the cut until both are in their seats and everything has arrived. */
const BACK_MS = 20_000;

describe('a call whose signaling is cut', { timeout: 240_000 }, () => {
  const scene = new Scene('signaling-cut');

  before(async () => {
    await scene.open();
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const [first, second] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${first} and ${second}: not a picture late, not a message lost`, scene.test(async (t) => {
      const watch = { frames: true };
      const people = await Promise.all([
        scene.person(`ann${first}`, first, 1, { watch }),
        scene.person(`bo${second}`, second, 2, { watch }),
      ]);
      const [ann, bo] = people;
      await bo.join(await ann.create(scene.url));
      await Promise.all(people.map((person) => person.reach(['connected'])));
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      // Browsers raise the quality of their pictures in the first seconds.
      await pause(5_000);
      const earlier = { fromMs: Date.now() };
      await pause(BEFORE_MS);
      earlier.toMs = Date.now();

      const during = { fromMs: Date.now() };
      cut(scene.server.host);
      try {
        for (let i = 0; i < TOGGLES; i++) {
          await pause(CUT_MS / (TOGGLES + 1));
          await Promise.all(people.map((person) => person.click('#mic')));
        }
        await pause(during.fromMs + CUT_MS - Date.now());
      } finally {
        unrestrict(scene.server.host);
      }
      during.toMs = Date.now();
      for (const person of people) {
        const { frames, states, open } = await person.watched();
        assert.ok(frames.length > 0, `${person.name} sees pictures`);
        const [usual, worst] = [gap(frames, earlier), gap(frames, during)];
        t.diagnostic(`${person.name}: longest gap ${worst} ms during the cut, ${usual} ms in the ${BEFORE_MS / 1_000} s before`);
        assert.deepEqual(states.filter(({ atMs }) => atMs >= during.fromMs), [], `the connection of ${person.name}`);
        assert.deepEqual(open, ['connected']);
        const most = Math.max(GAP_FACTOR_MAX * usual, GAP_FORGIVEN_MS);
        assert.ok(worst <= most, `${person.name}: ${worst} ms without a picture (before: ${usual} ms)`);
      }
      for (const person of people) {
        await cameBack(person, during);
      }
      await Promise.all(people.map((person) => person.closeTab()));
    }));
  }
});

/** Waits until this person has got everything that the other one said, and looks at the order. */
async function cameBack(person, { fromMs, toMs }) {
  // The other one's microphone was on: each toggle says the opposite of the one before.
  const expected = Array.from({ length: TOGGLES }, (_, i) => i % 2 === 1);
  let said;
  do {
    const { told } = await person.watched();
    const since = told.filter(({ atMs }) => atMs >= fromMs);
    assert.deepEqual(since.filter(({ type }) => type === 'participant-left'), [], 'nobody has left');
    said = since.filter(({ data }) => typeof data?.media?.microphone === 'boolean');
    if (said.length >= TOGGLES) {
      break;
    }
    await pause(100);
  } while (Date.now() - toMs < BACK_MS);
  assert.deepEqual(said.slice(0, TOGGLES).map(({ data }) => data.media.microphone), expected, `what ${person.name} was told`);
  const numbers = said.map(({ seq }) => seq);
  assert.ok(numbers.every((seq, i) => i === 0 || seq > numbers[i - 1]), `in order: ${numbers}`);
}

/** The longest time between two pictures that began within a time. */
function gap(frames, { fromMs, toMs }) {
  let longest = 0;
  for (let i = 1; i < frames.length; i++) {
    if (frames[i] >= fromMs && frames[i - 1] <= toMs) {
      longest = Math.max(longest, frames[i] - frames[i - 1]);
    }
  }
  // Also the one that has not ended.
  return Math.max(longest, frames.at(-1) < toMs ? toMs - frames.at(-1) : 0);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
