/**
 * The WebSocket to the server: opened, watched, and opened again when it is lost. It knows no rooms; whoever owns it
 * says `join` each time it opens.
 *
 * A browser shows a page neither the server's WebSocket pings nor a dead network: after `heartbeat.pingMs` of silence
 * this side sends `ping`, and gives the connection up when nothing at all comes back in time.
 */
import { Ahead, post } from './ahead.ts';
import type { Post } from './ahead.ts';
import { backoffMs, mayReconnect, movingMs } from './backoff.ts';
import type { OpenFailure } from './open-failure.ts';
import { PROTOCOL, readServerMessage } from './protocol.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';

export interface SignalingEvents {
  opened(): void;
  message(message: ServerMessage): void;
  /** Lost; the next try comes by itself. */
  lost(): void;
  /** What a try that did not even open has found; told after `lost`, while the next try is waited for. */
  notOpened(why: OpenFailure): void;
  /** Closed for good. */
  closed(code: number): void;
}

/** What the connection needs from its surroundings; the tests hand in their own. */
export interface SignalingSurroundings {
  createSocket(url: string, protocol: string): WebSocket;
  now(): number;
  random(): number;
  probe(url: string): Promise<OpenFailure>;
  post: Post;
  setTimer(run: () => void, afterMs: number): number;
  clearTimer(timer: number): void;
}

const PING_MS = 10_000;
/** What may pass between a `ping` and any answer. */
const PONG_MS = 5_000;
/** The same when the person has just come back to the page: a laptop was opened, and waiting is visible. */
const NUDGED_PONG_MS = 2_000;
const OPEN_TIMEOUT_MS = 10_000;
/** For how long an open WebSocket waits for the answer to what was said ahead of it. */
const AHEAD_MS = 1_000;

export const browserSurroundings: SignalingSurroundings = {
  createSocket: (url, protocol) => new WebSocket(url, protocol),
  now: () => performance.now(),
  random: () => Math.random(),
  probe: findOut,
  post,
  setTimer: (run, afterMs) => window.setTimeout(run, afterMs),
  clearTimer: (timer) => window.clearTimeout(timer),
};

/** What finds it out comes when it is needed; where not even that comes, nobody answers. */
async function findOut(url: string): Promise<OpenFailure> {
  const found = import('./open-failure.ts').then(({ probe }) => probe(url));
  return found.catch(() => 'unreachable');
}

export class SignalingConnection {
  readonly #url: string;
  readonly #events: SignalingEvents;
  readonly #world: SignalingSurroundings;
  #socket: WebSocket | undefined;
  /** Until the first WebSocket is open, once something was said ahead of it. */
  #ahead: Ahead | undefined;
  #timer: number | undefined;
  #attempt = 0;
  #pingMs = PING_MS;
  /** How long the seat is kept for us; nothing before the first join. */
  #graceMs = 0;
  #lostAtMs: number | undefined;
  /** What the server has asked for before it stops. */
  #retryAfterMs: number | undefined;
  #awaitingPong = false;
  #nextId = 2;
  #finished = false;

  constructor(url: string, events: SignalingEvents, surroundings: SignalingSurroundings = browserSurroundings) {
    this.#url = url;
    this.#events = events;
    this.#world = surroundings;
  }

  open(): void {
    if (this.#finished || this.#socket !== undefined) return;
    const socket = this.#world.createSocket(this.#url, PROTOCOL);
    this.#socket = socket;
    this.#wait(() => this.#drop(), OPEN_TIMEOUT_MS);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#endAhead(() => this.#opened());
    };
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#closed(event.code, opened);
  }

  /** Sends, or drops the message when there is no open connection. */
  send(message: ClientMessage): void {
    if (this.#ahead !== undefined) this.#ahead.send(message);
    else if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** Says it without waiting for the WebSocket that is being opened, and from then on whatever is sent before it is open. */
  sendAhead(message: ClientMessage): void {
    if (this.#socket?.readyState !== 0) return;
    this.#ahead ??= new Ahead(this.#url, this.#world.post, (answer) => this.#heardAhead(answer));
    this.#ahead.send(message);
  }

  /** Closes for good. What was sent before is delivered. */
  close(): void {
    this.#finished = true;
    this.#stopWaiting();
    const socket = this.#forgetSocket();
    socket?.close(1000);
  }

  /**
   * The network or the page is back: looks at once instead of waiting for the next turn.
   *
   * @param doubted media has stopped coming, so the network may be another one: a server that has not answered since it was asked
   *     is looked for anew
   */
  nudge(doubted = false): void {
    if (this.#finished) return;
    if (this.#socket === undefined) {
      if (this.#lostAtMs === undefined) return;
      this.#stopWaiting();
      this.open();
    } else if (this.#socket.readyState === 1) {
      if (!doubted || !this.#awaitingPong) return this.#ping(NUDGED_PONG_MS);
      this.#drop();
      this.nudge();
    }
  }

  /** What is on its way comes first: whoever is about to join again would otherwise not know as whom. */
  #endAhead(then: () => void): void {
    const ahead = this.#ahead;
    if (ahead === undefined) return then();
    const once = () => {
      this.#world.clearTimer(timer);
      ahead.silence();
      if (this.#ahead !== ahead) return;
      this.#ahead = undefined;
      then();
    };
    const timer = this.#world.setTimer(once, AHEAD_MS);
    void ahead.end().then(once);
  }

  #opened(): void {
    this.#watch();
    this.#events.opened();
  }

  #received(data: unknown): void {
    const received = typeof data === 'string' ? readServerMessage(data) : undefined;
    if (received?.kind !== 'message') {
      this.#watch();
      return;
    }
    this.#note(received.message);
    this.#watch();
    if (received.message.type !== 'pong') this.#events.message(received.message);
  }

  /** Of a POST; the socket is not watched before it is open. */
  #heardAhead(message: ServerMessage): void {
    this.#note(message);
    this.#events.message(message);
  }

  #note(message: ServerMessage): void {
    if (message.type === 'hello' && message.heartbeat?.pingMs > 0) this.#pingMs = message.heartbeat.pingMs;
    if (message.type === 'moving') this.#retryAfterMs = message.retryAfterMs;
    if (message.type === 'joined') {
      // Only a completed join is a success: a server that accepts and drops connections is not hammered.
      this.#attempt = 0;
      this.#lostAtMs = undefined;
      this.#graceMs = message.seat.graceMs;
    }
  }

  #watch(): void {
    this.#awaitingPong = false;
    this.#wait(() => this.#ping(PONG_MS), this.#pingMs);
  }

  #ping(answerMs: number): void {
    this.send({ type: 'ping', id: this.#nextId++ });
    if (this.#awaitingPong) return;
    this.#awaitingPong = true;
    this.#wait(() => this.#drop(), answerMs);
  }

  /** Gives a connection up without waiting for the close handshake, which a dead network never finishes. */
  #drop(): void {
    const socket = this.#forgetSocket();
    const opened = socket?.readyState === 1;
    socket?.close();
    this.#lost(opened);
  }

  #closed(code: number, opened: boolean): void {
    this.#forgetSocket();
    if (mayReconnect(code)) {
      this.#lost(opened);
      return;
    }
    this.#finished = true;
    this.#stopWaiting();
    this.#events.closed(code);
  }

  #lost(opened: boolean): void {
    const now = this.#world.now();
    this.#lostAtMs ??= now;
    this.#wait(() => this.open(), this.#pauseMs(this.#lostAtMs + this.#graceMs - now));
    this.#events.lost();
    if (!opened) void this.#findOut(this.#attempt);
  }

  #pauseMs(graceLeftMs: number): number {
    const askedMs = this.#retryAfterMs;
    this.#retryAfterMs = undefined;
    const random = this.#world.random();
    return askedMs === undefined ? backoffMs(this.#attempt++, random, graceLeftMs) : movingMs(askedMs, random);
  }

  async #findOut(attempt: number): Promise<void> {
    const why = await this.#world.probe(this.#url);
    // By now another try may be on its way, or the server back between the two questions.
    const stale = this.#finished || this.#attempt !== attempt || this.#socket?.readyState === 1;
    if (stale || (why === 'upgrade-lost' && attempt < 2)) return;
    this.#events.notOpened(why);
  }

  #forgetSocket(): WebSocket | undefined {
    this.#ahead?.silence();
    this.#ahead = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }

  #wait(run: () => void, afterMs: number): void {
    this.#stopWaiting();
    this.#timer = this.#world.setTimer(run, afterMs);
  }

  #stopWaiting(): void {
    if (this.#timer !== undefined) this.#world.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
