// Whoever types the wrong scheme or port ends at the page all the same.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';

describe('the wrong address', { timeout: 120_000 }, () => {
  const scene = new Scene('address');

  before(async () => {
    await scene.open();
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const kind of SHORT ? ['chromium'] : ['chromium', 'firefox']) {
    for (const [typed, what] of [
      ['http://HOST:8080/#room', 'plain http'],
      ['http://HOST:8443/#room', 'http on the port of https'],
      ['https://HOST:8080/#room', 'https on the port of http'],
    ]) {
      it(`${what} leads ${kind} to https, with the room`, scene.test(async () => {
        const ann = await scene.person(`ann${kind}`, kind, 1);
        const { address } = scene.server.host;
        await ann.open(typed.replace('HOST', address));

        assert.equal(await ann.evaluate(() => location.href), `https://${address}:8443/#room`);
        assert.equal(await ann.evaluate(() => isSecureContext), true);
        await ann.reach(['invited']);
        await ann.closeTab();
      }));
    }
  }
});
