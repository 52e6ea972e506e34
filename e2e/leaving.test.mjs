// One story of leaving, seen from outside: whatever happens to a browser, the other participant is told the right
// thing, in time, and of a departure exactly once.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Observer } from './lib/observer.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const TOLD_MS = 1_000;
/** Where only silence tells: the server gives a connection up after 15 s of it. */
const SILENCE_MS = 20_000;
const SEAT_GRACE_MS = 30_000;
const RELOAD_GRACE_MS = 5_000;
/** How much later than its deadline a notice may come on a busy machine. */
const LATE_MS = 2_000;
/** How long to listen for a second notice that must not come. */
const LISTEN_MS = 3_000;

for (const kind of SHORT ? ['chromium'] : ['chromium', 'firefox']) {
  describe(`leaving a room with ${kind}`, { concurrency: 4, timeout: 240_000 }, () => {
    const scene = new Scene(`leaving-${kind}`);
    let agent;

    before(async () => {
      await scene.open();
      await scene.trustServer();
      agent = (await scene.lab.host('observer')).agent();
      await Promise.all(['tab', 'crash', 'cable'].map((name, i) => scene.person(name, kind, i + 1)));
    });
    after(() => scene.close());

    it('a closed tab is away at once and gone after the grace of a reload; a reload comes back', scene.test(async (t) => {
      const person = await scene.person('tab', kind, 1);
      await reloadedTab(t, person);
      await closedTab(t, person);
    }));

    it('a killed browser is away within a second, and gone once, after the grace', scene.test(async (t) => {
      const person = await scene.person('crash', kind, 2);
      const observer = await meet(person);

      const killedMs = Date.now();
      await person.kill();
      const away = await observer.hears('participant-away', killedMs, TOLD_MS);
      assert.equal(away.reason, 'connection-lost');
      const left = await observer.hears('participant-left', away.atMs, away.graceMs + LATE_MS);
      assert.equal(left.reason, 'grace-ended');
      // From the end of the browser on: how late the observer hears of it is the machine's.
      const leftMs = left.atMs - killedMs;
      assert.ok(leftMs >= away.graceMs, `left ${leftMs} ms after the browser, the grace is ${away.graceMs} ms`);
      await pause(LISTEN_MS);
      assert.equal(await observer.count('participant-left'), 1);
      assert.equal(await observer.count('participant-back'), 0);
      t.diagnostic(`killed: away after ${away.afterMs} ms, left ${left.afterMs} ms later`);
      await observer.leave();
    }));

    it('a pulled cable is away when silence tells, and back without a departure', scene.test(async (t) => {
      const person = await scene.person('cable', kind, 3);
      const observer = await meet(person);

      const pulledMs = Date.now();
      await person.host.link({ blackout: true });
      const away = await observer.hears('participant-away', pulledMs, SILENCE_MS);
      await person.host.link({ blackout: false });
      const back = await observer.hears('participant-back', away.atMs, away.graceMs);
      const joined = (await observer.told()).find(({ type }) => type === 'participant-joined');
      assert.equal(back.participant.id, joined.participant.id, 'the same participant');
      assert.equal(back.participant.instance, joined.participant.instance, 'the same page load');
      await pause(LISTEN_MS);
      assert.equal(await observer.count('participant-left'), 0);
      t.diagnostic(`cable: away (${away.reason}) after ${away.afterMs} ms, back ${back.afterMs} ms later`);

      await leaves(person, observer);
    }));

    if (!SHORT) {
      it('the page of the one who stays says so', scene.test(async (t) => {
        const [ann, bo] = await Promise.all([scene.person('stays', kind, 4), scene.person('goes', kind, 5)]);
        await bo.join(await ann.create(scene.url));
        await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);

        const killedMs = Date.now();
        await bo.kill();
        await ann.reachOther('away', 2 * TOLD_MS);
        t.diagnostic(`shown as away ${Date.now() - killedMs} ms after the kill`);
        await ann.reachOther('none', SEAT_GRACE_MS + LATE_MS);
      }));
    }

    async function reloadedTab(t, person) {
      const observer = await meet(person);

      const reloadedMs = Date.now();
      await person.reload();
      await person.enter();
      // The observer sends no media; the page is complete all the same.
      await person.waitFor('the page to be loaded', () => document.readyState === 'complete');
      const back = await observer.hears('participant-back', reloadedMs, RELOAD_GRACE_MS);
      await pause(RELOAD_GRACE_MS + LISTEN_MS - (Date.now() - reloadedMs));
      assert.equal(await observer.count('participant-left'), 0, 'a reload is no departure');
      const joined = (await observer.told()).find(({ type }) => type === 'participant-joined');
      assert.equal(back.participant.id, joined.participant.id, 'the same participant');
      assert.notEqual(back.participant.instance, joined.participant.instance, 'another page load');
      t.diagnostic(`reload: back after ${back.afterMs} ms`);

      await leaves(person, observer);
      await person.closeTab();
    }

    async function closedTab(t, person) {
      const observer = await meet(person);

      const closedMs = Date.now();
      await person.closeTab();
      const away = await observer.hears('participant-away', closedMs, TOLD_MS);
      assert.equal(away.reason, 'returning');
      const left = await observer.hears('participant-left', away.atMs, RELOAD_GRACE_MS + LATE_MS);
      assert.equal(left.reason, 'grace-ended');
      assert.ok(left.afterMs >= RELOAD_GRACE_MS - 100, `left after ${left.afterMs} ms`);
      await pause(LISTEN_MS);
      assert.equal(await observer.count('participant-left'), 1);
      t.diagnostic(`closed tab: away after ${away.afterMs} ms, left ${left.afterMs} ms later`);
      await observer.leave();
    }

    /** The observer waits in a new room, and the person comes in by a link. */
    async function meet(person) {
      const room = randomBytes(13).toString('hex');
      const authority = scene.authorities[0];
      const observer = await Observer.join(agent, { url: scene.url, room, authority });
      const openedMs = Date.now();
      await person.join(`${scene.url}/#${room}`);
      await observer.hears('participant-joined', openedMs, 20_000);
      // The page has settled: what it sends after joining is not part of what is measured.
      await pause(500);
      return observer;
    }

    async function leaves(person, observer) {
      const leftMs = Date.now();
      await person.click('#leave');
      const left = await observer.hears('participant-left', leftMs, TOLD_MS);
      assert.equal(left.reason, 'left');
      await pause(LISTEN_MS);
      assert.equal(await observer.count('participant-left'), 1, 'exactly one departure');
      await observer.leave();
    }
  });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
