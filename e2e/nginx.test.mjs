// The same call behind a real nginx: TLS ends there, Duet lives under /video, and nothing on the way breaks the
// WebSocket.

import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { startNginx } from './lib/nginx.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PAIRS = [
  ['chromium', 'chromium'],
  ['firefox', 'chromium'],
  ['chromium', 'firefox'],
];

describe('a call through nginx under /video', { timeout: 240_000 }, () => {
  const scene = new Scene('nginx');

  before(async () => {
    await scene.open({
      arguments: ['--base-path', '/video', '--trusted-proxy', '127.0.0.1/32'],
      readyUrl: 'http://127.0.0.1:8080/video/readyz',
    });
    const nginx = await startNginx(scene.server.host);
    scene.onClose(() => nginx.stop());
    scene.authorities.push(nginx.authority);
  });
  after(() => scene.close());

  for (const [first, second] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`${first} invites ${second}`, scene.test(async (t) => {
      const [ann, bo] = await Promise.all([
        scene.person(`ann${first}`, first, 3),
        scene.person(`bo${second}`, second, 4),
      ]);
      t.diagnostic(await wholeCall(ann, bo, `https://${scene.server.host.address}/video/`));
    }));
  }
});
