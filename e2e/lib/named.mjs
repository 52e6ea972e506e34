// A server that goes by a name and has a certificate for it, as one on the internet does. Firefox wants a name for `turns:`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './authority.mjs';

export const NAME = 'duet.test';

/** Opens the scene with such a server; returns what its people's browsers have to know. */
export async function openNamed(scene, { arguments: more = [], ...options } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'duet-named-'));
  scene.onClose(() => rmSync(folder, { recursive: true, force: true }));
  await scene.open({
    ...options,
    arguments: (host) => {
      const { certificate, key, authority } = makeCertificate(folder, host.address, NAME);
      scene.authorities.push(authority);
      return ['--cert', certificate, '--key', key, ...more];
    },
  });
  return { name: NAME, address: scene.server.host.address };
}
