// Calls that only a relay makes possible: each browser reaches the server on a few ports, and the other browser not at all.
//   E2E_RELAY=coturn     with coturn in place of Duet's relay, which is how this scenario itself is tested
//   E2E_LONG=1           the call that outlives its credentials lasts 15 minutes instead of two

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { startCoturn } from './lib/coturn.mjs';
import { redirect, restrict, unrestrict } from './lib/firewall.mjs';
import { NAME, openNamed } from './lib/named.mjs';
import { shows, usesRelay } from './lib/relayed.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const COTURN = process.env.E2E_RELAY === 'coturn';
const LONG = process.env.E2E_LONG === '1';
const PAIRS = [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
  ['chromium', 'chromium'],
];
/** Where the page is, so that the https port can be closed to everything else: it is one of those that lead to the relay. */
const PAGE_PORT = 9443;
/**
 * From the click of the second person until both have what is measured: sooner than a browser gives up the relay's UDP address,
 * which takes Chromium 9.5 s. How much sooner is a figure of the machine, and printed.
 */
const CONNECT_MS = 9_000;
const PAIR_MS = 10_000;
const CREDENTIAL_LIFE_S = 60;
const CALL_MS = LONG ? 900_000 : 120_000;
/** What a browser takes to find that a path is dead, and the page to find another. */
const NEW_PATH_MS = 15_000;

/** People of one scene, each in a namespace of their own, whose pages are watched. */
async function couple(scene, [first, second], resolve, watch = {}) {
  return Promise.all([
    scene.person(`ann${first}`, first, 1, { resolve, watch }),
    scene.person(`bo${second}`, second, 2, { resolve, watch }),
  ]);
}

/** How long it took from the click of the second until both had ICE connected, and the other's first picture. */
async function howLong(ann, bo) {
  const [a, b] = await Promise.all([ann.watched(), bo.watched()]);
  const since = (name) => Math.max(a[name], b[name]) - b.enteredAtMs;
  return { iceMs: since('iceConnectedAtMs'), frameMs: since('firstFrameAtMs') };
}

describe('a call by relay only', { timeout: 600_000 }, () => {
  const scene = new Scene('relay');
  let ways = {
    udp: { udp: [3478], tcp: [PAGE_PORT] },
    tcp: { tcp: [8080, PAGE_PORT] },
    tls: { tcp: [8443, PAGE_PORT] },
  };
  let watch = {};
  let resolve;

  before(async () => {
    resolve = await openNamed(scene);
    redirect(scene.server.host, PAGE_PORT, 8443);
    if (COTURN) {
      const coturn = await startCoturn(scene.server.host);
      scene.onClose(() => coturn.stop());
      scene.authorities.push(coturn.authority);
      watch = { iceServers: coturn.iceServers };
      const { udp, tcp, tls } = coturn.ports;
      ways = { udp: { udp: [udp], tcp: [PAGE_PORT] }, tcp: { tcp: [tcp, PAGE_PORT] }, tls: { tcp: [tls, PAGE_PORT] } };
    }
  });
  after(() => scene.close());

  const page = `https://${NAME}:${PAGE_PORT}/`;

  for (const protocol of SHORT ? ['udp'] : ['udp', 'tcp', 'tls']) {
    for (const pair of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
      it(`${pair.join(' invites ')} where only ${protocol} leads to a relay`, scene.test(async (t) => {
        const [ann, bo] = await couple(scene, pair, resolve, watch);
        [ann, bo].forEach(({ host }) => restrict(host, scene.server.host, ways[protocol]));

        t.diagnostic(await wholeCall(ann, bo, `${page}?relay=only`, {
          async during() {
            await Promise.all([usesRelay(ann, protocol), usesRelay(bo, protocol)]);
          },
        }));
      }));
    }
  }

  for (const pair of SHORT ? [] : PAIRS) {
    it(`${pair.join(' by UDP invites ')} by TLS`, scene.test(async (t) => {
      const [ann, bo] = await couple(scene, pair, resolve, watch);
      restrict(ann.host, scene.server.host, ways.udp);
      restrict(bo.host, scene.server.host, ways.tls);

      t.diagnostic(await wholeCall(ann, bo, `${page}?relay=only`, {
        async during() {
          await Promise.all([usesRelay(ann, 'udp'), usesRelay(bo, 'tls')]);
        },
      }));
    }));

    it(`${pair.join(' by relay only invites ')} as usual, in a network where both reach everything`, scene.test(async (t) => {
      const [ann, bo] = await couple(scene, pair, resolve, watch);
      [ann, bo].forEach(({ host }) => unrestrict(host));

      t.diagnostic(await wholeCall(ann, bo, `${page}?relay=only`, {
        invitation: (link) => link.replace('?relay=only', ''),
        async during() {
          const deadline = Date.now() + PAIR_MS;
          let mine;
          let theirs;
          do {
            [mine, theirs] = await Promise.all([ann.pair(), bo.pair()]);
          } while (Date.now() < deadline && theirs?.remote.candidateType !== 'relay');
          assert.equal(mine.local.candidateType, 'relay', 'who asks for a relay has one');
          assert.equal(theirs.remote.candidateType, 'relay', 'and the other sees nothing else of them');
          await shows(ann, `relayed (${mine.local.relayProtocol.toUpperCase()})`);
          t.diagnostic(`over ${mine.local.relayProtocol}; the other side uses ${theirs.local.candidateType}`);
        },
      }));
    }));
  }

  for (const pair of SHORT || COTURN ? [] : PAIRS) {
    it(`${pair.join(' invites ')} where UDP is dropped, as people do who know of no relay`, scene.test(async (t) => {
      const [ann, bo] = await couple(scene, pair, resolve);
      [ann, bo].forEach(({ host }) => restrict(host, scene.server.host, { tcp: [8080, 8443, PAGE_PORT] }));

      await wholeCall(ann, bo, page, {
        async during() {
          const { iceMs, frameMs } = await howLong(ann, bo);
          t.diagnostic(`ICE connected after ${iceMs} ms, first pictures after ${frameMs} ms`);
          await Promise.all([usesRelay(ann, 'tcp', 'tls'), usesRelay(bo, 'tcp', 'tls')]);
          assert.ok(iceMs < CONNECT_MS, `ICE connected after ${iceMs} ms`);
          assert.ok(frameMs < CONNECT_MS, `first pictures after ${frameMs} ms`);
        },
      });
    }));
  }
});

describe('a call through port 443', { timeout: 240_000 }, () => {
  const scene = new Scene('relay443');
  let resolve;

  before(async () => {
    resolve = await openNamed(scene, {
      arguments: ['--https-port', '443', '--http-port', '80'],
      readyUrl: 'http://127.0.0.1/readyz',
    });
  });
  after(() => scene.close());

  for (const pair of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${pair.join(' invites ')} where nothing else is let through`, scene.test(async (t) => {
      const [ann, bo] = await couple(scene, pair, resolve);
      [ann, bo].forEach(({ host }) => restrict(host, scene.server.host, { tcp: [443] }));

      await wholeCall(ann, bo, `https://${NAME}/`, {
        async during() {
          const { iceMs, frameMs } = await howLong(ann, bo);
          t.diagnostic(`ICE connected after ${iceMs} ms, first pictures after ${frameMs} ms`);
          await Promise.all([usesRelay(ann, 'tls'), usesRelay(bo, 'tls')]);
          assert.ok(iceMs < CONNECT_MS, `ICE connected after ${iceMs} ms`);
          assert.ok(frameMs < CONNECT_MS, `first pictures after ${frameMs} ms`);
        },
      });
    }));
  }
});

// The one part that has no short form.
(SHORT ? () => undefined : describe)('a call longer than its credentials', { timeout: CALL_MS + 240_000 }, () => {
  const scene = new Scene('relaylong');
  let resolve;

  before(async () => {
    resolve = await openNamed(scene, { arguments: ['--limit', `relay-credential-seconds=${CREDENTIAL_LIFE_S}`] });
    redirect(scene.server.host, PAGE_PORT, 8443);
  });
  after(() => scene.close());

  it(`keeps its relay for ${CALL_MS / 60_000} minutes, and finds a new path with new credentials`, scene.test(async (t) => {
    const [ann, bo] = await couple(scene, PAIRS[0], resolve);
    [ann, bo].forEach(({ host }) => restrict(host, scene.server.host, { udp: [3478], tcp: [PAGE_PORT] }));

    t.diagnostic(await wholeCall(ann, bo, `https://${NAME}:${PAGE_PORT}/?relay=only`, {
      async during() {
        const before = await Promise.all([usesRelay(ann, 'udp'), usesRelay(bo, 'udp')]);
        await new Promise((done) => setTimeout(done, CALL_MS));
        const afterwards = await Promise.all([usesRelay(ann, 'udp'), usesRelay(bo, 'udp')]);
        assert.deepEqual(afterwards, before, 'the relayed addresses are the ones of the beginning');
        await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
        const first = await Promise.all([ann.watched(), bo.watched()]);

        // As a phone that goes from one network into another: the old path is dead, and only TLS leads to a relay.
        restrict(ann.host, scene.server.host, { tcp: [8443, PAGE_PORT] });
        await new Promise((done) => setTimeout(done, NEW_PATH_MS));
        await Promise.all([usesRelay(ann, 'tls'), usesRelay(bo, 'udp')]);
        await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
        const last = await Promise.all([ann.watched(), bo.watched()]);
        last.forEach(({ usernames }, i) => {
          t.diagnostic(`${usernames.length} credentials used, ${new Set(usernames).size} different`);
          assert.ok(usernames.length > first[i].usernames.length, 'the path was looked for with credentials asked for anew');
        });
      },
    }));
  }));
});
