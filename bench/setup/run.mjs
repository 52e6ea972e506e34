// How long it takes from the click to the picture, Duet beside a course's page and PeerJS: ./dev bench setup.
//   node run.mjs [--rounds N] [--delay MS] [--idle MS] [--only SYSTEM]... [--old FOLDER] [--keep]
// `--idle` is how long B looks at the page before the click; Node's servers close a connection that has been idle for 5 s.
// `--old` names another checkout, built: its server and SDK are measured in the same run.
// `--keep` adds to the calls that an earlier run with this delay has measured.

import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCertificate } from '../../e2e/lib/authority.mjs';
import { Lab } from '../../e2e/lib/lab.mjs';
import { program, ROOT } from '../../e2e/lib/needs.mjs';
import { device } from '../../e2e/lib/pattern.mjs';
import { ServerUnderTest } from '../../e2e/lib/server-under-test.mjs';
import { measure } from './call.mjs';
import { installClock } from './in-page.mjs';
import { OLD, SYSTEMS } from './systems.mjs';
import { tables } from './tables.mjs';

const PORTS = { duet: 8443, course: 9443, peerjs: 9444, old: 8543 };
/** The old build's other ports, beside those that the new one has without being told. */
const OLD_PORTS = ['--http-port', '8580', '--relay-port', '3578', '--relay-ports', '40000-48000'];
const FRAMES_PER_SECOND = 30;
const TARGET = join(ROOT, 'target', 'bench');

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '31' },
    delay: { type: 'string', default: '0' },
    idle: { type: 'string', default: '400' },
    only: { type: 'string', multiple: true },
    old: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const [rounds, delayMs, idleMs] = [values.rounds, values.delay, values.idle].map(Number);
const names = values.only ?? Object.keys(SYSTEMS).filter((name) => values.old !== undefined || OLD[name] === undefined);
const unknown = names.filter((name) => SYSTEMS[name] === undefined || (OLD[name] !== undefined && values.old === undefined));
if (!(rounds >= 2) || !(delayMs >= 0) || !(idleMs >= 0) || unknown.length > 0) {
  console.error('--rounds from 2 on, as the first is thrown away; --delay and --idle from 0 on');
  console.error(`--only one of ${Object.keys(SYSTEMS).join(', ')}; those of old only with --old`);
  process.exit(2);
}

const file = join(TARGET, `setup-${delayMs}-${idleMs}.jsonl`);
mkdirSync(TARGET, { recursive: true });
if (!values.keep) {
  rmSync(file, { force: true });
}

const folder = mkdtempSync(join(tmpdir(), 'duet-setup-'));
const closing = [() => rmSync(folder, { recursive: true, force: true })];
let failures = 0;
try {
  const { a, b, address } = await scene();
  await allRounds(a, b, address);
} finally {
  for (const close of closing.reverse()) {
    await close();
  }
}
const measured = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
console.log(tables(measured, { delayMs, idleMs, machine: `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}` }));
if (failures > 0) {
  console.error(`bench: ${failures} calls did not come about`);
  process.exit(1);
}

/** Two browsers and the servers, each on a host of its own, and half of the delay on both links of each way. */
async function scene() {
  const lab = await Lab.start();
  closing.push(() => lab.close());
  const host = await lab.host('server');
  const { certificate, key, authority } = makeCertificate(folder, host.address);
  const serve = async (name, root, ...more) => {
    const server = await ServerUnderTest.start(lab, {
      name: `bench-setup-${name}`, command: [join(root, 'target', 'duet', 'bin', 'duet')],
      arguments: ['--pages', pages(name, root), '--cert', certificate, '--key', key, '--https-port', String(PORTS[name]), ...more],
      ...(more.length === 0 ? {} : { readyUrl: `http://127.0.0.1:${more[1]}/readyz` }),
    });
    closing.push(() => server.stop());
  };
  await serve('duet', ROOT);
  if (values.old !== undefined) {
    await serve('old', resolve(values.old), ...OLD_PORTS);
  }
  await startPeers(host, certificate, key);
  const person = async (name, number, other) => {
    const agent = (await lab.host(name)).agent();
    const script = { code: String(installClock), argument: { cells: device(other).cells } };
    await agent.call('launch', {
      kind: 'chromium', authorities: [authority], device: { ...device(number), framesPerSecond: FRAMES_PER_SECOND }, script,
    });
    return agent;
  };
  const [a, b] = await Promise.all([person('ann', 1, 2), person('bo', 2, 1)]);
  for (const name of ['server', 'ann', 'bo']) {
    await (await lab.host(name)).link({ delayMs: delayMs / 2 });
  }
  return { a, b, address: host.address };
}

async function allRounds(a, b, address) {
  for (let round = 0; round < rounds; round++) {
    const turn = names.map((_, i) => names[(i + round) % names.length]);
    for (const name of turn) {
      const { page, server = page, way, ...ready } = SYSTEMS[name];
      const url = `https://${address}:${PORTS[server]}/${page}.html?way=${way}&room=${name}-${Date.now()}`;
      try {
        const call = await measure(a, b, url, { idleMs, ...ready });
        console.log(`${round} ${name} ${Math.round(call.bothMs)} ms`);
        if (round > 0) {
          appendFileSync(file, `${JSON.stringify({ system: name, ...call })}\n`);
        }
      } catch (error) {
        failures += 1;
        console.log(`${round} ${name} ${error.message}`);
      }
    }
  }
}

/** The bench's page with a build's SDK in it, as an application would ship it. */
function pages(name, root) {
  const { buildSync } = createRequire(join(ROOT, 'web', 'package.json'))('esbuild');
  const source = fileURLToPath(new URL('pages', import.meta.url));
  const target = join(folder, name);
  cpSync(join(source, 'duet.html'), join(target, 'duet.html'));
  buildSync({
    entryPoints: { duet: join(source, 'duet.src.js') },
    alias: { '@duet/client': join(root, 'web', 'client', 'src', 'index.ts') },
    outdir: target, bundle: true, minify: true, format: 'esm', splitting: true, target: 'chrome109', logLevel: 'warning',
  });
  return target;
}

function startPeers(host, certificate, key) {
  const arguments_ = [host.address, PORTS.course, PORTS.peerjs, certificate, key].map(String);
  const script = fileURLToPath(new URL('peers.mjs', import.meta.url));
  const started = spawn(program('ip'), ['netns', 'exec', host.namespace, process.execPath, script, ...arguments_], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  closing.push(() => started.connected && started.disconnect());
  return new Promise((resolve, reject) => {
    started.stdout.once('data', resolve);
    started.once('exit', (code) => reject(new Error(`the peers ended with ${code}`)));
  });
}
