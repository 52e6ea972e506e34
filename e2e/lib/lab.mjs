// Hosts in network namespaces, by netlab's lines of JSON. When this process dies, netlab's standard input closes and
// it ends everything that runs in the namespaces.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Agent } from './agent-handle.mjs';
import { java25, needLab, netlabClasses, program } from './needs.mjs';

const START_MS = 20_000;

export class Lab {
  #process;
  #waiting = new Map();
  #nextId = 1;
  #agents = [];
  #hosts = new Map();

  /** Starts an empty lab. */
  static async start() {
    needLab();
    const lab = new Lab();
    const arguments_ = ['--enable-native-access=ALL-UNNAMED', '-Xmx128m', '-XX:TieredStopAtLevel=1'];
    lab.#process = spawn(java25(), [...arguments_, '-cp', netlabClasses(), 'dev.duet.netlab.Main', 'duete2e'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`netlab did not start within ${START_MS} ms`)), START_MS);
      lab.#process.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`netlab ended with ${code}`));
        lab.#waiting.forEach((waiting) => waiting.reject(new Error(`netlab ended with ${code}`)));
      });
      createInterface({ input: lab.#process.stdout }).on('line', (line) => {
        clearTimeout(timer);
        lab.#answered(JSON.parse(line), resolve);
      });
    });
    return lab;
  }

  /** The host of this name; it is made when first asked for. */
  async host(name) {
    const known = this.#hosts.get(name);
    if (known !== undefined) {
      return known;
    }
    const made = await this.#ask({ op: 'host', name });
    const host = new Host(this, name, made);
    this.#hosts.set(name, host);
    return host;
  }

  /** Sets `delayMs`, `jitterMs`, `loss`, `duplication`, `blackout` of a host's link. */
  link(host, change) {
    return this.#ask({ op: 'link', host, ...change });
  }

  move(host) {
    return this.#ask({ op: 'move', host });
  }

  counters(host) {
    return this.#ask({ op: 'counters', host });
  }

  /** A process of this program inside the host's namespace. */
  agent(host) {
    const agent = new Agent(host);
    this.#agents.push(agent);
    return agent;
  }

  async close() {
    await Promise.all(this.#agents.map((agent) => agent.close()));
    if (this.#process.exitCode === null) {
      const exited = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.stdin.end();
      await exited;
    }
  }

  #ask(request) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  #answered(answer, ready) {
    if (answer.ready) {
      ready();
      return;
    }
    const { resolve, reject } = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) {
      resolve(answer);
    } else {
      reject(new Error(`netlab: ${answer.error}`));
    }
  }
}

export class Host {
  #lab;

  constructor(lab, name, { namespace, address, address6 }) {
    this.#lab = lab;
    this.name = name;
    this.namespace = namespace;
    this.address = address;
    this.address6 = address6;
  }

  link(change) {
    return this.#lab.link(this.name, change);
  }

  /** Goes into another network: other addresses take the place of those it has. */
  async move() {
    const { address, address6 } = await this.#lab.move(this.name);
    Object.assign(this, { address, address6 });
  }

  counters() {
    return this.#lab.counters(this.name);
  }

  agent() {
    return this.#lab.agent(this);
  }

  /** Starts a program in the namespace, as the leader of a process group. */
  spawn(command, arguments_, options) {
    return spawn(program('ip'), ['netns', 'exec', this.namespace, command, ...arguments_], { detached: true, ...options });
  }
}
