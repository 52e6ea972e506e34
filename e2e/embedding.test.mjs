// <duet-call> on somebody else's page, and the server's own page where browsers give no camera.

/* global find */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';

const ALLOWED_PORT = 9000;
const OTHER_PORT = 9001;
const ROOM = 'a room of the clinic';

for (const kind of SHORT ? ['chromium'] : ['chromium', 'firefox']) {
  describe(`the page where it is not at home, in ${kind}`, { timeout: 240_000 }, () => {
    const scene = new Scene(`embedding-${kind}`);
    const folder = mkdtempSync(join(tmpdir(), 'duet-clinic-'));
    let ann;
    let bo;

    before(async () => {
      await scene.open({ arguments: ['--allow-origin', `http://localhost:${ALLOWED_PORT}`, '--http', 'serve'] });
      await scene.trustServer();
      [ann, bo] = await Promise.all([scene.person('ann', kind, 1), scene.person('bo', 'chromium', 2)]);
      for (const [name, attributes] of [
        ['all', `room="${ROOM}" server="${scene.url}/" lang="zh"`],
        ['few', `room="${ROOM}"`],
        ['own', 'lang="en"'],
      ]) {
        writeFileSync(join(folder, `${name}.html`), clinic(scene.url, attributes));
      }
      for (const port of [ALLOWED_PORT, OTHER_PORT]) await ann.agent.call('serve', folder, port);
    });
    after(async () => {
      await scene.close();
      rmSync(folder, { recursive: true });
    });

    it('on a page of another origin calls the server’s own page, in the language it was given, and tells its page', scene.test(async () => {
      await ann.open(`http://localhost:${ALLOWED_PORT}/all.html`);
      await ann.reach(['invited']);
      await ann.click('#join');
      await ann.reach(['waiting']);
      const link = await ann.evaluate(() => find('#link').value);
      assert.equal(link, `${scene.url}/#${encodeURIComponent(ROOM)}`, 'who is invited comes to the server’s own page');
      assert.equal((await ann.evaluate(() => find('#app').lang)).slice(0, 2), 'zh');

      await bo.join(link);
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      const box = await ann.evaluate(() => {
        const { width, height } = document.querySelector('duet-call').getBoundingClientRect();
        const inside = find('#app').getBoundingClientRect();
        return { width, height, inside: [inside.width, inside.height] };
      });
      assert.deepEqual([box.width, box.height], [640, 480], 'as large as the page says');
      assert.deepEqual(box.inside, [640, 480]);

      // A letter typed elsewhere on the page is the page's own.
      await ann.evaluate(() => document.querySelector('#search').focus());
      await ann.press('m');
      assert.equal(await ann.evaluate(() => find('#mic').dataset.device), 'on');
      assert.equal(await ann.evaluate(() => document.querySelector('#search').value), 'm');

      await bo.click('#leave');
      await ann.reach(['waiting']);
      await ann.click('#leave');
      await ann.reach(['ended']);
      const told = await ann.evaluate(() => window.told);
      assert.deepEqual(told.filter(({ type }) => type === 'duet-ended').map(({ detail }) => detail), [{ reason: 'left' }]);
      const states = told.filter(({ type }) => type === 'duet-state').map(({ detail }) => detail.state);
      for (const state of ['invited', 'waiting', 'connected', 'ended']) assert.ok(states.includes(state), `${state} in ${states}`);
      await ann.closeTab();
    }));

    it('knows its server from its script, and leaves when the page takes it away', scene.test(async () => {
      await ann.open(`http://localhost:${ALLOWED_PORT}/few.html`);
      await ann.click('#join');
      await ann.reach(['waiting']);
      await bo.join(`${scene.url}/#${encodeURIComponent(ROOM)}`);
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
      await ann.evaluate(() => document.querySelector('duet-call').remove());
      await bo.reach(['waiting']);
      await Promise.all([ann.closeTab(), bo.closeTab()]);
    }));

    it('tells its page which room a person has made', scene.test(async () => {
      await ann.open(`http://localhost:${ALLOWED_PORT}/own.html`);
      await ann.click('#create');
      await ann.reach(['waiting']);
      const { link, rooms } = await ann.evaluate(() => ({
        link: find('#link').value,
        rooms: window.told.filter(({ type }) => type === 'duet-room').map(({ detail }) => detail.room),
      }));
      assert.deepEqual(rooms.map((room) => `${scene.url}/duet/#${room}`), [link]);
      assert.equal(await ann.evaluate(() => location.hash), '', 'the address is the page’s');
      await ann.closeTab();
    }));

    it('says in words that the server does not take pages of this origin', scene.test(async () => {
      await ann.open(`http://localhost:${OTHER_PORT}/own.html`);
      await ann.click('#create');
      await ann.waitFor('the words', () => /does not accept pages from this address/.test(find('#app').innerText));
      await ann.closeTab();
    }));

    it('on a page without https says why there is no camera and where there is one, before the click and after it', scene.test(async () => {
      await ann.open(`http://${scene.server.host.address}:8080/`);
      assert.equal(await ann.evaluate(() => isSecureContext), false);
      await ann.reach(['start']);
      for (const words of [/plain http.*https address/, /http.*https/]) {
        await ann.waitFor('the words', (source) => new RegExp(source, 's').test(find('#insecure').innerText), [words.source]);
        assert.ok(await ann.evaluate(() => find('#insecure').checkVisibility()), 'they are seen');
        await ann.click('#lang');
      }
      const help = await ann.evaluate(() => find('#insecure a').href);
      assert.equal(help, `http://${scene.server.host.address}:8080/trust`);
      await ann.click('#create');
      await ann.reach(['waiting']);
      await ann.waitFor('the words in the room', () => /https/.test(find('#notices').innerText));
      assert.equal(await ann.evaluate(() => find('#camera').dataset.device), 'missing');
      await ann.goto(help);
      assert.match(await ann.evaluate(() => document.body.innerText), /Trust this Duet server.*only to pages that came over https/s);
    }));
  });
}

function clinic(server, attributes) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Clinic</title>
    <style>duet-call { display: block; width: 640px; height: 480px } button { all: revert; color: red } * { letter-spacing: normal }</style>
    <script>
      window.told = [];
      for (const type of ['duet-state', 'duet-room', 'duet-ended'])
        document.addEventListener(type, ({ detail }) => window.told.push({ type, detail }));
    </script>
    <script src="${server}/duet/lib/duet-call.js"></script>
    <h1>Clinic</h1><input id="search" aria-label="Search"><duet-call ${attributes}></duet-call>`;
}
