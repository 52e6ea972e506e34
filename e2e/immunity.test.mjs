// Where the relay must not lead: every private, local and reserved range, in every way in which an IPv4 address can be
// written. Behind each address somebody really listens, and beside each a peer that is allowed exchanges data in the same
// run, so that silence means refusal.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { program } from './lib/needs.mjs';
import { unpack } from './lib/package.mjs';
import { Scene } from './lib/scene.mjs';

const PORT = 7777;
const WIRE = 'wire';
const LIB = fileURLToPath(new URL('./lib/', import.meta.url));
const FORBIDDEN = 403;

/** Of each family: an address that nobody allowed, and one beside it that --relay-allow names. */
const FAMILIES = {
  'this network': ['0.1.2.3', '0.1.2.4'],
  'private 10': ['10.1.2.3', '10.1.2.4'],
  'shared': ['100.64.2.3', '100.64.2.4'],
  'link-local': ['169.254.169.254', '169.254.169.253'],
  'private 172': ['172.16.2.3', '172.16.2.4'],
  'protocol assignments': ['192.0.0.9', '192.0.0.10'],
  'documentation 1': ['192.0.2.3', '192.0.2.4'],
  '6to4 relays': ['192.88.99.3', '192.88.99.4'],
  'private 192': ['192.168.2.3', '192.168.2.4'],
  'benchmarks': ['198.18.2.3', '198.18.2.4'],
  'documentation 2': ['198.51.100.3', '198.51.100.4'],
  'documentation 3': ['203.0.113.3', '203.0.113.4'],
  'reserved': ['240.1.2.3', '240.1.2.4'],
};
/** On the server itself. */
const LOCAL = { loopback: ['127.1.2.3', '127.1.2.4'] };
/** Where nobody can listen alone. */
const SHARED = { multicast: '224.0.0.1', broadcast: '255.255.255.255', unspecified: '0.0.0.0' };
const FAMILIES6 = {
  'unique local': ['fd99::3', 'fd99::4'],
  'documentation 6': ['2001:db8::3', '2001:db8::4'],
  'site-local': ['fec0::3', 'fec0::4'],
  'discard-only': ['100::3', '100::4'],
  'benchmarks 6': ['2001:2::3', '2001:2::4'],
};
const SHARED6 = { 'loopback 6': '::1', 'unspecified 6': '::', 'multicast 6': 'ff02::1', 'link-local 6': 'fe80::1' };

/** The ways of writing an IPv4 address in 128 bits. */
const ENCODINGS = {
  mapped: (ip) => `::ffff:${ip}`,
  compatible: (ip) => `::${ip}`,
  translated: (ip) => `::ffff:0:${ip}`,
  '6to4': (ip) => `2002:${hex(ip)}::1`,
  'Teredo client': (ip) => `2001:0:808:808:0:ffff:${hex(ip, 0xff)}`,
  'Teredo server': (ip) => `2001:0:${hex(ip)}:0:ffff:f7f7:f7f7`,
  NAT64: (ip) => `64:ff9b::${ip}`,
  'local NAT64': (ip) => `64:ff9b:1::${ip}`,
  ISATAP: (ip) => `2600::5efe:${ip}`,
};

function hex(ip, invert = 0) {
  const [a, b, c, d] = ip.split('.').map((part) => Number(part) ^ invert);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

const plain = (name, ip) => ({ name, family: 1, address: ip, port: PORT });
const wide = (name, ip) => ({ name, family: 2, address: ip, port: PORT });
const everyWay = (family, ip) => [
  plain(`${family}, plain`, ip),
  ...Object.entries(ENCODINGS).map(([encoding, write]) => wide(`${family}, ${encoding}`, write(ip))),
];

describe('immunity: where the relay must not lead', { timeout: 180_000 }, () => {
  const scene = new Scene('immunity');
  const secret = randomBytes(24).toString('base64url');
  const heard = [];
  let client;
  let other;

  before(async () => {
    const { command, remove } = unpack();
    const folder = mkdtempSync(join(tmpdir(), 'duet-immunity-'));
    scene.onClose(() => (rmSync(folder, { recursive: true, force: true }), remove()));
    const file = join(folder, 'secret');
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    const controls = [...Object.values(FAMILIES), ...Object.values(LOCAL), ...Object.values(FAMILIES6)].map(([, ip]) => ip);
    await scene.open({
      command,
      arguments: ['--turn-secret-file', file, ...controls.flatMap((ip) => ['--relay-allow', ip])],
      listen: '*',
    });
    client = await scene.lab.host('client');
    other = await scene.lab.host('other');
    const ipv4 = Object.values(FAMILIES).flat();
    const forbidden = Object.values(FAMILIES).map(([ip]) => ip);
    const ipv6 = [
      ...Object.values(FAMILIES6).flat(),
      ...forbidden.flatMap((ip) => Object.entries(ENCODINGS).filter(([name]) => name !== 'mapped').map(([, write]) => write(ip))),
    ];
    const server = scene.server.host;
    wire(server, other);
    ipv4.forEach((address) => (addAddress(other, address), ip(server, 'route', 'add', address, 'dev', WIRE)));
    ipv6.forEach((address) => (addAddress(other, address), ip(server, 'route', 'add', address, 'via', 'fd88::2')));
    ip(other, 'route', 'add', server.address, 'dev', WIRE);
    ip(other, 'route', 'add', server.address6, 'via', 'fd88::1');
    await listen(other, [...ipv4, ...ipv6]);
    await listen(server, ['0.0.0.0', '::', ...Object.values(LOCAL).flat()]);
  });
  after(() => scene.close());

  const ip = (host, ...words) => execFileSync(program('ip'), ['-n', host.namespace, ...words]);
  const addAddress = (host, address) => ip(host, 'addr', 'add', address, 'dev', 'lo', ...(address.includes(':') ? ['nodad'] : []));

  /** The lab carries only its own addresses; these two hosts get a wire that carries all. */
  function wire(one, two) {
    ip(one, 'link', 'add', WIRE, 'type', 'veth', 'peer', 'name', WIRE, 'netns', two.namespace);
    [one, two].forEach((host, at) => {
      ip(host, 'link', 'set', WIRE, 'up');
      ip(host, 'addr', 'add', `fd88::${at + 1}/64`, 'dev', WIRE, 'nodad');
    });
  }

  /** Starts peers on a host; what they hear is kept. */
  function listen(host, at) {
    const peer = host.spawn(process.execPath, [join(LIB, 'echo-peer.mjs'), String(PORT), ...at], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => peer.once('exit', resolve));
    scene.onClose(() => (process.kill(-peer.pid, 'SIGKILL'), ended));
    return new Promise((resolve, reject) => {
      peer.once('exit', () => reject(new Error(`the peers of ${host.name} ended`)));
      createInterface({ input: peer.stdout }).on('line', (line) => (line === 'listening' ? resolve() : heard.push(line)));
    });
  }

  /** Tries to reach these by one allocation. */
  function attempt(user, targets) {
    const attempts = client.spawn(process.execPath, [join(LIB, 'turn-client.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
    attempts.stdin.end(`${JSON.stringify({ server: scene.server.host.address, port: 3478, secret, user, targets })}\n`);
    return new Promise((resolve, reject) => {
      attempts.once('exit', (code) => reject(new Error(`the client ended with ${code}`)));
      createInterface({ input: attempts.stdout }).on('line', (line) => resolve(JSON.parse(line)));
    });
  }

  it('no forbidden family is reached in any encoding, while its allowed neighbour exchanges data', scene.test(async (t) => {
    const families = { ...FAMILIES, ...LOCAL };
    const own = scene.server.host;
    const forbidden = [
      ...Object.entries(families).flatMap(([family, [address]]) => everyWay(family, address)),
      ...Object.entries(SHARED).flatMap(([family, address]) => everyWay(family, address)),
      ...Object.entries(FAMILIES6).map(([family, [address]]) => wide(family, address)),
      ...Object.entries(SHARED6).map(([family, address]) => wide(family, address)),
    ];
    const allowed = [
      ...Object.entries(families).map(([family, [, address]]) => plain(`${family}, allowed`, address)),
      ...Object.entries(FAMILIES6).map(([family, [, address]]) => wide(`${family}, allowed`, address)),
    ];

    const refused = await attempt('mallory', forbidden);
    const control = await attempt('ann', allowed);
    const itself = await attempt('eve', [plain('the server itself', own.address), wide('the server itself, 6', own.address6)]);

    assert.equal(refused.allocated, 0);
    for (const { name, permit, bind } of refused.results) {
      assert.deepEqual([permit, bind], [FORBIDDEN, FORBIDDEN], name);
    }
    for (const { name } of allowed) {
      for (const way of ['indication', 'channel']) {
        assert.ok(control.received.includes(`${name} by ${way}`), `${name} by ${way} came back; ${JSON.stringify(control)}`);
      }
    }
    // A permission for the relay's own address is right, since others are relayed there; data for its services goes nowhere.
    assert.deepEqual(itself.results.map(({ permit }) => permit), [0, 0]);
    assert.deepEqual(itself.received, []);
    const reached = heard.filter((line) => !line.includes(', allowed by '));
    assert.deepEqual(reached, []);
    const ways = 1 + Object.keys(ENCODINGS).length;
    const [ofIpv4, ofIpv6] = [[families, SHARED], [FAMILIES6, SHARED6]].map((all) => all.flatMap(Object.keys).length);
    t.diagnostic(`${ofIpv4} families of IPv4 x ${ways} ways of writing, ${ofIpv6} of IPv6: ${forbidden.length} targets, 0 reached; `
      + `${allowed.length} allowed peers answered`);
  }));
});
