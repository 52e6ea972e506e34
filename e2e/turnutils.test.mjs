// coturn's own client against the packaged product's relay, with credentials made from a shared secret as other programs make them.

import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { program } from './lib/needs.mjs';
import { unpack } from './lib/package.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const PEER_PORT = 3480;
const RUN_MS = 60_000;
const DAY_S = 86_400;
/** Clients and messages of each, in each run. */
const LOAD = SHORT ? ['-m', '2', '-n', '20'] : ['-m', '5', '-n', '100'];
/** Duet reserves no second port, and says so with 508; -c asks for none. */
const ONE_PORT = '-c';
/** For one user; a run from client to client takes two for each client. */
const ALLOCATIONS = 100;

const WAYS = {
  UDP: ['-p', '3478'],
  TCP: ['-p', '8080', '-t'],
  TLS: ['-p', '8443', '-t', '-S'],
};

describe('the client of coturn', { timeout: 600_000 }, () => {
  const scene = new Scene('turnutils');
  const secret = randomBytes(24).toString('base64url');
  let client;
  let other;

  before(async () => {
    const { command, remove } = unpack();
    const folder = mkdtempSync(join(tmpdir(), 'duet-turnutils-'));
    scene.onClose(() => (rmSync(folder, { recursive: true, force: true }), remove()));
    const file = join(folder, 'secret');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    await scene.open({
      command,
      // The server's own networks are private here, and peers in them are refused unless they are named.
      arguments: ['--turn-secret-file', file, '--relay-allow', '10.77.0.0/24', '--relay-allow', 'fd77::/64',
        '--limit', `relay-allocations=${ALLOCATIONS}`],
      listen: '*',
    });
    client = await scene.lab.host('client');
    other = await scene.lab.host('other');
    const peer = other.spawn(program('turnutils_peer'), ['-p', String(PEER_PORT), '-L', other.address, '-L', other.address6], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => peer.once('exit', resolve));
    scene.onClose(() => (peer.kill('SIGKILL'), ended));
  });
  after(() => scene.close());

  /** Runs a program on the client's host; its output and how it ended. */
  function run(name, arguments_) {
    return new Promise((resolve, reject) => {
      const child = client.spawn(program(name), arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
      const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), RUN_MS);
      let output = '';
      child.stdout.on('data', (data) => (output += data));
      child.stderr.on('data', (data) => (output += data));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ output, code: code ?? signal });
      });
    });
  }

  const uclient = (...arguments_) => run('turnutils_uclient', [ONE_PORT, ...LOAD, ...arguments_.flat(), scene.server.host.address]);
  const bySecret = (value = secret) => ['-u', 'alice', '-W', value];
  const toOther = () => ['-e', other.address, '-r', String(PEER_PORT)];
  const nowS = () => Math.floor(Date.now() / 1000);
  /** What TURN REST makes of a user name whose time ends then. */
  const until = (seconds, key = secret) => {
    const user = `${seconds}:alice`;
    return ['-u', user, '-w', createHmac('sha1', key).update(user).digest('base64')];
  };

  /** All that was sent came back. */
  function complete({ output, code }) {
    const [, sent, received] = /tot_send_msgs=(\d+), tot_recv_msgs=(\d+)(?![^]*tot_send_msgs)/.exec(output) ?? [];
    const [, lost] = /Total lost packets (\d+)/.exec(output) ?? [];
    assert.ok(Number(sent) > 0, `nothing was sent (${code}): ${output.slice(-2_000)}`);
    assert.equal(received, sent, output.slice(-2_000));
    assert.equal(lost, '0', output.slice(-2_000));
    return `${sent} messages, all back`;
  }

  function refused({ output, code }) {
    // It names every error but the one that is meant, 401.
    assert.doesNotMatch(output, /error \d+/, output.slice(-2_000));
    assert.match(output, /Cannot complete Allocation/i, output.slice(-2_000));
    assert.doesNotMatch(output, /Total lost packets/);
    assert.notEqual(code, 0);
  }

  for (const [way, arguments_] of Object.entries(WAYS)) {
    it(`over ${way}: channel data comes back from a peer`, scene.test(async (t) => {
      t.diagnostic(complete(await uclient(arguments_, bySecret(), toOther())));
    }));

    if (SHORT && way !== 'UDP') {
      continue;
    }

    it(`over ${way}: Send and Data indications come back from a peer`, scene.test(async (t) => {
      t.diagnostic(complete(await uclient(arguments_, '-s', bySecret(), toOther())));
    }));

    it(`over ${way}: from one client to another, both relayed`, scene.test(async (t) => {
      t.diagnostic(complete(await uclient(arguments_, '-y', bySecret())));
    }));

    if (SHORT) {
      continue;
    }

    it(`over ${way}: from one client to another by indications`, scene.test(async (t) => {
      t.diagnostic(complete(await uclient(arguments_, '-y', '-s', bySecret())));
    }));
  }

  it('a relayed address of IPv6 reaches a peer of IPv6', scene.test(async (t) => {
    t.diagnostic(complete(await uclient(WAYS.UDP, '-x', bySecret(), '-e', other.address6, '-r', String(PEER_PORT))));
  }));

  it('channel data padded to four bytes is taken', scene.test(async (t) => {
    t.diagnostic(complete(await uclient(WAYS.UDP, '-D', '-l', '171', bySecret(), toOther())));
  }));

  it('a password made for a time to come is taken', scene.test(async (t) => {
    t.diagnostic(complete(await uclient(WAYS.UDP, until(nowS() + DAY_S / 24), toOther())));
  }));

  it('a wrong secret is refused', scene.test(async () => {
    refused(await uclient(WAYS.UDP, bySecret('another secret than that'), toOther()));
  }));

  it('a user name whose time is over is refused, though its password is right', scene.test(async () => {
    refused(await uclient(WAYS.UDP, until(1), toOther()));
    refused(await uclient(WAYS.UDP, until(nowS() - 1), toOther()));
  }));

  it('a password that nobody made is refused', scene.test(async () => {
    refused(await uclient(WAYS.UDP, '-u', `${nowS() + DAY_S}:alice`, '-w', 'wrong', toOther()));
  }));

  it('STUN answers with the address it sees', scene.test(async () => {
    const { output, code } = await run('turnutils_stunclient', [scene.server.host.address]);

    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`UDP reflexive addr: ${client.address.replaceAll('.', '\\.')}:\\d+`), output);
  }));
});
