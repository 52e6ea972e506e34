// Both sides look for a new path, or offer again, in the same moment and over and over, while candidates are told late and in any
// order: each time both connections come to rest and pictures go on.
//   E2E_ROUNDS=200     how often for each pair

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { negotiateAt, shuffled, summary } from './lib/faults.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = SHORT ? [['chromium', 'chromium']] : [['chromium', 'chromium'], ['chromium', 'firefox'], ['firefox', 'firefox']];
const ROUNDS = Number(process.env.E2E_ROUNDS ?? (SHORT ? 6 : 50));
/** How late a candidate is told at most. */
const LATE_MS = 60;
/** What both begin with: an agreed moment, so far away that both know it by then. */
const AHEAD_MS = 250;
/** In a round both look for a new path; in every third one of them only offers what is there. */
const WHATS = [['restart', 'restart'], ['restart', 'restart'], ['restart', 'offer'], ['restart', 'restart'], ['restart', 'restart'], ['offer', 'restart']];
const FRAMES = 3;
const ROUND_MS = 15_000;

describe('both at once', { timeout: SHORT ? 120_000 : 1_200_000 }, () => {
  const scene = new Scene('glare');

  before(async () => {
    await scene.open();
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const pair of PAIRS) {
    it(`${pair.join(' and ')}: ${ROUNDS} rounds`, scene.test(async (t) => {
      const script = { code: String(shuffled), argument: { lateMs: LATE_MS } };
      const people = await Promise.all(pair.map((kind, i) =>
        scene.person(`${['ann', 'bo'][i]}${kind}`, kind, i + 1, { watch: { frames: true }, script })));
      const [ann, bo] = people;
      await bo.join(await ann.create(scene.url));
      await Promise.all(people.map((person) => person.reach(['connected'])));
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      const took = [];
      const apart = [];
      let anew = 0;
      for (let i = 0; i < ROUNDS; i++) {
        const atMs = Date.now() + AHEAD_MS;
        const done = await Promise.all(people.map((person, side) =>
          person.evaluate(negotiateAt, { atMs, what: WHATS[i % WHATS.length][side], frames: FRAMES, withinMs: ROUND_MS })
            .catch((error) => assert.fail(`round ${i + 1}: ${error.message}`))));
        anew += done.some((side) => side.anew) ? 1 : 0;
        took.push(Math.max(...done.map(({ ms }) => ms)));
        apart.push(Math.abs(done[0].beganAtMs - done[1].beganAtMs));
      }
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      const connections = await Promise.all(people.map(async (person) => (await person.watched()).open));
      t.diagnostic(`at rest with ${FRAMES} more pictures: ${summary(took)}; they began ${summary(apart)} apart; ${anew} times with a new connection`);
      assert.deepEqual(connections.map((open) => open.at(-1)), ['connected', 'connected']);
      await Promise.all(people.map((person) => person.closeTab()));
    }));
  }
});
