// Laptops that sleep, tabs that are duplicated, the Back button: a person comes back to the call by themselves or is asked, and
// nobody is refused by their own ghost.

/* global find */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';

/** Who sleeps, duplicates the tab, goes away and back; and who only sees it. */
const PAIRS = SHORT ? [['chromium', 'chromium']] : [['chromium', 'firefox'], ['firefox', 'chromium']];
/** Longer than the silence after which the server gives a connection up, shorter than a seat is kept. */
const NAP_MS = 20_000;
/** Longer than a seat is kept after that silence. */
const NIGHT_MS = 90_000;
const SILENCE_MS = 20_000;
const RETURN_GRACE_MS = 5_000;
/** From waking until the call is as it was. */
const BACK_MS = 20_000;
/** How long what must not happen is waited for. */
const LISTEN_MS = 1_500;

/** What takes longest is for the full form. */
const inFull = SHORT ? () => {} : it;

for (const [first, second] of PAIRS) {
  describe(`${first} comes back to a call with ${second}`, { timeout: 400_000 }, () => {
    const scene = new Scene(`sleep-${first}`);
    let ann;
    let bo;

    before(async () => {
      await scene.open();
      await scene.trustServer();
      [ann, bo] = await Promise.all([
        scene.person('ann', first, 1, { watch: {} }),
        scene.person('bo', second, 2, { watch: {} }),
      ]);
    });
    after(() => scene.close());

    // A browser of which every process was stopped does not always bring its sound back: not for every run of the tests.
    inFull('a nap of 20 s: away, back, the same seat, the same call', scene.test(async (t) => {
      await call();
      const began = Date.now();
      const you = await seat(ann);
      const { wokeMs, count } = await sleeps(NAP_MS, () => bo.reachOther('away', SILENCE_MS));

      const joined = await hears(ann, 'joined', wokeMs);
      assert.equal(joined.you, you, 'the same participant');
      const away = await hears(bo, 'participant-away', began);
      const back = await hears(bo, 'participant-back', wokeMs);
      await together();
      const afterMs = Date.now() - wokeMs;
      await pause(LISTEN_MS);
      assert.deepEqual(await story(bo, began), ['participant-away', 'participant-back']);
      assert.deepEqual([away.others, back.others], [[you], [you]]);
      assert.deepEqual(await story(ann, began), ['joined']);
      t.diagnostic(`${count} processes slept; away after ${away.atMs - began} ms, back ${back.atMs - wokeMs} ms after waking`
        + ` (recovered: ${joined.recovered}), seen and heard again by then or ${afterMs} ms after waking`);
      await closeTabs(ann, bo);
    }));

    it('a second tab has the seat, and the first one says so and stays so', scene.test(async () => {
      await call();
      const began = Date.now();
      const you = await seat(ann);
      const copy = await ann.duplicate();
      assert.equal((await copy.shown()).state, 'invited', 'a copy of the tab asks first');
      await bo.reach(['connected']);

      await copy.enter();
      await ann.reach(['ended']);
      const joined = await hears(copy, 'joined', began);
      assert.equal(joined.you, you, 'the copy has the seat');
      await Promise.all([copy.reach(['connected']), bo.reach(['connected'])]);
      const ended = await hears(ann, 'ended', began);
      assert.equal(ended.reason, 'superseded');

      // Whatever wakes a page that has lost its connection wakes nothing here.
      await ann.evaluate(() => {
        window.dispatchEvent(new Event('online'));
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await pause(LISTEN_MS);
      const { state, reason } = await ann.shown();
      assert.deepEqual({ state, reason }, { state: 'ended', reason: 'superseded' });
      const words = await ann.evaluate(() => find('#app').innerText);
      assert.match(words, /in another tab or window of yours|另一个标签页/, 'the page says where the call is');

      // A reload of the first tab does not take the seat from the second.
      await ann.reload();
      await ann.reach(['invited']);
      await pause(LISTEN_MS);
      assert.equal((await ann.shown()).state, 'invited');
      await Promise.all([copy.reach(['connected']), bo.reach(['connected'])]);
      assert.deepEqual(await story(bo, began), ['participant-back']);
      assert.deepEqual(await story(copy, began), ['joined']);
      await closeTabs(ann, copy, bo);
    }));

    if (!SHORT) {
      it('back by the Back button: at once the same seat, later the page asks', scene.test(async (t) => {
        const link = await call();
        const you = await seat(ann);

        let began = Date.now();
        await ann.goto(`http://${scene.server.host.address}:8080/trust`);
        await hears(bo, 'participant-away', began);
        await pause(began + 2_000 - Date.now());
        await ann.back(link);
        // In Firefox the mark made in `pagehide` is not found after another origin: there the page asks, and the seat is there.
        await ann.enter();
        await together();
        assert.equal(await seat(ann), you, 'the same participant');
        await pause(LISTEN_MS);
        assert.equal((await story(bo, began)).at(-1), 'participant-back');
        assert.ok(!(await story(bo, began)).some((type) => /left|joined/.test(type)), 'no departure');
        t.diagnostic(`within the grace: ${await cameHow(ann)}`);

        began = Date.now();
        await ann.goto(`http://${scene.server.host.address}:8080/trust`);
        const left = await hears(bo, 'participant-left', began, RETURN_GRACE_MS + 2_000);
        assert.equal(left.reason, 'grace-ended');
        await pause(2_000);
        await ann.back(link);
        await ann.waitFor('the page to say something', () => find('main#app')?.dataset.state !== undefined);
        await pause(LISTEN_MS);
        assert.equal((await ann.shown()).state, 'invited', 'who was away longer is asked');
        t.diagnostic(`after the grace: ${await cameHow(ann)}`);
        await ann.enter();
        await together();
        assert.notEqual(await seat(ann), you, 'somebody new');
        assert.deepEqual(await story(bo, began), ['participant-away', 'participant-left', 'participant-joined']);
        assert.deepEqual(await story(ann, began), ['joined']);
        await closeTabs(ann, bo);
      }));

      it('a night of 90 s: gone once, and somebody new by itself', scene.test(async (t) => {
        await call();
        const began = Date.now();
        const you = await seat(ann);
        const { wokeMs } = await sleeps(NIGHT_MS, () => bo.reach(['waiting'], NIGHT_MS));

        const joined = await hears(ann, 'joined', wokeMs);
        assert.notEqual(joined.you, you, 'the seat was given up');
        await together();
        const afterMs = Date.now() - wokeMs;
        await pause(LISTEN_MS);
        assert.deepEqual(await story(bo, began), ['participant-away', 'participant-left', 'participant-joined']);
        const left = await hears(bo, 'participant-left', began);
        assert.deepEqual(left.others, [you]);
        assert.equal(left.reason, 'grace-ended');
        assert.deepEqual(await story(ann, began), ['joined']);
        t.diagnostic(`left ${left.atMs - began} ms after falling asleep, in the room again ${joined.atMs - wokeMs} ms after waking,`
          + ` seen and heard by then or ${afterMs} ms after waking`);
        await closeTabs(ann, bo);
      }));
    }

    /** Both are in a new room and connected; returns the link. */
    async function call() {
      const link = await ann.create(scene.url);
      await bo.join(link);
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
      return link;
    }

    /** They see and hear each other. */
    async function together() {
      await Promise.all([ann, bo].map((person) => person.reach(['connected'], BACK_MS)));
      await Promise.all([ann.reachOther('present'), bo.reachOther('present')]);
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
    }

    /** Ann's browser stops for this long; meanwhile what Bo is to see. */
    async function sleeps(forMs, meanwhile) {
      const until = Date.now() + forMs;
      const count = await ann.sleep();
      try {
        await meanwhile();
        await pause(until - Date.now());
      } finally {
        await ann.wake();
      }
      return { wokeMs: Date.now(), count };
    }
  });
}

/** Who the server says this person is. */
async function seat(person) {
  return (await person.watched()).told.findLast(({ type }) => type === 'joined').you;
}

/** Waits until the server has told this person's page this. */
async function hears(person, type, sinceMs, withinMs = BACK_MS) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const { told } = await person.watched();
    const found = told.find((message) => message.type === type && message.atMs >= sinceMs);
    if (found !== undefined) {
      return found;
    }
    assert.ok(Date.now() < deadline, `${person.name} was not told ${type} within ${withinMs} ms; told: ${JSON.stringify(told)}`);
    await pause(50);
  }
}

/** What this person's page was told of seats since then, in order. */
async function story(person, sinceMs) {
  const { told } = await person.watched();
  return told.filter(({ type, atMs }) => type !== 'signal' && atMs >= sinceMs).map(({ type }) => type);
}

/** How the browser made the page that the Back button led to. */
function cameHow(person) {
  return person.evaluate(() => {
    const { type, notRestoredReasons } = performance.getEntriesByType('navigation')[0];
    const reasons = (notRestoredReasons?.reasons ?? []).map(({ reason }) => reason);
    return `${type}${reasons.length > 0 ? `, not from the cache: ${reasons.join(' ')}` : ''}`;
  });
}

async function closeTabs(...tabs) {
  await Promise.all(tabs.map((tab) => tab.closeTab()));
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
