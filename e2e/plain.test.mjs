// examples/plain-client makes real calls: with itself, and with the product's own page, whoever comes first. It is served by a
// server of the test's own, so its origin is another one, which Duet has to allow.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './lib/needs.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const FOLDER = join(ROOT, 'examples', 'plain-client');
const ALLOWED_PORT = 9000;
const OTHER_PORT = 9001;
const LINES_MAX = 40;
const COLUMNS_MAX = 120;

/** Who comes first and who second: browser and page. */
const PAIRS = [
  ['chromium', 'plain', 'firefox', 'plain'],
  ['chromium', 'plain', 'firefox', 'page'],
  ['firefox', 'page', 'chromium', 'plain'],
  ['firefox', 'plain', 'chromium', 'page'],
];

it('a client of duet.v1 has 40 lines', () => {
  const lines = readFileSync(join(FOLDER, 'duet-40.js'), 'utf8').trimEnd().split('\n');

  assert.ok(lines.length <= LINES_MAX, `${lines.length} lines`);
  assert.deepEqual(lines.filter((line) => line.length > COLUMNS_MAX), []);
});

describe('the plain client', { timeout: 240_000 }, () => {
  const scene = new Scene('plain');
  const serving = new Set();

  before(async () => {
    await scene.open({ arguments: ['--allow-origin', `http://localhost:${ALLOWED_PORT}`] });
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const [first, firstPage, second, secondPage] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${firstPage} in ${first}, then ${secondPage} in ${second}: both see and hear the other`, scene.test(async (t) => {
      const room = randomBytes(13).toString('hex');
      const [ann, bo] = await Promise.all([person('ann', first, 1), person('bo', second, 2)]);

      await enter(ann, firstPage, room);
      await ann.reach(['waiting']);
      const joinedMs = Date.now();
      await enter(bo, secondPage, room);
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
      const connectedMs = Date.now() - joinedMs;
      const perceivedMs = await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      t.diagnostic(`connected after ${connectedMs} ms, perceived ${Math.max(...perceivedMs)} ms later`);

      await bo.closeTab();
      await ann.reach(['waiting']);
      await ann.closeTab();
    }));
  }

  it('says in words that the server does not take pages of its origin', scene.test(async () => {
    const ann = await person('ann', 'chromium', 1);
    await ann.open(address(OTHER_PORT, 'any'));
    await ann.click('#join');
    await ann.reach(['refused']);

    const words = await ann.evaluate(() => document.querySelector('#refused').innerText);
    assert.match(words, /--allow-origin/);
    const asked = `https://${scene.server.host.address}:8443/ws?origin=http://localhost:${OTHER_PORT}`;
    const { status, body } = await ann.agent.call('fetch', asked, scene.authorities[0]);
    assert.equal(status, 403);
    assert.match(body, /^origin-refused/);
    await ann.closeTab();
  }));

  async function person(name, kind, number) {
    const person = await scene.person(`${name}${kind}`, kind, number);
    if (!serving.has(person.name)) {
      serving.add(person.name);
      for (const port of [ALLOWED_PORT, OTHER_PORT]) {
        await person.agent.call('serve', FOLDER, port);
      }
    }
    return person;
  }

  async function enter(person, page, room) {
    if (page === 'page') {
      await person.join(`${scene.url}/#${room}`);
      return;
    }
    await person.open(address(ALLOWED_PORT, room));
    await person.click('#join');
  }

  /** On the person's own host, where a page needs no https to have a camera. */
  function address(port, room) {
    const server = encodeURIComponent(`${scene.url.replace('https', 'wss')}/ws`);
    return `http://localhost:${port}/call.html?room=${room}&server=${server}`;
  }
});
