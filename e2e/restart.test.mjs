// A restart of the server ends no call: the people of many calls go on seeing each other, and are in their seats again soon.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';

const CALLS = Number(process.env.E2E_CALLS ?? (SHORT ? 2 : 20));
const BROWSERS = SHORT ? ['chromium', 'firefox'] : ['chromium', 'chromium'];
/** From the moment the server listens again until everybody is in their seat. */
const BACK_MS = 5_000;
/** How long what must not happen is waited for after that. */
const LISTEN_MS = 5_000;
/** With so many pictures on one machine. */
const CONNECT_MS = 60_000;
/** In more calls than this the cameras are switched off: what is measured is the server, not how fast a machine draws pictures. */
const CALLS_WITH_PICTURES_MAX = 8;

describe(`${CALLS} calls through restarts`, { timeout: 600_000 }, () => {
  const scene = new Scene('restart');
  const calls = [];

  before(async () => {
    await scene.open();
    await scene.trustServer();
    const people = await Promise.all(BROWSERS.map((kind, i) => scene.person(`${i === 0 ? 'ann' : 'bo'}`, kind, i + 1, { watch: { thrifty: true } })));
    for (let i = 0; i < CALLS; i++) {
      calls.push(await call(...people.map((person) => person.tab())));
    }
  });
  after(() => scene.close());

  for (const signal of ['SIGTERM', 'SIGKILL']) {
    it(`${signal} and a new start hang up no call and cost no seat`, scene.test(async (t) => {
      const tabs = calls.flat();
      const earlier = await Promise.all(tabs.map((tab) => tab.watched()));
      earlier.forEach(({ open }) => assert.deepEqual(open, ['connected'], 'one connection, and it stands'));

      const began = Date.now();
      const { endMs, gapMs } = await scene.server.restart(signal);
      const listened = scene.server.listensAtMs;
      await pause(listened + BACK_MS - Date.now());

      const later = await Promise.all(tabs.map((tab) => tab.watched()));
      const backMs = later.map((page, i) => isBack(tabs[i], earlier[i], page, { began, listened }));
      t.diagnostic(`${CALLS} calls, ended in ${endMs} ms, listened again ${gapMs} ms later, back ${spread(backMs)} after that`);
      if (signal === 'SIGTERM') {
        later.forEach(({ told }, i) => {
          const moving = told.find(({ type, atMs }) => type === 'moving' && atMs >= began);
          assert.ok(moving !== undefined, `${tabs[i].name} was told to come back`);
        });
      }

      await pause(LISTEN_MS);
      const end = await Promise.all(tabs.map((tab) => tab.watched()));
      end.forEach(({ open, states, told }, i) => {
        const changes = states.filter(({ atMs }) => atMs >= began);
        assert.deepEqual(changes, [], `the connection of ${tabs[i].name}`);
        assert.deepEqual(open, ['connected']);
        const left = told.filter(({ type, atMs }) => type === 'participant-left' && atMs >= began);
        assert.deepEqual(left, [], `what ${tabs[i].name} was told of departures`);
      });
      await Promise.all(tabs.map((tab) => tab.reach(['connected'])));
    }));
  }

  /** A call of two tabs. */
  async function call(ann, bo) {
    await bo.join(await ann.create(scene.url));
    await Promise.all([ann, bo].map((tab) => tab.reach(['connected'], CONNECT_MS)));
    if (CALLS > CALLS_WITH_PICTURES_MAX) {
      await Promise.all([ann, bo].map((tab) => tab.click('#camera')));
    }
    return [ann, bo];
  }
});

/** That a page is in its seat again, beside the same other person; returns how long that took since the server listened. */
function isBack(tab, earlier, later, { began, listened }) {
  const before = earlier.told.findLast(({ type }) => type === 'joined');
  const other = earlier.told.findLast(({ type, others }) => type.startsWith('participant-joined') || (type === 'joined' && others.length > 0));
  const told = later.told.filter(({ atMs }) => atMs >= began);
  const joined = told.findLast(({ type }) => type === 'joined');
  const who = `${tab.name} (${tab.kind})`;
  assert.ok(joined !== undefined, `${who} joined again within ${BACK_MS} ms; told: ${JSON.stringify(told)}`);
  assert.equal(joined.you, before.you, `${who} is the same participant`);
  const met = told.find(({ type, others, atMs }) => atMs >= joined.atMs
    && ['joined', 'participant-joined', 'participant-back'].includes(type) && others.includes(other.others[0]));
  assert.ok(met !== undefined, `${who} is beside ${other.others[0]} again; told: ${JSON.stringify(told)}`);
  return met.atMs - listened;
}

function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return `${sorted[0]} to ${sorted.at(-1)} ms`;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
