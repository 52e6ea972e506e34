// A TCP proxy whose connections break: a cut loses what is on the way from a random byte on, in both directions, and the two ends
// learn of it at once, one after the other, or not at all for a while.

import { connect, createServer } from 'node:net';

/** What a cut does, and how often of 100 cuts. */
const CUTS = [
  { kind: 'both', share: 50 },
  { kind: 'client-first', share: 20 },
  { kind: 'server-first', share: 15 },
  { kind: 'half-open', share: 15 },
];
const DELAY_MS = 15;
/** How much later what was before the cut may arrive, and how long neither end may know of it. */
const LATE_MS = 1_500;

export class FaultyProxy {
  #server;
  #links = new Set();
  #options;
  #refuses = false;
  cuts = 0;
  /** Connections it was asked for. */
  asked = 0;

  /**
   * @param port of the server behind it
   * @param cutEveryBytes on average, of both directions of one connection together; nothing is cut without it
   * @param deadMs the longest that a connection is half-open
   */
  static async before(port, { random = Math.random, cutEveryBytes = Infinity, deadMs = LATE_MS } = {}) {
    const proxy = new FaultyProxy();
    proxy.#options = { port, random, cutEveryBytes, deadMs, cuts: false };
    proxy.#server = createServer((client) => proxy.#connected(client));
    await new Promise((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url() {
    return `ws://127.0.0.1:${this.#server.address().port}/ws`;
  }

  /** From now on connections break. Who never heard of their first join has no token to come back with. */
  startCutting() {
    this.#options.cuts = true;
  }

  /** From now on nothing passes, and nobody is told: what a cable does that is pulled out. */
  fallSilent() {
    for (const link of this.#links) link.fallSilent();
  }

  /** Ends every connection, and takes no other until it is told to. */
  refuse() {
    this.#refuses = true;
    for (const link of this.#links) link.end();
  }

  accept() {
    this.#refuses = false;
  }

  close() {
    this.refuse();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(client) {
    this.asked += 1;
    if (this.#refuses) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const link = new Link(client, this.#options, () => {
      this.cuts += 1;
    });
    this.#links.add(link);
    link.over.then(() => this.#links.delete(link));
  }
}

/** One connection of a client, and the one to the server that belongs to it. */
class Link {
  #random;
  #options;
  #client;
  #server;
  #toServer;
  #toClient;
  #bytesLeft;
  #cut = false;
  #onCut;

  constructor(client, options, onCut) {
    this.#options = options;
    this.#random = options.random;
    this.#onCut = onCut;
    this.#client = client;
    this.#server = connect(options.port, '127.0.0.1');
    this.#toServer = new Way(this.#server, this.#random);
    this.#toClient = new Way(client, this.#random);
    this.#bytesLeft = -Math.log(1 - this.#random()) * options.cutEveryBytes;
    this.#pipe(client, this.#toServer, this.#server);
    this.#pipe(this.#server, this.#toClient, client);
    const closed = [client, this.#server].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    this.over = Promise.all(closed);
  }

  fallSilent() {
    this.#cut = true;
    this.#toServer.lose(0);
    this.#toClient.lose(0);
  }

  end() {
    this.#cut = true;
    this.#endOf(this.#client);
    this.#endOf(this.#server);
  }

  #pipe(from, way, to) {
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (bytes) => {
      way.take(bytes);
      this.#bytesLeft -= bytes.length;
      if (this.#bytesLeft < 0 && this.#options.cuts && !this.#cut) this.#cutNow();
    });
    // What is on the way arrives before its end does, unless this is a cut.
    from.on('close', () => {
      if (!this.#cut) way.last(() => to.destroy());
    });
  }

  #cutNow() {
    this.#cut = true;
    this.#onCut();
    const kind = this.#kind();
    const laterMs = this.#random() * (kind === 'half-open' ? this.#options.deadMs : LATE_MS);
    this.#toServer.lose(this.#random());
    this.#toClient.lose(this.#random());
    const clientMs = kind === 'both' || kind === 'client-first' ? 0 : laterMs;
    const serverMs = kind === 'both' || kind === 'server-first' ? 0 : laterMs;
    this.#endAfter(clientMs, this.#client, this.#toClient, kind !== 'half-open');
    this.#endAfter(serverMs, this.#server, this.#toServer, kind !== 'half-open');
  }

  /** Half-open the last bytes pass before the silence, otherwise just before the end: after another connection has taken over, perhaps. */
  #endAfter(ms, socket, way, late) {
    if (late) {
      way.hold();
    }
    setTimeout(() => {
      way.release();
      this.#endOf(socket);
    }, ms);
  }

  #endOf(socket) {
    if (this.#random() < 0.5) socket.end(() => socket.destroy());
    else setImmediate(() => socket.resetAndDestroy());
  }

  #kind() {
    let left = this.#random() * 100;
    return CUTS.find(({ share }) => (left -= share) < 0)?.kind ?? 'both';
  }
}

/** One direction: in order, each piece after a delay of its own. */
class Way {
  #to;
  #random;
  #onTheWay = [];
  #lastMs = 0;
  #timer;
  #cut = false;
  #held = false;

  constructor(to, random) {
    this.#to = to;
    this.#random = random;
  }

  take(bytes) {
    if (this.#cut) return;
    this.#lastMs = Math.max(this.#lastMs, performance.now() + this.#random() * DELAY_MS);
    this.#onTheWay.push({ bytes, atMs: this.#lastMs });
    this.#wait();
  }

  /** Of what is on the way this part arrives, the rest is lost, and so is all that comes. */
  lose(part) {
    this.#cut = true;
    const all = Buffer.concat(this.#onTheWay.map(({ bytes }) => bytes));
    const atMs = this.#onTheWay.at(0)?.atMs ?? 0;
    this.#onTheWay = [{ bytes: all.subarray(0, Math.floor(all.length * part)), atMs }];
  }

  hold() {
    this.#held = true;
  }

  release() {
    this.#held = false;
    this.#pass(Infinity);
  }

  last(run) {
    setTimeout(run, Math.max(0, this.#lastMs - performance.now()) + 1);
  }

  #wait() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#held) this.#pass(performance.now());
    }, Math.max(0, this.#onTheWay[0].atMs - performance.now()));
  }

  #pass(untilMs) {
    while (this.#onTheWay.length > 0 && this.#onTheWay[0].atMs <= untilMs) {
      const { bytes } = this.#onTheWay.shift();
      if (bytes.length > 0 && !this.#to.destroyed) this.#to.write(bytes);
    }
    if (this.#onTheWay.length > 0) this.#wait();
  }
}
