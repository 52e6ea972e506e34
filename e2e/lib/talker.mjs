// One participant for the streams: the client core's own session, joined again whenever it opens, that says numbered things and writes
// down what it says, what it hears and what is reported to it.

import { createWriteStream } from 'node:fs';
import { WebSocket } from 'ws';

/** Beyond the server's limit for one candidate. */
const TOO_LARGE = 'x'.repeat(1_100);
/** An application that is told that there is no room waits before it tries again. */
const FULL_PAUSE_MS = 200;
const TURN_MS = 10;

export class Talker {
  #Session;
  #session;
  #options;
  #log;
  #opens = 0;
  #token;
  #fullAtMs = 0;
  #state = { sent: 0, received: 0, reported: {}, told: [], errors: [], lost: 0, opens: 0, joins: 0 };
  #others = new Set();

  /** @param options url, room, instance, log, and perhaps `resume`, a seat's token */
  constructor(Session, options) {
    this.#Session = Session;
    this.#options = options;
    this.#token = options.resume;
    this.#log = createWriteStream(options.log);
    this.#session = new this.#Session(options.url, {
      opened: () => this.#join(),
      message: (message) => this.#hears(message),
      undelivered: (news) => this.#undelivered(news),
      lost: () => {
        this.#state.lost += 1;
      },
      notOpened: () => undefined,
      closed: (code) => {
        this.#state.closed = code;
      },
    }, this.#surroundings());
    this.#session.open();
  }

  get state() {
    return { ...this.#state, token: this.#token, others: [...this.#others] };
  }

  /** Joins once more, after a refusal. */
  join() {
    this.#join();
  }

  /** Says this many things, not counting those for which there is no room; so many a second, in bursts. */
  async talk(count, perSecond) {
    let due = 0;
    for (let left = count; left > 0; ) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      due = Math.min(due + perSecond * (TURN_MS / 1_000), perSecond, left);
      // Nobody is there while a restarted server waits for the other one.
      if (performance.now() - this.#fullAtMs < FULL_PAUSE_MS || this.#others.size === 0 || Math.random() < 0.7) continue;
      for (; due >= 1; due -= 1, left -= 1) {
        const { full = 0 } = this.#state.reported;
        this.#say(bodyOf);
        if ((this.#state.reported.full ?? 0) > full) break;
      }
    }
  }

  /** Says one thing after the other at once, nothing that a server refuses. */
  say(count) {
    for (let i = 0; i < count; i++) this.#say((n) => ({ data: { n } }));
  }

  /** Closes for good. What was not acknowledged is reported by then. */
  close() {
    this.#session.close();
    return new Promise((resolve) => this.#log.end(() => resolve(this.state)));
  }

  #say(toBody) {
    const [to] = this.#others;
    const n = this.#state.sent++;
    this.#log.write(`sent ${n}\n`);
    this.#session.send({ type: 'signal', to, ...toBody(n) });
  }

  #join() {
    this.#state.joins += 1;
    const { room, instance } = this.#options;
    const resume = this.#token === undefined ? {} : { resume: this.#token };
    this.#session.send({ type: 'join', id: 1, room, instance, ...resume });
  }

  #hears(message) {
    if (message.type === 'signal') {
      this.#state.received += 1;
      this.#log.write(`received ${numberOf(message)}\n`);
      return;
    }
    if (message.type === 'error') this.#state.errors.push(message.code);
    if (message.type === 'hello') return;
    const { type, participant, participants, you, reason, recovered, retryAfterMs } = message;
    this.#state.told.push({ type, participant: participant?.id ?? participant, instance: participant?.instance, you, reason, recovered,
      retryAfterMs, others: participants?.map(({ id }) => id) });
    this.#meets(message);
  }

  #meets(message) {
    switch (message.type) {
      case 'joined':
        this.#token = message.seat.token;
        if (message.othersMayReturnMs === undefined) this.#others.clear();
        message.participants.forEach(({ id }) => this.#others.add(id));
        break;
      case 'participant-joined':
      case 'participant-back':
        this.#others.add(message.participant.id);
        break;
      case 'participant-left':
        this.#others.delete(message.participant);
        break;
      default:
    }
  }

  #undelivered({ bodies, why }) {
    const { reported } = this.#state;
    reported[why] = (reported[why] ?? 0) + bodies.length;
    if (why === 'full') this.#fullAtMs = performance.now();
    for (const body of bodies) this.#log.write(`reported ${numberOf(body)} ${why}\n`);
  }

  /** What a browser has of its own. */
  #surroundings() {
    return {
      createSocket: (url, protocol) => {
        this.#opens += 1;
        this.#state.opens = this.#opens;
        const socket = new WebSocket(url, protocol, { perMessageDeflate: false });
        socket.onerror = () => undefined;
        return socket;
      },
      now: () => performance.now(),
      random: () => Math.random(),
      probe: () => Promise.resolve('unreachable'),
      setTimer: (run, afterMs) => setTimeout(run, afterMs),
      clearTimer: (timer) => clearTimeout(timer),
    };
  }
}

/** Of each kind, and of many sizes. One in 400 is a candidate that the server refuses. */
function bodyOf(n) {
  const dice = Math.random();
  if (dice < 0.0025) return { candidate: { candidate: `${n} ${TOO_LARGE}` } };
  if (dice < 0.05) return { description: { type: 'offer', sdp: `${n} ${'v'.repeat(Math.random() * 3_000)}` } };
  if (dice < 0.15) return { candidate: { candidate: `${n} candidate`, sdpMid: '0' } };
  return { data: { n, text: '\u00e9'.repeat(Math.random() * 300) } };
}

function numberOf({ data, candidate, description }) {
  return data?.n ?? Number.parseInt(candidate?.candidate ?? description?.sdp, 10);
}
