// The same call with the packaged product, as somebody unpacks it who has no checkout.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { unpack } from './lib/package.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = [
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
];

describe('a call with the packaged product', { timeout: 240_000 }, () => {
  const scene = new Scene('package');

  let command;

  before(async () => {
    const unpacked = unpack();
    const { remove } = unpacked;
    command = unpacked.command;
    scene.onClose(remove);
    await scene.open({ command });
    await scene.trustServer();
  });
  after(() => scene.close());

  it('starts where nobody has a home, as services and containers do', () => {
    const { HOME: _, XDG_CACHE_HOME: __, ...environment } = process.env;
    const [file, ...words] = [command].flat();
    const said = execFileSync(file, [...words, '--version'], { env: environment, encoding: 'utf8' });
    assert.match(said, /\d+\.\d+\.\d+/);
  });

  for (const [first, second] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${first} invites ${second}`, scene.test(async (t) => {
      const [ann, bo] = await Promise.all([
        scene.person(`ann${first}`, first, 5),
        scene.person(`bo${second}`, second, 6),
      ]);
      t.diagnostic(await wholeCall(ann, bo, scene.url));
    }));
  }
});
