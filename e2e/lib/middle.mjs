// Somebody who sits between two people, as a server could that lies to both.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './authority.mjs';
import { Participant } from './participant.mjs';

const PROCESS = fileURLToPath(new URL('middle-process.mjs', import.meta.url));
const PORT = 9443;

/** Starts one on a host of its own in front of the scene's server, trusted by the browsers that start from now on. */
export async function startMiddle(scene) {
  const host = await scene.lab.host('middle');
  const folder = mkdtempSync(join(tmpdir(), 'duet-middle-'));
  const { certificate, key, authority } = makeCertificate(folder, host.address);
  const settings = { port: PORT, certificate, key, server: scene.url, authority: await scene.server.authority() };
  const child = host.spawn(process.execPath, [PROCESS, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value);
  scene.authorities.push(authority);
  await answer();
  const url = `https://${host.address}:${PORT}`;
  const itself = await Participant.start(scene.lab, { name: 'middle', kind: 'chromium', number: 8, authorities: scene.authorities });
  await itself.open(`${url}/between`);
  scene.onClose(async () => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  scene.onClose(() => itself.close());
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer();
  };
  return {
    url,
    /** From now on it does this. */
    becomes: (strategy) => ask({ strategy }),
    /** What of the exchange of safety codes it has heard. */
    heard: () => ask({}),
  };
}
