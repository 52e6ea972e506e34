// Pictures of the page in each of its states, on a phone and on a laptop:
//   node screens.mjs [folder]
// A state that is not reached is named and the others are made all the same; the exit status says whether all were.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TARGET } from './lib/needs.mjs';
import { Observer } from './lib/observer.mjs';
import { Scene } from './lib/scene.mjs';

const SIZES = { phone: [360, 740], laptop: [1440, 900] };
const folder = resolve(process.argv[2] ?? join(TARGET, 'screens'));
const missed = [];
const scene = new Scene('screens');

mkdirSync(folder, { recursive: true });
try {
  await scene.open();
  await scene.trustServer();
  const ann = await scene.person('ann', 'chromium', 1);
  const bo = await scene.person('bo', 'chromium', 2);
  const agent = (await scene.lab.host('observer')).agent();
  const observe = (room) => Observer.join(agent, { url: scene.url, room, authority: scene.authorities[0] });

  await shoot('start', ann, () => ann.open(scene.url));
  let link;
  await shoot('waiting', ann, async () => {
    link = await ann.create(scene.url);
    await ann.reach(['waiting']);
  });
  await shoot('invited', bo, () => bo.open(link));
  await shoot('connected', bo, async () => {
    await bo.enter();
    await bo.reach(['connected']);
    await bo.perceives(ann);
  });
  await shoot('reconnecting', bo, async () => {
    await ann.host.link({ blackout: true });
    await bo.reach(['reconnecting'], 25_000);
  });
  await shoot('other-away', bo, () => bo.reachOther('away', 25_000));
  await ann.host.link({ blackout: false });
  await shoot('ended', bo, async () => {
    await bo.click('#leave');
    await bo.reach(['ended']);
  });
  await shoot('connecting', bo, async () => {
    const room = randomBytes(13).toString('hex');
    await observe(room);
    await bo.join(`${scene.url}/#${room}`);
    await bo.reach(['connecting']);
  });
  await shoot('full', ann, async () => {
    const room = randomBytes(13).toString('hex');
    await observe(room);
    await observe(room);
    await ann.open(`${scene.url}/#${room}`);
    await ann.click('#join');
    await ann.waitFor('a reason', () => (document.querySelector('main#app')?.dataset.reason ?? '') !== '', [], 5_000);
  });
} finally {
  await scene.close();
}
if (missed.length > 0) {
  console.error(`not reached:\n  ${missed.join('\n  ')}`);
  process.exitCode = 1;
}

async function shoot(name, person, reach) {
  try {
    await reach();
  } catch (error) {
    missed.push(`${name}: ${error.message}`);
  }
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    const path = join(folder, `${name}-${size}.png`);
    await person.agent.call('viewport', person.page, width, height);
    // Layout and video take a moment to follow the new size.
    await new Promise((done) => setTimeout(done, 400));
    await person.agent.call('screenshot', person.page, path);
    console.log(path);
  }
}
