// A call with oneself in the lobby: what comes back by the relay is one's own picture and tone; and what is said where the relay
// is hard to reach or not to be reached.

/* global find, navigator, sessionStorage, window */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cut, restrict, unrestrict } from './lib/firewall.mjs';
import { device } from './lib/pattern.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

/** Each way to the relay is given so long. */
const TRY_MS = 6_000;
const ROOM = 'echo';
/** What waits long, or is said by a server of its own. */
const inFull = (run) => (SHORT ? () => undefined : run);

for (const kind of SHORT ? ['chromium'] : ['chromium', 'firefox']) {
  describe(`a call with oneself, in ${kind}`, { timeout: 180_000 }, () => {
    const scene = new Scene(`echo-${kind}`);
    let ann;

    before(async () => {
      await scene.open();
      await scene.trustServer();
      ann = await scene.person('ann', kind, 1, { watch: {}, script: { code: String(askLate) } });
      await ann.open(`${scene.url}/#${ROOM}`);
      await ann.reach(['invited']);
    });
    after(() => scene.close());

    it('shows and plays what comes back by the relay, and says how good that is', scene.test(async (t) => {
      await ann.click('#echo');
      await comesTo('back');
      await hearsThemselves();
      await ann.waitFor('the numbers', () => /^\d+ ms .* · \d+\.\d % /.test(find('#echo-numbers').textContent));
      const words = await said();
      t.diagnostic(`${await ann.evaluate(() => find('#echo-numbers').textContent)}: ${words}`);
      assert.match(words, /what others will see and hear/);
      assert.doesNotMatch(words, /UDP/);
      const pair = await ann.pair();
      assert.deepEqual([pair.local.candidateType, pair.remote.candidateType, pair.local.relayProtocol], ['relay', 'relay', 'udp']);

      await ann.click('#lang');
      await ann.waitFor('the other language', () => /对方看到和听到的/.test(find('#echo-call').textContent));
      await ann.click('#lang');
      await ann.click('#echo-stop');
      await ann.waitFor('its end', () => find('#echo-call') === null && find('#echo') !== null);
      assert.deepEqual((await ann.watched()).open, []);
    }));

    it('shows a camera that answers only after the click', scene.test(async () => {
      await ann.evaluate(() => { sessionStorage.late = 'yes'; });
      await ann.reload();
      await ann.click('#echo');
      await comesTo('back');
      assert.match(await said(), /Allow camera and microphone/);
      await ann.evaluate(() => {
        delete sessionStorage.late;
        window.allow();
      });
      await ann.waitFor('the words', () => /what others will see and hear/.test(find('#echo-call').textContent));
      await hearsThemselves();
      await ann.click('#echo-stop');
    }));

    it('says that the network lets no UDP through', scene.test(async () => {
      restrict(ann.host, scene.server.host, { tcp: [8443, 8080] });
      await ann.click('#echo');
      await ann.waitFor('the first try', () => /by UDP/.test(find('#echo-call')?.textContent));
      await comesTo('back', 3 * TRY_MS);
      assert.match(await said(), /no UDP through.*TCP/);
      await hearsThemselves();
      await ann.click('#echo-stop');
    }));

    inFull(it)('says that the relay is not reached', scene.test(async () => {
      cut(ann.host);
      await ann.click('#echo');
      await comesTo('failed', 5 * TRY_MS);
      assert.match(await said(), /cannot be reached from here, neither by UDP nor by TCP or TLS/);
      await ann.click('#echo-stop');
      unrestrict(ann.host);
    }));

    it('is over as soon as the person goes in', scene.test(async () => {
      await ann.reload();
      await ann.click('#echo');
      await comesTo('back');
      await ann.click('#join');
      await ann.reach(['waiting']);
      assert.equal(await ann.evaluate(() => find('#echo-call')), null);
      assert.deepEqual((await ann.watched()).open, ['new'], 'what waits for somebody, and nothing else');
    }));

    function comesTo(state, withinMs = 2 * TRY_MS) {
      return ann.waitFor(`the call with oneself to be ${state}`, (wanted) => find('#echo-call')?.dataset.echo === wanted, [state], withinMs);
    }

    function said() {
      return ann.evaluate(() => find('#echo-call [role=status]').innerText.replace(/\s+/g, ' '));
    }

    /** As if it were somebody else who watches: in the oracle's eyes nobody hears themselves. */
    async function hearsThemselves() {
      const watching = Object.assign(Object.create(ann), { device: device(2), video: '#echo-video' });
      await watching.perceives(ann);
    }
  });
}

/** Before the page's own scripts: where it is so wished, the person answers the browser's question only at `allow`. */
function askLate() {
  const devices = navigator.mediaDevices;
  const original = devices.getUserMedia.bind(devices);
  const allowed = new Promise((resolve) => { window.allow = resolve; });
  devices.getUserMedia = async (constraints) => {
    if (sessionStorage.late) await allowed;
    return original(constraints);
  };
}

inFull(describe)('a call with oneself where the server has no relay', { timeout: 60_000 }, () => {
  const scene = new Scene('echo-none');

  before(async () => {
    await scene.open({ arguments: ['--relay', 'off'] });
    await scene.trustServer();
  });
  after(() => scene.close());

  it('says so', scene.test(async () => {
    const ann = await scene.person('ann', 'chromium', 1);
    await ann.open(`${scene.url}/#${ROOM}`);
    await ann.click('#echo');
    await ann.waitFor('the words', () => /offers no relay/.test(find('#echo-call')?.textContent));
  }));
});
