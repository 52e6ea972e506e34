// Somebody sits between the two, with a connection to each, and can do what it likes to the exchange that makes their safety codes:
// they never have the same.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { STRATEGIES } from './lib/middle-page.mjs';
import { startMiddle } from './lib/middle.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = SHORT ? [['chromium', 'chromium']] : [['chromium', 'chromium'], ['chromium', 'firefox'], ['firefox', 'chromium']];
const TRIED = SHORT ? ['forward', 'own'] : STRATEGIES;
/** Longer than a side waits for the rest of an exchange. */
const OUTCOME_MS = 25_000;

describe('somebody who sits between', { timeout: SHORT ? 180_000 : 1_200_000 }, () => {
  const scene = new Scene('middle');
  let middle;

  before(async () => {
    await scene.open();
    await scene.trustServer();
    middle = await startMiddle(scene);
  });
  after(() => scene.close());

  for (const pair of PAIRS) {
    it(`${pair.join(' and ')}: without, the codes are the same`, scene.test(async () => {
      const codes = await call(pair, 'none');
      assert.ok(codes.every((code) => code.startsWith('code ')), `${codes}`);
      assert.equal(codes[0], codes[1]);
    }));

    for (const strategy of TRIED) {
      it(`${pair.join(' and ')}: ${strategy}`, scene.test(async (t) => {
        const codes = await call(pair, strategy);
        const heard = await middle.heard();
        t.diagnostic(`${codes.join('; ')}; it heard ${heard.map(({ from, step }) => `${step} of ${['the one', 'the other'][from]}`).join(', ')}`);
        assert.ok(heard.some(({ step }) => step === 'commit'), 'the exchange went through it');
        if (strategy === 'own' || strategy === 'own-late') {
          // Nothing else can be seen of it: this is what the words are compared for.
          assert.ok(codes.every((code) => code.startsWith('code ')), `${codes}`);
          assert.notEqual(codes[0], codes[1]);
        } else {
          assert.ok(codes.includes('failed'), `one of them is warned: ${codes}`);
        }
      }));
    }
  }

  /** The two call each other through it; gives what each is shown of the safety code at last. */
  async function call(pair, strategy) {
    await middle.becomes(strategy);
    const people = await Promise.all(pair.map((kind, i) => scene.person(`${['ann', 'bo'][i]}${kind}`, kind, i + 1)));
    try {
      const [ann, bo] = people;
      await bo.join(await ann.create(middle.url));
      await Promise.all(people.map((person) => person.reach(['connected'])));
      // Who sits between hands on sound and picture, so nothing else tells of it.
      if (strategy === 'forward') {
        await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      }
      await Promise.all(people.map((person) => person.choose('#menu-safety')));
      const deadline = Date.now() + OUTCOME_MS;
      let codes;
      do {
        await new Promise((resolve) => setTimeout(resolve, 200));
        codes = await Promise.all(people.map((person) => person.evaluate(shownCode)));
      } while (codes.includes('') && Date.now() < deadline);
      // What is shown first may be taken back.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      codes = await Promise.all(people.map((person) => person.evaluate(shownCode)));
      assert.ok(!codes.includes(''), `both know how it ended: ${codes}`);
      assert.ok(strategy === 'none' || codes[0] !== codes[1] || codes[0] === 'failed', `never the same code: ${codes}`);
      return codes;
    } finally {
      await Promise.all(people.map((person) => person.closeTab()));
    }
  }
});

/* global find */

/** In a page whose safety code is open: the code, `failed` when a warning stands in its place, nothing while it is awaited. */
function shownCode() {
  const code = find('#safety-code');
  if (code !== null) {
    return `code ${code.textContent.replace(/\s+/g, ' ').trim()}`;
  }
  return find('.inside .warning') === null ? '' : 'failed';
}
