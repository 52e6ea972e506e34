// Pictures of the page in each of its states, with drawn people before the cameras:
//   node screens.mjs [folder] [state...]
// A state that is not reached is named and the others are made all the same; the exit status says whether all were.

/* global find */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TARGET } from './lib/needs.mjs';
import { Observer } from './lib/observer.mjs';
import { Scene } from './lib/scene.mjs';

/** Width, height, scheme, language: every value of each at least twice. */
const LOOKS = {
  phone: [360, 740, 'light', 'zh-CN'],
  'phone-dark': [360, 740, 'dark', 'en'],
  tablet: [768, 1024, 'dark', 'zh-CN'],
  laptop: [1440, 900, 'light', 'en'],
  'laptop-dark': [1440, 900, 'dark', 'zh-CN'],
};
const [folderName = join(TARGET, 'screens'), ...only] = process.argv.slice(2);
const folder = resolve(folderName);
const missed = [];
const scene = new Scene('screens');

mkdirSync(folder, { recursive: true });
try {
  await scene.open({ arguments: ['--http', 'serve'] });
  await scene.trustServer();
  const ann = await scene.person('ann', 'chromium', 1, { portrait: 1 });
  const bo = await scene.person('bo', 'chromium', 2, { portrait: 2 });
  const agent = (await scene.lab.host('observer')).agent();
  const observe = (room) => Observer.join(agent, { url: scene.url, room, authority: scene.authorities[0] });

  await shoot('start', ann, () => ann.open(scene.url));
  await shoot('insecure', bo, async () => {
    await bo.open(`http://${scene.server.host.address}:8080/`);
  });
  let link;
  await shoot('waiting', ann, async () => {
    await named(ann, 'Ann');
    await ann.click('#create');
    await ann.reach(['waiting']);
    await ann.waitFor('the own picture', () => find('#local').videoWidth > 0);
    link = await ann.evaluate(() => find('#link').value);
  });
  await shoot('invited', bo, () => bo.open(link));
  await shoot('connected', bo, async () => {
    await named(bo, 'Bo');
    await bo.enter();
    await bo.reach(['connected']);
    await seen(bo);
  });
  await shoot('camera-off', ann, () => bo.click('#camera'));
  await shoot('audio-only', ann, () => ann.click('#camera'));
  await shoot('muted', bo, async () => {
    await ann.click('#mic');
    await ann.click('#camera');
    await seen(bo);
  });
  await shoot('reconnecting', bo, async () => {
    await bo.click('#camera');
    await ann.host.link({ blackout: true });
    await bo.reach(['reconnecting'], 25_000);
  });
  await shoot('other-away', bo, () => bo.reachOther('away', 25_000));
  await ann.host.link({ blackout: false });
  await shoot('departed', bo, async () => {
    await bo.reachOther('present', 25_000);
    await ann.click('#leave');
    await bo.reachOther('none', 5_000);
  });
  await shoot('left', bo, async () => {
    await bo.click('#leave');
    await bo.reach(['ended']);
  });
  await shoot('receive-only', bo, async () => {
    const room = await alone();
    await bo.open(`${scene.url}/#${room}`);
    await bo.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
    });
    await bo.enter();
    await bo.reach(['connecting']);
  });
  await shoot('full', ann, async () => {
    const room = await alone();
    await observe(room);
    await ann.open(`${scene.url}/#${room}`);
    await ann.click('#join');
    await ann.waitFor('a reason', () => (find('main#app')?.dataset.reason ?? '') !== '', [], 5_000);
  });
  await shoot('unreachable', ann, async () => {
    await ann.open(`${scene.url}/#${await alone()}`);
    await ann.host.link({ blackout: true });
    await ann.click('#join');
    await new Promise((done) => setTimeout(done, 6_000));
  });
  await ann.host.link({ blackout: false });

  async function alone() {
    const room = randomBytes(13).toString('hex');
    await observe(room);
    return room;
  }
} finally {
  await scene.close();
}
if (missed.length > 0) {
  console.error(`not reached:\n  ${missed.join('\n  ')}`);
  process.exitCode = 1;
}

async function named(person, name) {
  await person.evaluate((value) => {
    find('#name').value = value;
  }, name);
}

async function seen(person) {
  await person.waitFor('a picture', () => find('#remote').videoWidth > 600);
}

async function shoot(name, person, reach) {
  try {
    await reach();
  } catch (error) {
    missed.push(`${name}: ${error.message}`);
  }
  if (only.length > 0 && !only.includes(name)) {
    return;
  }
  for (const [look, [width, height, scheme, language]] of Object.entries(LOOKS)) {
    const path = join(folder, `${name}-${look}.png`);
    await person.agent.call('viewport', person.page, width, height);
    await person.agent.call('scheme', person.page, scheme);
    await person.evaluate((wanted) => {
      if (document.documentElement.lang !== wanted) find('#lang').click();
    }, language);
    // As somebody who moves the mouse, for the controls to be there.
    await person.evaluate(() => find('.stage')?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true })));
    // Layout and video take a moment to follow the new size.
    await new Promise((done) => setTimeout(done, 300));
    await person.agent.call('screenshot', person.page, path);
    console.log(path);
  }
}
