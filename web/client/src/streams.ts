/**
 * The client's half of "Nothing is lost" (docs/protocol.md): what this participant sends to each other one is numbered and
 * kept until the other has it, what comes is acknowledged, and a lost connection is caught up with. What cannot be
 * delivered is reported, never silently gone.
 *
 * Pure: it stands between the one who joins rooms and the socket, takes what either says with the time, and gives what is to
 * be done in order. It is owned by one page and mutable; `due` is to be called at `deadlineMs`.
 */
import { Pace } from './pace.ts';
import type {
  ClientMessage,
  ErrorMessage,
  JoinedMessage,
  Participant,
  ServerMessage,
  SignalBody,
  SignalFromServer,
  SignalToServer,
} from './protocol.ts';
import { acknowledge, append, goOnAfter, newStream, remove, sizeOf } from './stream.ts';
import type { Stream } from './stream.ts';

/**
 * Why a signal was not delivered: the outbox is full; it is too large; the server refused it; whom it was for has left, has
 * started over (it may have arrived unnoticed); this side's session is over; nobody could be reached and nothing is kept,
 * because the server does not number.
 */
export type UndeliveredReason = 'full' | 'too-large' | 'refused' | 'left' | 'started-over' | 'ended' | 'unreachable';

export interface Undelivered {
  readonly type: 'undelivered';
  readonly participant: string;
  readonly bodies: readonly SignalBody[];
  readonly why: UndeliveredReason;
}

export type StreamsOutput =
  | Undelivered
  | { readonly type: 'send'; readonly message: ClientMessage }
  /** In order, and each signal once. */
  | { readonly type: 'message'; readonly message: ServerMessage };

/** An acknowledgement is said after so long, or after so many signals. */
export const ACK_AFTER_MS = 200;
export const ACK_AFTER_MESSAGES = 16;
/** How long everything that is not acknowledged waits after the server has dropped something for its limits. */
export const RATE_PAUSE_MS = 1_000;
/** A full window opens with an acknowledgement; should none be heard, it is tried again. */
export const WINDOW_PAUSE_MS = 1_000;
/** What a message needs beside its body. */
const ENVELOPE_BYTES = 512;
/** As many others as a client may name, and as many signals as can come from somebody not yet named. */
const OTHERS_MAX = 8;
const EARLY_MAX = 256;

export class Streams {
  readonly #streams = new Map<string, Stream>();
  /** How far it had come with those who left: a restarted server may take them back where they were. */
  readonly #former = new Map<string, Pick<Stream, 'epoch' | 'received'>>();
  /** Who is in the room of a server that numbers nothing. */
  readonly #plain = new Set<string>();
  /** What came from somebody who was not named yet. */
  readonly #early = new Map<string, SignalFromServer[]>();
  #you: Participant | undefined;
  #joined = false;
  #limits = {
    messageBytes: 65_536,
    messagesPerSecond: 50,
    messageBurst: 200,
    windowMessages: 256,
    windowBytes: 262_144,
  };
  /** `ice-servers` has 0, `join` 1; what a ping has does not matter. */
  #nextId = 2;
  readonly #pace = new Pace();

  /** When {@link due} has something to do; `Infinity` for never. */
  get deadlineMs(): number {
    let first = Infinity;
    for (const stream of this.#streams.values()) {
      first = Math.min(first, stream.goneAtMs);
      if (!this.#joined) continue;
      first = Math.min(first, stream.ackDueMs);
      const waiting = (stream.outbox.at(-1)?.seq ?? 0) > stream.sent;
      if (waiting && stream.goneAtMs === Infinity) {
        first = Math.min(first, Math.max(stream.pausedUntilMs, this.#pace.nextAtMs()));
      }
    }
    return first;
  }

  /** The socket is open; nothing is said before the join. */
  opened(nowMs: number): void {
    this.#pace.begin(this.#limits, nowMs);
  }

  /** The socket is lost: what comes of it from now on must not be given to this any more. */
  lost(): void {
    this.#joined = false;
    this.#early.clear();
    for (const stream of this.#streams.values()) {
      // What was received is said with the next join.
      stream.told = stream.received;
      stream.ackDueMs = Infinity;
      stream.pausedUntilMs = 0;
    }
  }

  /** The session is over for good. */
  ended(): StreamsOutput[] {
    const out = [...this.#streams.keys()].flatMap((id) => this.#drop(id, 'ended'));
    this.lost();
    this.#former.clear();
    this.#you = undefined;
    return out;
  }

  /** Takes what this side has to say. */
  toServer(message: ClientMessage, nowMs: number): StreamsOutput[] {
    switch (message.type) {
      case 'signal':
        return this.#signal(message, nowMs);
      case 'join': {
        const streams = [...this.#streams, ...this.#former]
          .slice(0, OTHERS_MAX)
          .map(([participant, { epoch, received }]) => ({ participant, epoch, received }));
        return [this.#send({ ...message, streams }, nowMs)];
      }
      case 'leave': {
        const acks = this.#acks(nowMs, true);
        // To a page that leaves nothing is delivered any more, and nothing of it is sent after this.
        this.#joined = false;
        return [...acks, this.#send(message, nowMs)];
      }
      default:
        return [this.#send(message, nowMs)];
    }
  }

  /** Takes what the server says. */
  fromServer(message: ServerMessage, nowMs: number): StreamsOutput[] {
    switch (message.type) {
      case 'hello':
        this.#limits = { ...this.#limits, ...message.limits };
        this.opened(nowMs);
        return [{ type: 'message', message }];
      case 'joined':
        return this.#hasJoined(message, nowMs);
      case 'participant-joined':
      case 'participant-back': {
        const news = this.#present(message.participant, true);
        const said = this.#flush(nowMs);
        return [...news, ...said, { type: 'message', message }, ...this.#named(message.participant.id, nowMs)];
      }
      case 'participant-left':
        this.#early.delete(message.participant);
        return [...this.#drop(message.participant, 'left'), { type: 'message', message }];
      case 'ended':
        return [...this.ended(), { type: 'message', message }];
      case 'signal':
        return this.#received(message, nowMs);
      case 'ack':
        return this.#acknowledged(message.participant, message.seq, nowMs);
      case 'error':
        return [...this.#failed(message, nowMs), { type: 'message', message }];
      default:
        return [{ type: 'message', message }];
    }
  }

  /** Does what is due: acknowledgements, what was held back, and giving up who does not come back. */
  due(nowMs: number): StreamsOutput[] {
    const gone = [...this.#streams].filter(([, stream]) => stream.goneAtMs <= nowMs);
    const out = gone.flatMap(([id]) => this.#drop(id, 'left'));
    return [...out, ...this.#acks(nowMs, false), ...this.#flush(nowMs)];
  }

  #signal(message: SignalToServer, nowMs: number): StreamsOutput[] {
    const { type: _, id: _id, to, epoch: _epoch, seq: _seq, ...body } = message;
    const stream = this.#streams.get(to);
    if (stream === undefined) {
      const numbers = this.#you?.epoch !== undefined;
      if (this.#joined && !numbers) return [this.#send(message, nowMs)];
      return [undelivered(to, [body], numbers ? 'left' : 'unreachable')];
    }
    const sizeBytes = sizeOf(body);
    if (sizeBytes + ENVELOPE_BYTES > this.#limits.messageBytes) return [undelivered(to, [body], 'too-large')];
    const { windowMessages, windowBytes } = this.#limits;
    if (stream.outbox.length >= windowMessages || stream.outboxBytes + sizeBytes > windowBytes) {
      return [undelivered(to, [body], 'full')];
    }
    append(stream, body, sizeBytes);
    return this.#flush(nowMs);
  }

  #hasJoined(message: JoinedMessage, nowMs: number): StreamsOutput[] {
    const { you, participants, othersMayReturnMs } = message;
    const goesOn = message.recovered && you.id === this.#you?.id && you.epoch === this.#you.epoch;
    this.#you = you;
    this.#joined = true;
    this.#plain.clear();
    const out: StreamsOutput[] = [];
    for (const [id, stream] of [...this.#streams]) {
      if (participants.some((participant) => participant.id === id)) continue;
      if (goesOn && othersMayReturnMs !== undefined) stream.goneAtMs = nowMs + othersMayReturnMs;
      else out.push(...this.#drop(id, 'left'));
    }
    // What comes to a seat that started over begins at 1, also from those who come back later.
    if (!goesOn) this.#former.clear();
    for (const participant of participants) out.push(...this.#present(participant, goesOn));
    out.push(...this.#flush(nowMs), { type: 'message', message });
    for (const { id } of participants) out.push(...this.#named(id, nowMs));
    return out;
  }

  /** Somebody is in the room. With the same epoch the streams go on after what the server has, otherwise they begin anew. */
  #present(participant: Participant, goesOn: boolean): StreamsOutput[] {
    const { id, epoch, accepted } = participant;
    const stream = this.#streams.get(id);
    if (goesOn && stream !== undefined && stream.epoch === epoch) {
      stream.goneAtMs = Infinity;
      stream.pausedUntilMs = 0;
      goOnAfter(stream, accepted ?? stream.acknowledged, this.#nextId);
      return [];
    }
    const out = this.#drop(id, 'started-over');
    if (epoch === undefined) this.#plain.add(id);
    else this.#streams.set(id, { ...newStream(epoch, accepted ?? 0), received: this.#formerly(id, epoch) });
    this.#former.delete(id);
    return out;
  }

  #formerly(id: string, epoch: number): number {
    const former = this.#former.get(id);
    return former?.epoch === epoch ? former.received : 0;
  }

  #drop(id: string, why: UndeliveredReason): StreamsOutput[] {
    const stream = this.#streams.get(id);
    const outbox = stream?.outbox ?? [];
    if (stream !== undefined && why === 'left') {
      this.#former.set(id, { epoch: stream.epoch, received: stream.received });
      // The longest gone goes first.
      for (const oldest of [...this.#former.keys()].slice(0, -OTHERS_MAX)) this.#former.delete(oldest);
    }
    this.#streams.delete(id);
    this.#plain.delete(id);
    return outbox.length === 0 ? [] : [undelivered(id, outbox.map((kept) => kept.body), why)];
  }

  #received(message: SignalFromServer, nowMs: number): StreamsOutput[] {
    const { from, seq } = message;
    const stream = this.#streams.get(from);
    if (stream === undefined && !this.#plain.has(from)) {
      const early = this.#early.get(from) ?? [];
      if (early.length === 0 && this.#early.size >= OTHERS_MAX) return [];
      if (early.length < EARLY_MAX) this.#early.set(from, [...early, message]);
      return [];
    }
    if (stream === undefined || seq === undefined) return [{ type: 'message', message }];
    // What comes twice is acknowledged twice: the first time may not have been heard.
    stream.ackDueMs = Math.min(stream.ackDueMs, nowMs + ACK_AFTER_MS);
    if (seq <= stream.received) return [];
    stream.received = seq;
    return [{ type: 'message', message }, ...this.#acks(nowMs, false)];
  }

  /** What came before its sender was named. */
  #named(id: string, nowMs: number): StreamsOutput[] {
    const early = this.#early.get(id) ?? [];
    this.#early.delete(id);
    return early.flatMap((message) => this.#received(message, nowMs));
  }

  #acknowledged(id: string, seq: number, nowMs: number): StreamsOutput[] {
    const stream = this.#streams.get(id);
    if (stream === undefined || !acknowledge(stream, seq)) return [];
    if (stream.pausedUntilMs !== Infinity) stream.pausedUntilMs = 0;
    return this.#flush(nowMs);
  }

  #failed(error: ErrorMessage, nowMs: number): StreamsOutput[] {
    if (error.code === 'rate-limited') return this.#sayAllAgain(nowMs);
    const { id = Infinity, participant = '', expected, refused } = error;
    const stream = this.#streams.get(participant);
    if (stream === undefined || id < stream.errorsFromId) return [];
    const index = stream.outbox.findIndex((kept) => kept.seq === refused);
    const out = index < 0 ? [] : [undelivered(participant, [remove(stream, index).body], 'refused')];
    if (expected === undefined) return out;
    goOnAfter(stream, expected - 1, this.#nextId);
    stream.pausedUntilMs = Math.max(stream.pausedUntilMs, nowMs + pauseAfter(error.code));
    return [...out, ...this.#flush(nowMs)];
  }

  /** Something was dropped, and the server does not say what. */
  #sayAllAgain(nowMs: number): StreamsOutput[] {
    this.#pace.stop(nowMs);
    for (const stream of this.#streams.values()) {
      stream.sent = stream.acknowledged;
      stream.errorsFromId = this.#nextId;
      stream.pausedUntilMs = Math.max(stream.pausedUntilMs, nowMs + RATE_PAUSE_MS);
      if (stream.received > 0) stream.ackDueMs = Math.min(stream.ackDueMs, nowMs + RATE_PAUSE_MS);
    }
    return [];
  }

  #acks(nowMs: number, all: boolean): StreamsOutput[] {
    if (!this.#joined) return [];
    const out: StreamsOutput[] = [];
    for (const [participant, stream] of this.#streams) {
      if (stream.ackDueMs === Infinity) continue;
      if (!all && stream.ackDueMs > nowMs && stream.received - stream.told < ACK_AFTER_MESSAGES) continue;
      stream.told = stream.received;
      stream.ackDueMs = Infinity;
      out.push(this.#send({ type: 'ack', participant, epoch: stream.epoch, seq: stream.received }, nowMs));
    }
    return out;
  }

  /** Says what may be said now. */
  #flush(nowMs: number): StreamsOutput[] {
    if (!this.#joined) return [];
    const out: StreamsOutput[] = [];
    for (const [to, stream] of this.#streams) {
      if (stream.goneAtMs !== Infinity || stream.pausedUntilMs > nowMs) continue;
      for (const kept of stream.outbox) {
        if (kept.seq <= stream.sent) continue;
        if (!this.#pace.allows(nowMs)) return out;
        kept.id = this.#nextId++;
        stream.sent = kept.seq;
        const { id, seq, body } = kept;
        out.push(this.#send({ type: 'signal', id, to, epoch: stream.epoch, seq, ...body }, nowMs));
      }
    }
    return out;
  }

  #send(message: ClientMessage, nowMs: number): StreamsOutput {
    this.#pace.take(nowMs);
    return { type: 'send', message };
  }

}

function pauseAfter(code: string): number {
  switch (code) {
    case 'participant-away':
      return Infinity;
    case 'window-full':
      return WINDOW_PAUSE_MS;
    default:
      return 0;
  }
}

function undelivered(participant: string, bodies: readonly SignalBody[], why: UndeliveredReason): Undelivered {
  return { type: 'undelivered', participant, bodies, why };
}
