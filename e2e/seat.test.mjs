// Nothing before the seat: somebody who has no seat in a room, or waits in one, says all that the protocol has in any order, and learns
// nothing of the other: no picture, no sound, no address. And what two people who do have a seat get: the direct path, soon, without a
// gap; and nothing any more when one of them has left.

/* global attack, find, window */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AGAINST_WHO_LOOKS, AGAINST_WHO_WAITS, installAttack, WORDS } from './lib/attacker-page.mjs';
import { countFrom } from './lib/firewall.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const KINDS = ['chromium', 'firefox'];
/** For so long it is looked whether anything comes after all. */
const AFTERWARDS_MS = SHORT ? 1_500 : 5_000;
/**
 * Between two pictures, while the path changes. In a short run a machine with other work to do may take longer, though not as long
 * as a browser to find a lost path again.
 */
const GAP_MS = SHORT ? 2_000 : 300;
/** Firefox's own test camera gives ten pictures a second: a gap is known to one of them. */
const PICTURE_MS = { chromium: 0, firefox: 100 };
const PATIENCE_MS = 15_000;
/** After the click, while nothing else goes on. */
const DIRECT_MS = 2_000;
/** As many rooms at a time as two cores can carry. */
const AT_A_TIME = 5;

for (const kind of KINDS) {
  describe(`nothing before the seat, of ${kind}`, { timeout: SHORT ? 240_000 : 600_000 }, () => {
    const scene = new Scene(`seat-${kind}`);
    let ann;
    let eve;
    let fromAnn;

    before(async () => {
      await scene.open();
      await scene.trustServer();
      [ann, eve] = await Promise.all([scene.person('ann', kind, 1, { watch: {} }), scene.person('eve', 'chromium', 8)]);
      fromAnn = countFrom(eve.host, [ann.host]);
    });
    after(() => scene.close());

    // What a browser makes of it differs little; the short run has all of it once.
    const all = Object.keys(AGAINST_WHO_WAITS);
    const tried = SHORT && kind !== 'chromium' ? all.filter((_, i) => i % 3 === 0) : all;
    for (const names of batches(tried)) {
      it(`who waits is neither seen nor found by somebody who ${names.join('; ')}`, scene.test((t) => each(t, names, async (name, room) => {
        const victim = ann.tab();
        await waits(victim, room);
        const attacker = await attack(room, AGAINST_WHO_WAITS[name]);
        return { victim, attacker, state: 'waiting' };
      })));
    }

    for (const names of batches(Object.keys(AGAINST_WHO_LOOKS))) {
      it(`who looks in is neither seen nor found by somebody who ${names.join('; ')}`, scene.test((t) => each(t, names, async (name, room) => {
        const attacker = eve.tab();
        await prepare(attacker, room);
        await attacker.evaluate(async () => {
          attack.say({ type: 'join', id: 1, room: attack.room, instance: 'e', streams: [] });
          await attack.next('joined');
        });
        const victim = ann.tab();
        const ready = attacker.evaluate(AGAINST_WHO_LOOKS[name], WORDS);
        await victim.open(`${scene.url}/#${room}`);
        await victim.reach(['invited']);
        await ready;
        return { victim, attacker, state: 'invited' };
      })));
    }

    it('who has the seat has a direct path soon, and pictures all the while', scene.test(async (t) => {
      const bo = await scene.person('bo', SHORT ? 'chromium' : kind, 2, { watch: { frames: true } });
      const al = await scene.person('al', kind, 3, { watch: { frames: true } });
      for (const shares of SHORT ? [false] : [false, true]) {
        await al.open(`${scene.url}/#direct${shares}`);
        await al.reach(['invited']);
        await al.click('#join');
        await al.waitFor('the standing offer', () => window.watched.said.includes('park'));
        if (shares) {
          await al.choose('#screen');
        }
        await bo.open(`${scene.url}/#direct${shares}`);
        await bo.waitFor('a connection before the click', async () => window.watched.said.includes('answer')
          && window.watched.connections.some(({ connectionState }) => connectionState === 'connected'));
        assert.equal((await bo.pair()).local.candidateType, 'relay');
        await bo.click('#join');
        const namedAtMs = Date.now();
        while (await relayed(bo)) {
          assert.ok(Date.now() - namedAtMs < PATIENCE_MS, `no direct path within ${PATIENCE_MS} ms`);
        }
        const directMs = Date.now() - namedAtMs;
        assert.ok(SHORT || directMs <= DIRECT_MS, `the direct path after ${directMs} ms`);
        await pause(1_000);
        const calmAtMs = Date.now();
        await pause(3_000);
        for (const one of [al, bo]) {
          const { frames, states } = await one.watched();
          const gap = longest(frames.filter((atMs) => atMs < calmAtMs));
          const calm = longest(frames.filter((atMs) => atMs >= calmAtMs));
          const what = `${one.name}${shares ? ' beside a screen' : ''}`;
          t.diagnostic(`${what}: direct ${directMs} ms after the click, the longest gap ${gap} ms, without a change ${calm} ms`);
          assert.ok(gap <= GAP_MS + PICTURE_MS[kind], `no picture for ${gap} ms`);
          const lost = states.filter(({ atMs, what, state }) => atMs > namedAtMs && what === 'connectionState' && /disconnected|failed/.test(state));
          assert.deepEqual(lost, [], 'the old path carries until there is another');
        }
        await Promise.all([al.closeTab(), bo.closeTab()]);
      }
    }));

    it('who has left gets nothing any more', scene.test(async (t) => {
      const room = 'left';
      await waits(ann, room);
      const attacker = eve.tab();
      await prepare(attacker, room);
      await attacker.evaluate(takesASeat);
      await attacker.waitFor('pictures', async () => (await attack.report()).packets > 20);
      await attacker.evaluate(() => attack.say({ type: 'leave' }));
      await pause(1_000);
      const before = await attacker.evaluate(() => attack.report());
      await pause(AFTERWARDS_MS);
      const afterwards = await attacker.evaluate(() => attack.report());
      t.diagnostic(`${before.packets} packets in the call`);
      assert.equal(afterwards.packets, before.packets);
      await Promise.all([ann.closeTab(), attacker.closeTab()]);
    }));

    /** The same strategy against this browser, one in each room. */
    async function each(t, names, begin) {
      const cases = await Promise.all(names.map(async (name, i) => ({ name, ...(await begin(name, `room${i}-${names.length}${name.length}`)) })));
      await pause(AFTERWARDS_MS);
      const hosts = [ann.host.address, ann.host.address6];
      let connected = 0;
      for (const { name, victim, attacker, state } of cases) {
        const report = await attacker.evaluate(() => attack.report());
        const shown = await victim.shown();
        connected += report.connected;
        t.diagnostic(`${name}: ${report.connected} connected, ${report.packets} packets; ${report.addresses.join(' ')}; ${report.errors.join(' ')}`);
        assert.equal(report.packets, 0, `${name}: sound or pictures came`);
        const found = report.addresses.filter((address) => hosts.includes(address) || address.endsWith('.local'));
        assert.deepEqual(found, [], `${name}: addresses are known`);
        assert.deepEqual(report.said, [], `${name}: something is said over the channel`);
        assert.equal(shown.state, state, `${name}: the page shows something else`);
        assert.equal(await victim.evaluate(() => find('[role=dialog]')?.textContent ?? ''), '', `${name}: something is asked`);
        await Promise.all([victim.closeTab(), attacker.closeTab()]);
      }
      assert.equal(fromAnn(), 0, 'a packet came straight from the other');
      // Who is connected with nobody finds out nothing in any case.
      assert.ok(connected > 0, 'none of them was connected');
    }

    /** Goes into the room, in a tab that may be behind others: there a pointer clicks nothing. */
    async function waits(victim, room) {
      await victim.open(`${scene.url}/#${room}`);
      await victim.reach(['invited']);
      await victim.evaluate(() => find('#join').click());
      await victim.waitFor('the standing offer', () => window.watched.said.includes('park'));
    }

    async function attack(room, strategy) {
      const attacker = eve.tab();
      await prepare(attacker, room);
      await attacker.evaluate(strategy, WORDS);
      return attacker;
    }

    async function prepare(attacker, room) {
      await attacker.open(`${scene.url}/trust`);
      await attacker.evaluate(installAttack, room);
      await attacker.evaluate(async () => {
        await attack.open();
        await attack.next('hello');
      });
    }
  });
}

/** In the page of somebody who joins as anybody may, and answers what it gets. */
async function takesASeat() {
  const { looked } = await window.attack.look();
  const end = await window.attack.answer(looked.description);
  window.attack.say({
    type: 'join', id: 1, room: window.attack.room, instance: 'e', streams: [], offer: looked.offer, answer: end.description,
  });
  const { candidates = [] } = await window.attack.next('joined');
  for (const candidate of candidates) {
    await end.pc.addIceCandidate(candidate);
  }
}

async function relayed(person) {
  const pair = await person.pair();
  return pair === undefined || [pair.local, pair.remote].some(({ candidateType }) => candidateType === 'relay');
}

function longest(frames) {
  return frames.reduce((gap, atMs, i) => Math.max(gap, i === 0 ? 0 : atMs - frames[i - 1]), 0);
}

function batches(names) {
  return Array.from({ length: Math.ceil(names.length / AT_A_TIME) }, (_, i) => names.slice(i * AT_A_TIME, (i + 1) * AT_A_TIME));
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
