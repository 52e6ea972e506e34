// A client of the course dialect made with one of npm's socket.io-client versions. All it is told, and the end of its
// connection, goes into one queue, which a test takes from the front: what is lost, doubled, early or foreign is a failure.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The pinned versions: the course's own, the last of 2.x and 3.x, and today's. */
export const VERSIONS = ['2.0.3', '2.5.0', '3.1.3', '4.8.4'];

/** What a client is told of transports; by itself it starts with polling and changes to a WebSocket. */
export const MODES = {
  default: undefined,
  polling: ['polling'],
  websocket: ['websocket'],
};

const SHOWN_MAX = 200;

export class CourseClient {
  #queue = [];
  #waiting;
  #ending = false;
  #stepMs;
  #version;
  #id;
  #upgraded;
  /** How many numbered messages it sent and got before its connection was a WebSocket. */
  early = { sent: 0, received: 0 };

  /** Connects, and waits for nothing. `kind` is a version and a mode, as in "2.0.3 polling"; `more` are options of the client. */
  constructor(name, kind, url, stepMs = 5_000, more = {}) {
    const [version, mode] = kind.split(' ');
    this.#stepMs = stepMs;
    this.#version = version;
    this.name = `${name} (${kind})`;
    this.mode = mode;
    const transports = MODES[mode];
    this.socket = require(`socket.io-client-${version}`)(url, {
      forceNew: true,
      reconnection: false,
      timeout: stepMs,
      ...(transports === undefined ? {} : { transports }),
      ...more,
    });
    // All versions hand every event through here; `onAny` came with 3.x only.
    const deliver = this.socket.onevent.bind(this.socket);
    this.socket.onevent = (packet) => {
      this.#put(...packet.data);
      deliver(packet);
    };
    this.#upgraded = mode === 'default' ? happens(this.engine, 'upgrade').then(() => (this.upgraded = true)) : undefined;
    this.upgraded = mode !== 'default';
    for (const event of ['connect_error', 'error', 'disconnect']) {
      this.socket.on(event, (why) => this.#ending || this.#put(event, why?.message ?? why));
    }
  }

  /** What the server calls this client, once it has said so. */
  get id() {
    return this.#id ?? this.socket.id;
  }

  /**
   * The server called it this. A client from 3.0 on is called what it calls itself. An older one calls itself by its session's id, which
   * nobody else may know; it is called something else, and always the same.
   */
  named(id) {
    const secret = /^[12]\./.test(this.#version);
    if (typeof id !== 'string' || id === '' || (this.socket.id === id) === secret || (this.#id ?? id) !== id) {
      throw new Error(`${this.name}: is called ${show(id)}, its socket.id is ${this.socket.id}, before it was ${this.#id}`);
    }
    this.#id = id;
  }

  get engine() {
    return this.socket.io.engine;
  }

  async connected() {
    if (!this.socket.connected) {
      await this.#within(happens(this.socket, 'connect'), 'to be connected');
    }
  }

  /** Waits until the connection has changed from polling to a WebSocket, if it is one that does. */
  async upgrade() {
    await this.#within(this.#upgraded, 'the upgrade to a WebSocket');
  }

  emit(...packet) {
    this.socket.emit(...packet);
  }

  /** Emits, and waits for an acknowledgement, which has to be empty. */
  async emitAcked(event, ...more) {
    const values = await this.#within(
      new Promise((resolve) => this.socket.emit(event, ...more, (...got) => resolve(got))),
      `the acknowledgement of ${event}`,
    );
    if (values.length > 0) {
      throw new Error(`${this.name}: ${event} was acknowledged with ${show(values)}, not with nothing`);
    }
  }

  /** Emits with the option `retries`; gives the refusal, or nothing when what was asked for is done. */
  emitRetried(event, ...more) {
    const answered = new Promise((resolve, reject) => {
      this.socket.emit(event, ...more, (error, refusal) => (error === null ? resolve(refusal) : reject(error)));
    });
    return this.#within(answered, `the acknowledgement of ${event}`);
  }

  /** Takes the next event, which has to be this one; gives its arguments. */
  async next(event, ...expected) {
    const wanted = show([event, ...expected]);
    const got = this.#queue.shift() ?? (await this.#within(this.#arrival(), wanted));
    if (got[0] !== event || expected.some((value, i) => text(got[i + 1]) !== text(value))) {
      throw new Error(`${this.name}: awaited ${wanted}, got ${show(got)}${difference([event, ...expected], got)}`);
    }
    return got.slice(1);
  }

  /** Fails if it was told anything that nobody has taken. */
  nothingElse() {
    if (this.#queue.length > 0) {
      throw new Error(`${this.name}: awaited nothing more, got ${this.#queue.map(show).join(', ')}`);
    }
  }

  /** Fails unless the connection is what its mode says. */
  checkTransport() {
    const transport = this.engine.transport.name;
    const wanted = this.mode === 'polling' ? 'polling' : 'websocket';
    if (transport !== wanted) {
      throw new Error(`${this.name}: its transport is ${transport}`);
    }
  }

  /** Goes without `leave`: by a packet that says so, or by an end of the connection that says nothing more. */
  disappear(rudely) {
    this.#ending = true;
    const webSocket = this.engine.transport.ws;
    if (!rudely) {
      this.socket.disconnect();
    } else if (webSocket?.terminate !== undefined) {
      webSocket.terminate();
    } else {
      this.engine.close();
    }
  }

  close() {
    this.#ending = true;
    this.socket.disconnect();
  }

  #arrival() {
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  #put(...got) {
    if (got[0] === 'message' && !this.upgraded) {
      this.early.received++;
    }
    if (this.#waiting === undefined) {
      this.#queue.push(got);
    } else {
      this.#waiting(got);
      this.#waiting = undefined;
    }
  }

  async #within(promise, wanted) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        const got = this.#queue.length > 0 ? this.#queue.map(show).join(', ') : 'nothing';
        reject(new Error(`${this.name}: awaited ${wanted} for ${this.#stepMs} ms, got ${got}`));
      }, this.#stepMs);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function happens(emitter, event) {
  return new Promise((resolve) => emitter.once(event, resolve));
}

/** A value as text to compare; bytes are their content, whatever type they came as. */
function text(value) {
  return JSON.stringify(value, function replace(key) {
    const it = this[key];
    if (it instanceof ArrayBuffer || ArrayBuffer.isView(it)) {
      const bytes = it instanceof ArrayBuffer ? Buffer.from(it) : Buffer.from(it.buffer, it.byteOffset, it.byteLength);
      return `${bytes.length} bytes ${bytes.toString('hex')}`;
    }
    return it;
  });
}

/** Where two long values part. */
function difference(expected, got) {
  const [a, b] = [String(text(expected)), String(text(got))];
  if (Math.max(a.length, b.length) <= SHOWN_MAX) {
    return '';
  }
  let at = 0;
  while (at < a.length && a[at] === b[at]) {
    at++;
  }
  return `; from character ${at}: ${a.slice(at, at + 20)}, and ${b.slice(at, at + 20)}`;
}

function show(value) {
  const whole = String(text(value));
  return whole.length <= SHOWN_MAX ? whole : `${whole.slice(0, SHOWN_MAX)}... (${whole.length} characters)`;
}
