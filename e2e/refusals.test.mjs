// What goes wrong at the door and in a call, and what the page makes of it: a full room, a camera that is not allowed, one that is pulled.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene } from './lib/scene.mjs';

describe('a call that meets refusals', { timeout: 180_000 }, () => {
  const scene = new Scene('refusals');
  let ann;
  let bo;
  let link;

  before(async () => {
    await scene.open();
    await scene.trustServer();
    [ann, bo] = await Promise.all([scene.person('ann', 'chromium', 1), scene.person('bo', 'chromium', 2, { refuses: true })]);
    link = await ann.create(scene.url);
  });
  after(() => scene.close());

  it('who allows neither camera nor microphone is told how to, and has the call all the same', scene.test(async () => {
    await bo.join(link);
    await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
    await bo.waitFor('what is refused', () => find('#camera').dataset.device === 'missing' && find('#mic').dataset.device === 'missing');
    await bo.waitFor('the words for it', () => /not allowed|未获允许/.test(find('#notices').textContent));
    // The first pictures of a call may be black: how soon the next ones come is the machine's.
    await bo.perceives(ann);
    await ann.waitFor('the word for it', () => /camera|摄像头/.test(find('#other-media').textContent));
  }));

  it('a camera that is pulled out is said, and the call goes on; the button takes it back', scene.test(async () => {
    await ann.evaluate(() => find('#local').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended')));
    await ann.waitFor('what is gone', () => find('#camera').dataset.device === 'missing');
    await ann.waitFor('the words for it', () => /gone|断开/.test(find('#notices').textContent));
    assert.equal((await bo.shown()).state, 'connected');
    await ann.click('#camera');
    await bo.perceives(ann);
  }));

  it('a third one is told that the room is full, before the click and after it, and gets in when somebody leaves', scene.test(async () => {
    const cy = await scene.person('cy', 'chromium', 3);
    await cy.open(link);
    await cy.reach(['invited']);
    await cy.waitFor('the word for it', () => /full|坐满/.test(find('main#app').innerText));
    await cy.click('#join');
    await cy.reach(['ended']);
    assert.equal((await cy.shown()).reason, 'full');
    await Promise.all([ann, bo].map(async (person) => assert.equal((await person.shown()).state, 'connected')));

    await bo.click('#leave');
    await bo.reach(['ended']);
    await cy.click('#again');
    await Promise.all([ann.reach(['connected']), cy.reach(['connected'])]);
    await Promise.all([ann.perceives(cy), cy.perceives(ann)]);
  }));

  it('a browser without WebRTC is told so before it takes a seat', scene.test(async () => {
    const di = await scene.person('di', 'firefox', 4, { without: 'webrtc' });
    await di.open(link);
    await di.waitFor('the words for it', () => /WebRTC/.test(find('#no-calls')?.textContent));
    assert.equal(await di.evaluate(() => find('#join')), null);
    assert.equal((await di.shown()).state, 'invited');
    await Promise.all([ann, scene.person('cy')].map(async (person) => assert.equal((await (await person).shown()).state, 'connected')));
    await di.closeTab();
  }));

  it('a link with something glued to it is the same room; one that lost a character is called damaged', scene.test(async () => {
    const ed = await scene.person('ed', 'chromium', 5);
    for (const glued of ['.', ')', '，', '?utm_source=mail1']) {
      await ed.open(`${link}${glued}`);
      await ed.waitFor('who is in it', () => /full|坐满/.test(find('main#app')?.innerText));
      assert.equal(await ed.evaluate(() => location.hash), new URL(link).hash);
    }
    await ed.open(link.slice(0, -1));
    await ed.waitFor('the words for it', () => /damaged|坏了/.test(find('#damaged')?.textContent));
    assert.match(await ed.evaluate(() => find('#join').textContent), /is right|没有错/);
    await ed.closeTab();
  }));
});
