// This side of an agent: every call is a message, every answer comes back by its number.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('agent.mjs', import.meta.url));
const CLOSE_MS = 5_000;

export class Agent {
  #process;
  #waiting = new Map();
  #nextId = 1;

  constructor(host) {
    this.host = host;
    this.#process = spawn('ip', ['netns', 'exec', host.namespace, process.execPath, AGENT], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', (answer) => this.#answered(answer));
    this.#process.on('exit', (code, signal) => this.#ended(code ?? signal));
  }

  /** Calls one of the functions of agent.mjs. */
  call(name, ...arguments_) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, name });
      this.#process.send({ id, name, arguments: arguments_ }, (error) => error && reject(error));
    });
  }

  /** Ends the agent and, with it, its browser. */
  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
      return;
    }
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_MS);
    if (this.#process.connected) {
      this.#process.disconnect();
    }
    await exited;
    clearTimeout(timer);
  }

  #answered({ id, result, error }) {
    const { resolve, reject, name } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) {
      resolve(result);
    } else {
      reject(new Error(`${this.host.name}: ${name}: ${error}`));
    }
  }

  #ended(how) {
    for (const { reject, name } of this.#waiting.values()) {
      reject(new Error(`${this.host.name}: ${name}: the agent ended (${how})`));
    }
    this.#waiting.clear();
  }
}
