// Nothing leaves the lab: during a whole call the server sends no packet to any address that is not one of the lab's
// hosts, and the page makes the browsers send none either.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { Scene } from './lib/scene.mjs';

describe('the outside world', { timeout: 120_000 }, () => {
  const scene = new Scene('outside');

  before(async () => {
    await scene.open();
    await scene.trustServer();
  });
  after(() => scene.close());

  it('is not told anything during a whole call', scene.test(async (t) => {
    // Only Chromium has a switch that keeps the browser itself from calling its maker.
    const [ann, bo] = await Promise.all([scene.person('ann', 'chromium', 1), scene.person('bo', 'chromium', 2)]);
    t.diagnostic(await wholeCall(ann, bo, scene.url));

    for (const host of [scene.server.host, ann.host, bo.host]) {
      const { up, outside } = await host.counters();
      t.diagnostic(`${host.name} sent ${up.entered} packets inside the lab, ${JSON.stringify(outside)} outside`);
      assert.ok(up.entered > 0, `${host.name} sends packets at all, so they are counted`);
      // A browser may speak to its own cable, as multicast DNS does; no router carries that further. The server may
      // not.
      const carried = host === scene.server.host ? outside : outside.filter(({ address }) => !/^(224\.0\.0\.|ff02:)/.test(address));
      assert.deepEqual(carried, [], `${host.name} sent packets outside`);
    }
  }));
});
