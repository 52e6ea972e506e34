// Debian's coturn on the server's host, in place of Duet's relay: what fails with it is wrong in the scenario.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './authority.mjs';
import { program } from './needs.mjs';

const START_MS = 10_000;
const PORTS = { udp: 3478, tcp: 3478, tls: 5349 };
const USER = 'ann:secret';

/** Starts coturn; returns its ports, its authority, and the ICE servers that lead to it. */
export async function startCoturn(host) {
  const folder = mkdtempSync(join(tmpdir(), 'duet-coturn-'));
  const { certificate, key, authority } = makeCertificate(folder, host.address);
  const coturn = host.spawn(program('turnserver'), ['-n', '--listening-ip', host.address, '--relay-ip', host.address,
    '--lt-cred-mech', '--user', USER, '--realm', 'lab', '--cert', certificate, '--pkey', key, '--no-cli', '--log-file', 'stdout',
    '--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db')], { stdio: 'ignore', cwd: folder });
  const exited = new Promise((resolve) => coturn.once('exit', resolve));
  const agent = host.agent();
  const deadline = Date.now() + START_MS;
  while (!(await agent.call('reaches', host.address, PORTS.tls))) {
    if (Date.now() > deadline || coturn.exitCode !== null) {
      throw new Error(`coturn did not start (${coturn.exitCode ?? 'no answer'})`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [username, credential] = USER.split(':');
  const { address } = host;
  return {
    ports: PORTS,
    authority,
    iceServers: [{
      urls: [`turn:${address}:${PORTS.udp}?transport=udp`, `turn:${address}:${PORTS.tcp}?transport=tcp`,
        `turns:${address}:${PORTS.tls}?transport=tcp`],
      username,
      credential,
    }],
    async stop() {
      coturn.kill('SIGKILL');
      await exited;
      await agent.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
