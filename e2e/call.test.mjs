// A call between two real browsers on two hosts, over https with the certificate Duet made itself.

import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
  ['chromium', 'chromium'],
];

describe('a call', { timeout: 240_000 }, () => {
  const scene = new Scene('call');

  before(async () => {
    await scene.open();
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const [first, second] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${first} invites ${second}: both see and hear the other, and are told when the other leaves`, scene.test(async (t) => {
      // One browser per person and kind, used again by the next pair.
      const [ann, bo] = await Promise.all([
        scene.person(`ann${first}`, first, 1),
        scene.person(`bo${second}`, second, 2),
      ]);
      t.diagnostic(`${ann.version}, ${bo.version}: ${await wholeCall(ann, bo, scene.url)}`);
    }));
  }
});
