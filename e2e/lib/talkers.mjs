// This side of a process with participants in it, and what their logs must say.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, TARGET } from './needs.mjs';

const PROGRAM = fileURLToPath(new URL('talker-process.mjs', import.meta.url));
const LOGS = join(TARGET, 'streams');
const LOOK_MS = 25;

/** The client core as it is in the page, bundled for Node; returns the file. The logs of earlier runs go. */
export async function bundleSession() {
  rmSync(LOGS, { recursive: true, force: true });
  mkdirSync(LOGS, { recursive: true });
  if (!existsSync(join(ROOT, 'web', 'node_modules', 'esbuild'))) {
    throw new Error(`esbuild is not installed: npm ci --prefix ${join(ROOT, 'web')}`);
  }
  const { build } = createRequire(join(ROOT, 'web', 'package.json'))('esbuild');
  const outfile = join(TARGET, 'session.mjs');
  const entry = join(ROOT, 'web', 'client', 'src', 'session.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  return outfile;
}

export class Talkers {
  #process;
  #waiting = new Map();
  #nextId = 1;

  static async start(bundle) {
    const talkers = new Talkers();
    talkers.#process = spawn(process.execPath, [PROGRAM, bundle], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await new Promise((resolve, reject) => {
      talkers.#process.once('message', resolve);
      talkers.#process.once('exit', (code) => reject(new Error(`the participants' process ended with ${code}`)));
    });
    talkers.#process.on('message', (answer) => talkers.#answered(answer));
    talkers.#process.on('exit', (code, signal) => talkers.#ended(code ?? signal));
    process.once('exit', () => talkers.#process.kill('SIGKILL'));
    return talkers;
  }

  /** A participant that joins this room; `who` is another one for each page in it. */
  async open(who, { url, room, resume }) {
    const name = `${room}-${who}`;
    const log = join(LOGS, `${name}.log`);
    await this.call('open', name, { url, room, instance: who, resume, log });
    return new RemoteTalker(this, name, log);
  }

  call(name, ...arguments_) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, name });
      this.#process.send({ id, name, arguments: arguments_ });
    });
  }

  /** Stops all of the process in the middle of whatever it does, as a phone does with a page. */
  freeze() {
    this.#process.kill('SIGSTOP');
  }

  thaw() {
    this.#process.kill('SIGCONT');
  }

  async close() {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exited;
  }

  #answered({ id, result, error }) {
    const { resolve, reject, name } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${name}: ${error}`));
  }

  #ended(how) {
    for (const { reject, name } of this.#waiting.values()) reject(new Error(`${name}: the process ended (${how})`));
    this.#waiting.clear();
  }
}

class RemoteTalker {
  #talkers;
  #log;

  constructor(talkers, name, log) {
    this.#talkers = talkers;
    this.name = name;
    this.#log = log;
  }

  state() {
    return this.#talkers.call('state', this.name);
  }

  join() {
    return this.#talkers.call('join', this.name);
  }

  say(count) {
    return this.#talkers.call('say', this.name, count);
  }

  talk(count, perSecond) {
    return this.#talkers.call('talk', this.name, count, perSecond);
  }

  close() {
    return this.#talkers.call('close', this.name);
  }

  /** Its state as soon as it is as wished; what it is like then is in the error. */
  async until(what, wished, withinMs = 10_000) {
    const endMs = Date.now() + withinMs;
    for (;;) {
      const state = await this.state();
      if (wished(state)) return state;
      if (Date.now() > endMs) {
        const { told, ...rest } = state;
        throw new Error(`${this.name}: not ${what} within ${withinMs} ms; ${JSON.stringify(rest)}; told ${JSON.stringify(told.slice(-8))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** What it wrote down; whole when it is closed. */
  get log() {
    return readFileSync(this.#log, 'utf8');
  }
}

/** What went wrong between two logs, and the figures: every thing said arrives once and in order, or is reported. */
export function compare(senderLog, receiverLog) {
  const said = entries(senderLog, 'sent').map(([n]) => n);
  const arrived = entries(receiverLog, 'received').map(([n]) => n);
  const reported = new Map();
  const faults = [];
  for (const [n, why] of entries(senderLog, 'reported')) {
    if (reported.has(n)) faults.push(`${n} was reported twice`);
    reported.set(n, why);
  }
  const known = new Set(said);
  const seen = new Set();
  let last = -1;
  for (const n of arrived) {
    if (!known.has(n)) faults.push(`${n} was never said`);
    else if (seen.has(n)) faults.push(`${n} arrived twice`);
    else if (n < last) faults.push(`${n} arrived after ${last}`);
    seen.add(n);
    last = Math.max(last, n);
  }
  for (const n of said) {
    const why = reported.get(n);
    if (!seen.has(n) && why === undefined) faults.push(`${n} is lost without a word`);
    // These say for certain that it did not arrive.
    if (seen.has(n) && (why === 'full' || why === 'refused')) faults.push(`${n} arrived and was reported: ${why}`);
  }
  return { faults, said: said.length, delivered: seen.size, reported };
}

function entries(log, word) {
  return log
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([first]) => first === word)
    .map(([, n, why]) => [Number(n), why]);
}
