// The operator's manual, run: every block and command of docs/operate.md about proxies, containers and services is taken out of it and
// used as it stands there, and then with another port and another path. Each carries a call by relay only, of people who may use
// nothing but the ports that the manual opens for them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { wholeCall } from './lib/call.mjs';
import { restrict, unrestrict } from './lib/firewall.mjs';
import { changed, ManualHost, NAMES, sections, words } from './lib/manual.mjs';
import { program } from './lib/needs.mjs';
import { usesRelay } from './lib/relayed.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

const MANUAL = sections();
const PROXIES = {
  nginx: { needs: 'nginx', run: 'nginx -g "daemon off;"', relayPort: (port) => port },
  HAProxy: { needs: 'haproxy', run: 'haproxy -f /etc/haproxy/haproxy.cfg', relayPort: (port) => port },
  Caddy: { needs: 'caddy', run: 'caddy run --config /etc/caddy/Caddyfile --adapter caddyfile', relayPort: () => 5349 },
  Apache: {
    needs: 'apache2',
    run: 'for module in proxy proxy_http ssl headers socache_shmcb; do '
      + 'a2enmod --quiet $module > /dev/null; done; . /etc/apache2/envvars; exec apache2 -D FOREGROUND',
    relayPort: () => 5349,
    command: 'Caddy',
  },
};
const PLACES = [
  { port: 443, path: '/video/' },
  { port: 9443, path: '/video/' },
  { port: 443, path: '/' },
  { port: 9443, path: '/' },
];
const PEOPLE = ['chromium', 'firefox'];

/** A scene whose server is set up by hand, and whose people know it by the manual's names. */
async function open(scene) {
  await scene.open({
    async start(lab) {
      const host = await lab.host('server');
      const manual = new ManualHost(lab, host);
      manual.name();
      scene.authorities.push(manual.authority);
      return Object.assign(manual, { url: `https://${NAMES[0]}`, host });
    },
  });
  scene.onClose(() => scene.server.close());
}

async function relayedCall(scene, url, ports, protocol) {
  const [ann, bo] = await Promise.all(PEOPLE.map((kind, i) => scene.person(['ann', 'bo'][i], kind, i + 1, {
    watch: {}, resolve: { names: NAMES, address: scene.server.host.address },
  })));
  [ann, bo].forEach(({ host }) => restrict(host, scene.server.host, ports));
  try {
    return await wholeCall(ann, bo, `${url}?relay=only`, {
      during: () => Promise.all([usesRelay(ann, protocol), usesRelay(bo, protocol)]),
    });
  } finally {
    [ann, bo].forEach(({ host }) => unrestrict(host));
  }
}

describe('the manual: proxies', { timeout: 900_000 }, () => {
  const scene = new Scene('manual-proxies');
  before(() => open(scene));
  after(() => scene.close());

  for (const [proxy, { needs, run, relayPort, command = proxy }] of Object.entries(PROXIES).slice(0, SHORT ? 1 : undefined)) {
    for (const place of PLACES.slice(0, SHORT ? 1 : undefined)) {
      it(`${proxy} on ${place.port} at ${place.path}`, scene.test(async (t) => {
        const { server } = scene;
        program(needs);
        const blocks = MANUAL.get(proxy).blocks.filter(({ language }) => language !== 'sh');
        assert.ok(blocks.length > 0 && blocks.every(({ path }) => path !== undefined), `blocks of ${proxy} with a path`);
        blocks.forEach((block) => server.write({ ...block, text: changed(block.text, place) }));
        if (proxy === 'Apache') {
          server.edit('/etc/apache2/ports.conf', (text) => changed(text, place));
        }
        const duet = changed(MANUAL.get(command).blocks.find(({ language }) => language === 'sh').text, place);
        const path = place.path !== '/' && !duet.includes('--base-path') ? ` --base-path ${place.path.slice(0, -1)}` : '';
        try {
          const front = server.start(`exec ${run}`.replace(/^exec for/, 'for'));
          await server.listens(place.port, front);
          const started = server.start(`exec ${duet.trim()}${path}`);
          await server.listens(8080, started);
          const since = await server.passes(place.port);
          const url = `https://${NAMES[0]}${place.port === 443 ? '' : `:${place.port}`}${place.path}`;
          t.diagnostic(await relayedCall(scene, url, { tcp: [place.port, relayPort(place.port)] }, 'tls'));
          assert.doesNotMatch(server.log.slice(since), /relay-url-fails/);
        } finally {
          await server.stop();
        }
      }));
    }
  }
});

describe('the manual: a container behind its bridge', { timeout: 300_000 }, () => {
  const scene = new Scene('manual-container');
  const inner = { namespace: 'duete2e-container' };
  const ip = (...arguments_) => execFileSync(program('ip'), arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });

  before(() => open(scene));
  after(async () => {
    await scene.close();
    execFileSync('bash', ['-c', `ip netns delete ${inner.namespace} 2>/dev/null; true`]);
  });

  it('docker run', scene.test(async (t) => {
    const { server } = scene;
    const text = MANUAL.get('In a container').blocks.find(({ language }) => language === 'sh').text
      .replaceAll('203.0.113.7', server.host.address);
    const command = words(text);
    const published = command.flatMap((word, i) => (word === '--publish' ? [command[i + 1]] : []));
    // What a bridge of containers is: an address behind the host's own, its ports led in, what leaves masqueraded.
    const outside = server.host.namespace;
    ip('netns', 'add', inner.namespace);
    ip('link', 'add', 'docker0', 'netns', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', inner.namespace);
    ip('-n', outside, 'address', 'add', '172.17.0.1/16', 'dev', 'docker0');
    ip('-n', outside, 'link', 'set', 'docker0', 'up');
    ip('-n', inner.namespace, 'address', 'add', '172.17.0.2/16', 'dev', 'eth0');
    ['lo', 'eth0'].forEach((name) => ip('-n', inner.namespace, 'link', 'set', name, 'up'));
    ip('-n', inner.namespace, 'route', 'add', 'default', 'via', '172.17.0.1');
    const ports = published.map((word) => word.match(/^(\d+):(\d+)(?:\/(udp))?$/));
    const rules = ports.map(([, from, to, udp]) => `ip daddr ${server.host.address} ${udp ?? 'tcp'} dport ${from} dnat ip to 172.17.0.2:${to}`);
    execFileSync(program('ip'), ['netns', 'exec', outside, program('nft'), '-f', '-'], { input: `table inet container {
      chain in { type nat hook prerouting priority dstnat; ${rules.join('; ')}; }
      chain out { type nat hook postrouting priority srcnat; ip saddr 172.17.0.0/16 masquerade; }\n}\n` });
    ip('netns', 'exec', outside, 'sysctl', '-q', '-w', 'net.ipv4.ip_forward=1');

    const image = command.indexOf('duet', command.indexOf('--publish'));
    const started = server.start(`exec duet ${command.slice(image + 1).join(' ')}`, { ...inner, spawn: server.host.spawn.bind(inner) });
    await server.listens(80, started, inner);
    const { status, body } = await server.fetch(`http://127.0.0.1:80/trust/ca.pem`, inner);
    assert.equal(status, 200);
    scene.authorities.push(body);
    t.diagnostic(await relayedCall(scene, `https://${server.host.address}/`, { tcp: [443], udp: [3478] }, 'udp'));
    await server.stop();
  }));
});

describe('the manual: a service', () => {
  const [unit, install] = ['ini', 'sh'].map((wanted) => MANUAL.get('As a service').blocks.find(({ language }) => language === wanted).text);

  it('systemd takes the unit, can enable it, and finds it safe', () => {
    const folder = mkdtempSync(join(tmpdir(), 'duet-unit-'));
    try {
      const file = join(folder, 'duet.service');
      writeFileSync(file, unit.replace('/opt/duet/bin/duet', '/bin/true'));
      const verified = execFileSync(program('systemd-analyze'), ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' });
      assert.equal(verified.trim(), '');
      const said = execFileSync(program('systemd-analyze'), ['security', '--offline=true', '--no-pager', '--threshold=30', file], { encoding: 'utf8' });
      assert.match(said, /Overall exposure level for duet\.service: [0-2]\.\d|: 3\.0/);
      assert.match(unit, /^WantedBy=multi-user\.target$/m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('the paragraph that installs it leads to what the unit starts', () => {
    assert.match(install, /ln -sfn duet-[\w.-]+ \/opt\/duet/);
    assert.match(install, /useradd .* duet$/m);
    const path = unit.match(/^ExecStart=(\S+)/m)[1];
    assert.equal(path, '/opt/duet/bin/duet');
  });
});
