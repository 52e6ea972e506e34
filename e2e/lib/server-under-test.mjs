// Starts the product in the namespace of the host `server`, as a person would: a command, and then a page that answers.

import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, TARGET } from './needs.mjs';

const READY_MS = 60_000;
const STOP_MS = 20_000;
/** What its log says as soon as it listens. */
const LISTENS = 'event=started';

/** What is started unless a test says otherwise; E2E_COMMAND is a program and its first arguments. */
export function defaultCommand() {
  const command = (process.env.E2E_COMMAND || join(ROOT, 'duet')).split(' ');
  if (command[0].includes('/') && !existsSync(command[0])) {
    throw new Error(`${command[0]} is not there: build it first, or name another by E2E_COMMAND`);
  }
  return command;
}

export class ServerUnderTest {
  #spawn;
  #process;
  #agent;
  #data;
  #log = [];
  #exited;

  /**
   * Starts a server and waits until it is ready. `arguments`, perhaps made from its host, are added to the command's own;
   * `listen` is the address it listens on; `readyUrl` is seen from the server's own host.
   */
  static async start(lab, { command = defaultCommand(), arguments: more = [], listen = '0.0.0.0', readyUrl, name = 'server' } = {}) {
    const server = new ServerUnderTest();
    server.host = await lab.host('server');
    server.#agent = server.host.agent();
    server.#data = mkdtempSync(join(tmpdir(), 'duet-data-'));
    mkdirSync(TARGET, { recursive: true });
    server.logFile = join(TARGET, `${name}-server.log`);
    const file = createWriteStream(server.logFile);
    const [program, ...first] = command;
    const arguments_ = [...first, '--data-dir', server.#data, '--host', listen,
      ...(typeof more === 'function' ? more(server.host) : more)];
    server.#spawn = () => {
      server.#process = server.host.spawn(program, arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [server.#process.stdout, server.#process.stderr]) {
        stream.on('data', (data) => {
          if (String(data).includes(LISTENS)) {
            server.listensAtMs = Date.now();
          }
          server.#log.push(String(data));
          file.write(data);
        });
      }
      const started = server.#process;
      server.#exited = new Promise((resolve) => started.once('exit', (code, signal) => resolve({ code, signal })));
    };
    server.#spawn();
    process.once('exit', () => server.#kill());
    try {
      await server.#ready(readyUrl ?? 'http://127.0.0.1:8080/readyz');
    } catch (error) {
      await server.stop().catch(() => undefined);
      throw error;
    }
    return server;
  }

  /** What it has printed. */
  get log() {
    return this.#log.join('');
  }

  /** Its own page, from the other hosts. */
  get url() {
    return `https://${this.host.address}:8443`;
  }

  /** The authority it offers to its users. */
  async authority() {
    const { status, body } = await this.#agent.call('fetch', `http://${this.host.address}:8080/trust/ca.pem`);
    if (status !== 200 || !body.includes('BEGIN CERTIFICATE')) {
      throw new Error(`/trust/ca.pem answered ${status}: ${body.slice(0, 200)}`);
    }
    return body;
  }

  /** A request from its own host. */
  fetch(url) {
    return this.#agent.call('fetch', url);
  }

  /**
   * Ends it by this signal and starts it once more, with the same data and ports; returns how long the end took, and how long nobody
   * listened. `listensAtMs` is when it listens again.
   */
  async restart(signal) {
    const started = Date.now();
    if (signal === 'SIGKILL') {
      this.#kill();
    } else {
      this.#process.kill(signal);
    }
    const ended = await this.#exited;
    const endedAtMs = Date.now();
    if (signal === 'SIGTERM' && ended.code !== 0) {
      throw new Error(`the server ended with ${ended.code ?? ended.signal} on SIGTERM; its log: ${this.logFile}`);
    }
    this.#spawn();
    await this.#ready('http://127.0.0.1:8080/readyz');
    return { endMs: endedAtMs - started, gapMs: this.listensAtMs - endedAtMs };
  }

  /** Asks it to stop, and fails if it does not do so in time and in order. */
  async stop() {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#kill(), STOP_MS);
    const { code, signal } = await this.#exited;
    clearTimeout(timer);
    rmSync(this.#data, { recursive: true, force: true });
    await this.#agent.close();
    // 143 is what a JVM says that ended because of SIGTERM.
    if (code !== 0 && code !== 143 && signal !== 'SIGTERM') {
      throw new Error(`the server did not end well on SIGTERM: ${code ?? signal}; its log: ${this.logFile}`);
    }
  }

  async #ready(url) {
    const started = Date.now();
    let last = '';
    let ended;
    this.#exited.then((how) => {
      ended = how;
    });
    while (Date.now() - started < READY_MS) {
      if (ended !== undefined) {
        throw new Error(`the server ended with ${ended.code ?? ended.signal} before it was ready:\n${this.log}`);
      }
      try {
        const { status } = await this.#agent.call('fetch', url);
        if (status === 200) {
          return;
        }
        last = `answered ${status}`;
      } catch (error) {
        last = error.message.split('\n')[0];
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${url} was not ready within ${READY_MS} ms (${last}); the server's log: ${this.logFile}`);
  }

  #kill() {
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
