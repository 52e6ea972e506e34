// A server on loopback, for clients that need no browser and so no host of their own.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TARGET } from './needs.mjs';
import { unpack } from './package.mjs';

const READY_MS = 60_000;
const STOP_MS = 15_000;

export class LocalServer {
  #process;
  #exited;
  #remove;
  #command;
  #file;
  #log = [];
  #kill = () => this.#process.kill('SIGKILL');

  /** The packaged product, over plain http. */
  static async duet(name, more = []) {
    const { command, remove } = unpack();
    const data = mkdtempSync(join(tmpdir(), 'duet-data-'));
    const port = await freePort();
    const arguments_ = ['--tls', 'off', '--http', 'serve', '--host', '127.0.0.1', '--http-port', port, '--data-dir', data];
    const clean = () => {
      remove();
      rmSync(data, { recursive: true, force: true });
    };
    const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
    return LocalServer.#start(name, [...command, ...arguments_, ...more], { port, ready, clean });
  }

  /** Node's own socket.io as a course server, perhaps with a fault. */
  static async node(name, fault = []) {
    const program = fileURLToPath(new URL('course-server.mjs', import.meta.url));
    return LocalServer.listening(name, (port) => [process.execPath, program, port, ...fault]);
  }

  /** A program that says `listening` when it is; the command is made of the port. */
  static async listening(name, commandOf) {
    const port = await freePort();
    const ready = (log) => log.includes('listening');
    return LocalServer.#start(name, commandOf(port), { port, ready, clean: () => undefined });
  }

  static async #start(name, [program, ...arguments_], { port, ready, clean }) {
    const server = new LocalServer();
    server.port = port;
    server.url = `http://127.0.0.1:${port}`;
    server.#remove = clean;
    mkdirSync(TARGET, { recursive: true });
    server.logFile = join(TARGET, `${name}-server.log`);
    server.#file = createWriteStream(server.logFile);
    server.#command = { program, arguments: arguments_.map(String), ready };
    process.once('exit', server.#kill);
    try {
      await server.#spawn();
    } catch (error) {
      await server.stop().catch(() => undefined);
      throw error;
    }
    return server;
  }

  /** What it has printed, before and after restarts. */
  get log() {
    return this.#log.join('');
  }

  /** Kills Duet in the middle of whatever it does, and starts it once more with the same data and port; returns when it is ready. */
  async killAndRestart() {
    this.#kill();
    await this.#exited;
    await this.#spawn();
  }

  async #spawn() {
    const { program, arguments: arguments_, ready } = this.#command;
    this.#process = spawn(program, arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (data) => {
        this.#log.push(String(data));
        this.#file.write(data);
      });
    }
    this.#exited = new Promise((resolve) => this.#process.once('exit', (code, signal) => resolve(code ?? signal)));
    await this.#ready(ready);
  }

  /** Asks it to stop, and fails if it does not do so in time and in order. */
  async stop() {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(this.#kill, STOP_MS);
    const how = await this.#exited;
    clearTimeout(timer);
    process.off('exit', this.#kill);
    this.#remove();
    // 143 is what a JVM says that ended because of SIGTERM.
    if (how !== 0 && how !== 143 && how !== 'SIGTERM') {
      throw new Error(`the server did not end well on SIGTERM: ${how}; its log: ${this.logFile}`);
    }
  }

  async #ready(ready) {
    const started = Date.now();
    let ended;
    this.#exited.then((how) => {
      ended = how;
    });
    while (Date.now() - started < READY_MS) {
      if (ended !== undefined) {
        throw new Error(`the server ended with ${ended} before it was ready:\n${this.log}`);
      }
      if (await Promise.resolve(this.log).then(ready).catch(() => false)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server was not ready within ${READY_MS} ms; its log: ${this.logFile}`);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
