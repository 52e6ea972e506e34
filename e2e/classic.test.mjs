// The classic pages that the product brings: chat and call between real browsers, with the log of messages that they are there for.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ClassicPage } from './lib/classic-page.mjs';
import { perceiveEachOther } from './lib/course-page.mjs';
import { unpack } from './lib/package.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = SHORT ? [['chromium', 'chromium']] : [['firefox', 'chromium'], ['chromium', 'firefox']];
const GONE_MS = 1_000;

describe('classic pages', { timeout: 240_000 }, () => {
  const scene = new Scene('classic');

  before(async () => {
    const { command, remove } = unpack();
    scene.onClose(remove);
    await scene.open({ command });
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const [first, second] of PAIRS) {
    it(`the chat: ${first}, then ${second}`, scene.test(async () => {
      const [ann, bo, cy] = await meet('chat.html', first, second);

      await ann.join();
      await bo.join();
      await ann.reads('note Somebody came in.');
      await ann.writes('hello: 1 2 3');
      await ann.reads('mine hello: 1 2 3');
      await bo.reads('theirs hello: 1 2 3');
      await bo.writes('<b>你好</b> 👋');
      await Promise.all([bo.reads('mine <b>你好</b> 👋'), ann.reads('mine hello: 1 2 3', 'theirs <b>你好</b> 👋')]);
      const spoken = ['· connect', '→ join', '← joined'];
      assert.deepEqual(await ann.log(), [...spoken, '← otherjoin', '→ message', '← message']);
      assert.deepEqual(await bo.log(), [...spoken, '← message', '→ message']);

      await refused(cy);
      await bo.person.reload();
      await ann.reads('note The other one left.');
      await bo.join();
      await ann.reads('note Somebody came in.');
      await bo.leave();
      await ann.reads('note The other one left.');
      assert.equal((await ann.log()).filter((line) => line === '← bye').length, 2);
      await finish(ann, bo, cy);
    }));

    it(`the call: ${first}, then ${second}`, scene.test(async (t) => {
      const [ann, bo, cy] = await meet('call.html', first, second);

      await ann.join();
      await bo.join();
      await inCall(ann, bo);
      const spoken = ['· connect', '→ join', '← joined'];
      const kinds = [...new Set(await ann.log())];
      assert.deepEqual(kinds.slice(0, 5), [...spoken, '← otherjoin', '→ message offer']);
      assert.deepEqual(kinds.slice(5).sort(), ['← message answer', '← message candidate', '→ message candidate'].sort());
      const others = [...new Set(await bo.log())];
      assert.deepEqual(others.slice(0, 4), [...spoken, '← message offer']);
      assert.deepEqual(others.slice(4).sort(), ['→ message answer', '← message candidate', '→ message candidate'].sort());

      await ann.writes('hello');
      await Promise.all([ann.reads('mine hello'), bo.reads('theirs hello')]);
      await refused(cy);
      await inCall(ann, bo);

      const reloadedMs = Date.now();
      await bo.person.reload();
      await ann.calls(undefined, GONE_MS);
      t.diagnostic(`told of the reload after ${Date.now() - reloadedMs} ms`);
      await bo.join();
      await inCall(ann, bo);

      await bo.leave();
      await ann.calls(undefined, GONE_MS);
      await finish(ann, bo, cy);
    }));
  }

  if (!SHORT) {
    it("a classic page and Duet's own page call each other", scene.test(async () => {
      const room = fresh();
      const [[first, second]] = PAIRS;
      const [ann, bo] = await Promise.all([scene.person(`ann${first}`, first, 1), scene.person(`bo${second}`, second, 2)]);
      const page = await ClassicPage.open(ann, `${scene.url}/classic/call.html?room=${room}`);
      await page.join();
      await bo.join(`${scene.url}/duet/#${room}`);
      await Promise.all([page.calls('connected'), bo.reach(['connected'])]);
      await perceiveEachOther(ann, bo);

      await page.leave();
      await bo.reachOther('none');
      await Promise.all([page.closeTab(), bo.closeTab()]);
      assert.deepEqual(await complaints(ann), []);
    }));
  }

  /** Three people open a page with one room; the third one in a browser of their own too. */
  async function meet(page, first, second) {
    const room = fresh();
    const url = `${scene.url}/classic/${page}?room=${room}`;
    const people = [['ann', first, 1], ['bo', second, 2], ['cy', 'chromium', 3]].map(
      ([name, kind, number]) => scene.person(`${name}${kind}`, kind, number),
    );
    return Promise.all(people.map(async (person) => ClassicPage.open(await person, url)));
  }
});

async function inCall(ann, bo) {
  await Promise.all([ann.calls('connected'), bo.calls('connected')]);
  await perceiveEachOther(ann.person, bo.person);
}

async function refused(page) {
  await page.person.click('#join');
  const isSaid = () => /is full/.test(document.querySelector('#status').textContent);
  await page.person.waitFor('the words that the room is full', isSaid);
  await page.reaches('out');
}

/** Closes the tabs, and nothing has gone wrong in any of them. */
async function finish(...pages) {
  await Promise.all(pages.map((page) => page.closeTab()));
  for (const { person } of pages) {
    assert.deepEqual(await complaints(person), [], `${person.name}'s console`);
  }
}

async function complaints(person) {
  const lines = await person.agent.call('console');
  return lines.filter((line) => /^\S+ \d+ (?:error|failed):/.test(line));
}

function fresh() {
  return randomBytes(8).toString('hex');
}
