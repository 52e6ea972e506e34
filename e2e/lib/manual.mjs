// The blocks and commands of the operator's manual, taken out of it, and run as they stand there: at the paths they name, in a
// network namespace where the names they name lead to its host.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Agent } from './agent-handle.mjs';
import { makeCertificate } from './authority.mjs';
import { program, ROOT } from './needs.mjs';
import { defaultCommand } from './server-under-test.mjs';

const START_MS = 60_000;
export const NAMES = ['example.org', 'turn.example.org'];
const LETSENCRYPT = '/etc/letsencrypt';

/** The sections of the manual by their headings, each with its text and its blocks `{ language, path, text, before }`. */
export function sections() {
  const found = new Map();
  let section;
  let before = '';
  let block;
  for (const line of readFileSync(join(ROOT, 'docs', 'operate.md'), 'utf8').split('\n')) {
    const fence = line.match(/^```(\w*)/);
    if (block !== undefined) {
      if (fence) {
        section.blocks.push(block);
        block = undefined;
        before = '';
      } else {
        block.text += `${line}\n`;
      }
    } else if (fence) {
      const path = [...before.matchAll(/`(\/etc\/[^`]+)`/g)].at(-1)?.[1];
      block = { language: fence[1], path, before, text: '' };
    } else if (/^#{2,3} /.test(line)) {
      section = { text: '', blocks: [] };
      found.set(line.replace(/^#+ /, ''), section);
      before = '';
    } else if (section !== undefined) {
      before += `${line}\n`;
      section.text += `${line}\n`;
    }
  }
  return found;
}

/** The words of a shell command, without quotes and continued lines. */
export function words(command) {
  return [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
}

/** What a reader who has another port and another path makes of a block. */
export function changed(text, { port, path }) {
  const base = path === '/' ? '' : path.slice(0, -1);
  return text
    .replace(/(?<![\d.])443(?!\d)/g, String(port))
    .replace(/ --base-path \/video/g, base === '' ? '' : ` --base-path ${base}`)
    .replaceAll('handle /video/*', base === '' ? 'handle' : `handle ${base}/*`)
    .replaceAll('/video/', `${base}/`);
}

/** A host that is set up as the manual says: its files, its names, its programs. */
export class ManualHost {
  #processes = [];
  #folder = mkdtempSync(join(tmpdir(), 'duet-manual-'));
  #names;
  #log = [];

  constructor(lab, host) {
    this.lab = lab;
    this.host = host;
    const live = join(this.#folder, 'letsencrypt', 'live', 'example.org');
    mkdirSync(live, { recursive: true });
    const { certificate, key, authority } = makeCertificate(live, host.address, NAMES.join(',DNS:'));
    this.authority = authority;
    cpSync(certificate, join(live, 'fullchain.pem'));
    cpSync(key, join(live, 'privkey.pem'));
    mkdirSync(join(this.#folder, 'bin'));
    const command = defaultCommand().map((word) => `'${word}'`).join(' ');
    writeFileSync(join(this.#folder, 'bin', 'duet'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }

  get log() {
    return this.#log.join('');
  }

  /** The manual's names lead here, for programs of this host. */
  name() {
    this.#names = `/etc/netns/${this.host.namespace}`;
    mkdirSync(this.#names, { recursive: true });
    const lines = ['127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${hostname()}`,
      ...NAMES.map((name) => `${this.host.address} ${name}`)];
    writeFileSync(join(this.#names, 'hosts'), `${lines.join('\n')}\n`);
  }

  /** Writes a block to the path it names, over what the Debian package put there. */
  write({ path, text, before }) {
    const [, , top] = path.split('/');
    const copy = join(this.#folder, 'etc', top);
    if (!existsSync(copy)) {
      cpSync(join('/etc', top), copy, { recursive: true, verbatimSymlinks: true });
      for (const site of ['sites-enabled/default', 'sites-enabled/000-default.conf']) {
        rmSync(join(copy, site), { force: true });
      }
    }
    const file = join(this.#folder, path);
    mkdirSync(dirname(file), { recursive: true });
    const whole = /At the end of/.test(before) ? readFileSync(file, 'utf8') + text : text;
    writeFileSync(file, whole);
  }

  /** Edits a file that the manual does not print, as a reader would. */
  edit(path, change) {
    const file = join(this.#folder, path);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  /** Runs a shell command here, its files in place; returns the process. */
  start(command, host = this.host) {
    const mounts = [`mkdir -p ${LETSENCRYPT}`, `mount --bind ${join(this.#folder, 'letsencrypt')} ${LETSENCRYPT}`];
    for (const top of existsSync(join(this.#folder, 'etc')) ? ['nginx', 'haproxy', 'caddy', 'apache2'] : []) {
      const copy = join(this.#folder, 'etc', top);
      if (existsSync(copy)) {
        mounts.push(`mount --bind ${copy} /etc/${top}`);
      }
    }
    mounts.push('mount -t tmpfs tmpfs /run', 'mount -t tmpfs tmpfs /var/log', 'mkdir -p /var/log/nginx /var/log/apache2 /run/apache2');
    const script = `set -e; ${mounts.join('; ')}; export HOME=${this.#folder} PATH=${join(this.#folder, 'bin')}:$PATH:/usr/sbin; ${command}`;
    const started = host.spawn('unshare', ['--mount', '--propagation', 'private', 'bash', '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.push(started);
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (data) => this.#log.push(String(data)));
    }
    return started;
  }

  /** Waits until somebody listens on this TCP port. */
  async listens(port, started, host = this.host) {
    const deadline = Date.now() + START_MS;
    const inside = ['netns', 'exec', host.namespace, 'bash', '-c', `</dev/tcp/127.0.0.1/${port}`];
    while (spawnSync(program('ip'), inside, { stdio: 'ignore' }).status !== 0) {
      if (Date.now() > deadline || started.exitCode !== null) {
        throw new Error(`nobody listens on ${port}: ${this.log.slice(-2_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /**
   * Waits until the page answers through what is in front, and until Duet has found its relay where it tells browsers to look, as an
   * operator would wait: a proxy may look at what is behind it only now and then. Returns where the log is then.
   */
  async passes(port) {
    const deadline = Date.now() + START_MS;
    const asks = `echo | ${program('openssl')} s_client -connect 127.0.0.1:${port} -servername ${NAMES[0]}`;
    const inside = ['netns', 'exec', this.host.namespace, 'bash', '-c', asks];
    const fails = () => (this.log.match(/relay-url-(fails|answers)/g) ?? []).at(-1) === 'relay-url-fails';
    while (spawnSync(program('ip'), inside, { stdio: 'ignore' }).status !== 0 || fails()) {
      if (Date.now() > deadline) {
        throw new Error(`nothing passes ${port}: ${this.log.slice(-2_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return this.log.length;
  }

  /** A request from one of its namespaces. */
  async fetch(url, host = this.host) {
    const agent = new Agent(host);
    try {
      return await agent.call('fetch', url);
    } finally {
      await agent.close();
    }
  }

  /** Ends everything that was started, the last first, and takes the files away. */
  async stop() {
    for (const started of this.#processes.splice(0).reverse()) {
      if (started.exitCode === null && started.signalCode === null) {
        const exited = new Promise((resolve) => started.once('exit', resolve));
        process.kill(-started.pid, 'SIGTERM');
        const timer = setTimeout(() => process.kill(-started.pid, 'SIGKILL'), 15_000);
        await exited;
        clearTimeout(timer);
      }
    }
    rmSync(join(this.#folder, 'etc'), { recursive: true, force: true });
  }

  async close() {
    await this.stop();
    if (this.#names !== undefined) {
      rmSync(this.#names, { recursive: true, force: true });
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
