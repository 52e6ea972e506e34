/**
 * A server as docs/protocol.md has it, in virtual time and without a socket: rooms, seats, streams, restarts. Written from
 * the page, not from the server, so that two readings of it meet in the simulation.
 */
import type {
  ClientMessage,
  IceServer,
  JoinMessage,
  JoinedMessage,
  Participant,
  ServerMessage,
  SignalBody,
  StreamPosition,
} from '../src/protocol.ts';
import { ModelLobby } from './model-lobby.ts';
import type { Waiting } from './model-lobby.ts';

export const GRACE_MS = 30_000;
/** Of a page that said that it is being reloaded. */
export const RETURN_GRACE_MS = 5_000;

/** The server's end of a connection. */
export interface ServerEnd {
  /** What it is given to look for a path with. */
  readonly iceServers?: readonly IceServer[];
  send(message: ServerMessage): void;
  close(): void;
}

/** What the server really enforces; it may be stricter than what `hello` says. */
export interface Strictness {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly windowMessages: number;
  /** How often something is delivered a second time. */
  readonly twice: number;
  readonly capacity?: number;
  /** For how long ICE servers can begin a call, and an offer lies in the room. */
  readonly iceServersLifeMs?: number;
  readonly parkedLifeMs?: number;
}

interface Pair {
  accepted: number;
  acknowledged: number;
  kept: { readonly seq: number; readonly body: SignalBody }[];
}

interface Seat {
  readonly id: string;
  readonly order: number;
  epoch: number;
  instance: string;
  end: ServerEnd | undefined;
  /** Which connection that was, or was last. */
  turn: number;
  awaySinceMs: number;
  graceMs: number;
  readonly key: string | undefined;
  /** By sender. */
  readonly inbox: Map<string, Pair>;
  /** What its owner said after a restart, for those who come later. */
  believed: readonly StreamPosition[];
}

interface Token {
  readonly boot: number;
  readonly id: string;
  readonly order: number;
  readonly epoch: number;
}

export class ModelServer {
  readonly counts = new Map<string, number>();
  /** Pages that had seats in the room at the same time, as `a1 b2`, both ways. */
  readonly met = new Set<string>();
  /** Pages that left for good, or were put out, and when; those that came again are not among them. */
  readonly leftAtMs = new Map<string, number>();
  readonly #strict: Strictness;
  readonly #random: () => number;
  #boot = 0;
  #startedMs = 0;
  #seats = new Map<string, Seat>();
  #buckets = new Map<ServerEnd, { tokens: number; atMs: number; turn: number }>();
  #nextTurn = 1;
  #nextOrder = 1;
  #lobby: ModelLobby;

  constructor(strict: Strictness, random: () => number) {
    this.#strict = strict;
    this.#random = random;
    this.#lobby = this.#newLobby();
  }

  #newLobby(): ModelLobby {
    return new ModelLobby(this.#strict.parkedLifeMs ?? 600_000);
  }

  /** Everything is forgotten; all connections are gone with the process. */
  restart(nowMs: number): void {
    this.#boot += 1;
    this.#startedMs = nowMs;
    this.#seats = new Map();
    this.#buckets = new Map();
    this.#lobby = this.#newLobby();
  }

  /** @param ahead of its WebSocket, from which it takes nothing */
  opened(end: ServerEnd, nowMs: number, ahead = false): void {
    const turn = ahead ? 0 : this.#nextTurn++;
    this.#buckets.set(end, { tokens: this.#strict.messageBurst, atMs: nowMs, turn });
    end.send({
      type: 'hello',
      protocol: 'duet.v1',
      server: 'model',
      limits: {
        messageBytes: 65_536,
        messagesPerSecond: 50,
        messageBurst: 200,
        windowMessages: 256,
        windowBytes: 262_144,
        candidateBytes: 1_024,
      },
      heartbeat: { pingMs: 10_000, deadMs: 15_000 },
      seatGraceMs: GRACE_MS,
      features: ['streams', 'look', 'ahead'],
    });
  }

  lost(end: ServerEnd, nowMs: number): void {
    this.#buckets.delete(end);
    this.#lobby.leave(end, this.#waiting());
    const seat = this.#seatOf(end);
    if (seat !== undefined) this.#away(seat, nowMs, 'connection-lost');
  }

  #away(seat: Seat, nowMs: number, reason: 'connection-lost' | 'returning'): void {
    seat.end = undefined;
    seat.awaySinceMs = nowMs;
    seat.graceMs = reason === 'returning' ? RETURN_GRACE_MS : GRACE_MS;
    this.#tellOthers(seat, { type: 'participant-away', participant: seat.id, reason, graceMs: seat.graceMs });
  }

  /** To be called now and then: seats whose grace is over are given up. */
  tick(nowMs: number): void {
    for (const seat of [...this.#seats.values()]) {
      if (seat.end === undefined && nowMs - seat.awaySinceMs >= seat.graceMs) this.#free(seat, 'grace-ended', nowMs);
    }
    this.#lobby.tick(this.#waiting(), nowMs);
  }

  #free(seat: Seat, reason: 'left' | 'grace-ended', nowMs: number): void {
    this.#seats.delete(seat.id);
    if (reason === 'left') this.leftAtMs.set(pageOf(seat.end), nowMs);
    this.#lobby.drop(seat.id);
    for (const other of this.#seats.values()) other.inbox.delete(seat.id);
    this.#tellOthers(seat, { type: 'participant-left', participant: seat.id, reason });
    this.#lobby.announceIfVisited(this.#waiting());
  }

  /** Who is alone in the room, and there. */
  #waiting(): Waiting | undefined {
    const [seat, ...others] = this.#seats.values();
    if (seat?.end === undefined || others.length > 0) return undefined;
    const { id, end } = seat;
    return { id, end, capacity: this.#strict.capacity ?? 3 };
  }

  received(end: ServerEnd, message: ClientMessage, nowMs: number): void {
    const bucket = this.#buckets.get(end);
    if (bucket === undefined) return this.#count('late');
    const { messagesPerSecond, messageBurst } = this.#strict;
    bucket.tokens = Math.min(messageBurst, bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * messagesPerSecond);
    bucket.atMs = nowMs;
    bucket.tokens -= 1;
    if (bucket.tokens < 0) {
      bucket.tokens = 0;
      if (message.type !== 'join') {
        this.#count('rate-limited');
        end.send({ type: 'error', code: 'rate-limited', message: '' });
        return;
      }
    }
    if (message.type === 'ping') return end.send({ type: 'pong' });
    if (message.type === 'join') return this.#join(end, message, nowMs);
    const seat = this.#seatOf(end);
    if (seat === undefined) return this.#fromVisitor(end, message, nowMs);
    if (message.type === 'leave') {
      if (message.returning === true) this.#away(seat, nowMs, 'returning');
      else this.#free(seat, 'left', nowMs);
    } else if (message.type === 'park') {
      const waiting = this.#waiting();
      if (waiting === undefined) return end.send({ type: 'error', code: 'not-waiting', message: '' });
      if (message.instance !== undefined) seat.instance = message.instance;
      this.#lobby.park(waiting, message, nowMs);
    } else if (message.type === 'offer') {
      this.#lobby.offer(end, message.offer, message.description, this.#waiting());
    } else if (message.type === 'ice-servers') {
      const { id = 0 } = message;
      end.send({ type: 'ice-servers', id, ...this.#iceServers(end) });
    } else if (message.type === 'ack') {
      const from = this.#seats.get(message.participant);
      if (from !== undefined && from.epoch === message.epoch) this.#acknowledge(from, seat, message.seq);
    } else if (message.type === 'signal') {
      const { type: _, id = 0, to, epoch, seq = 0, ...body } = message;
      this.#signal(seat, { id, to: this.#seats.get(to), epoch, seq, body: body as SignalBody });
    }
  }

  #fromVisitor(end: ServerEnd, message: ClientMessage, nowMs: number): void {
    const waiting = this.#waiting();
    if (message.type === 'look') {
      const { capacity = Infinity } = this.#strict;
      if (this.#seats.size >= capacity) return end.send({ type: 'full', id: 0, room: 'r', capacity });
      const participants = [...this.#seats.values()].map((seat) => ({ ...this.#shown(seat), instance: '' }));
      const isNew = !this.#lobby.isLooking(end);
      const shown = this.#lobby.look(end, message.preconnect === true, waiting, nowMs);
      end.send({ type: 'looked', id: 0, room: 'r', capacity, participants, ...this.#iceServers(end), ...shown });
      if (isNew) this.#lobby.announce(waiting);
    } else if (message.type === 'answer') {
      this.#lobby.answer(end, message.offer, message.description, waiting);
    } else if (message.type === 'leave') {
      this.#lobby.leave(end, waiting);
    }
  }

  #iceServers({ iceServers = [] }: ServerEnd): { iceServers: readonly IceServer[]; iceServersLifeMs?: number } {
    const { iceServersLifeMs } = this.#strict;
    return { iceServers, ...(iceServersLifeMs === undefined ? {} : { iceServersLifeMs }) };
  }

  #signal(
    from: Seat,
    said: { id: number; to: Seat | undefined; epoch: number | undefined; seq: number; body: SignalBody },
  ): void {
    const { id, to, epoch, seq, body } = said;
    if (to === undefined) {
      from.end?.send({ type: 'error', id, code: 'unknown-participant', message: '' });
      return;
    }
    if (epoch !== to.epoch) return this.#count('old epoch');
    const pair = pairOf(to, from.id);
    if (seq <= pair.accepted) return this.#count('repeated');
    const expected = pair.accepted + 1;
    const refuse = (code: string, refused?: number) => {
      this.#count(code);
      const numbers = { participant: to.id, expected, ...(refused === undefined ? {} : { refused }) };
      from.end?.send({ type: 'error', id, code, message: '', ...numbers });
    };
    if (seq > expected) return refuse('out-of-sequence');
    if ('candidate' in body && (body.candidate?.candidate.length ?? 0) > 1_024) {
      return refuse('candidate-too-large', seq);
    }
    if (pair.kept.length >= this.#strict.windowMessages) return refuse('window-full');
    pair.accepted = seq;
    pair.kept.push({ seq, body });
    to.end?.send({ type: 'signal', from: from.id, seq, ...body });
    if (this.#random() < this.#strict.twice) to.end?.send({ type: 'signal', from: from.id, seq, ...body });
  }

  #acknowledge(from: Seat, to: Seat, seq: number): void {
    const pair = pairOf(to, from.id);
    if (seq <= pair.acknowledged) return;
    pair.acknowledged = seq;
    pair.kept = pair.kept.filter((kept) => kept.seq > seq);
    from.end?.send({ type: 'ack', participant: to.id, seq });
  }

  #join(end: ServerEnd, message: JoinMessage, nowMs: number): void {
    const token = message.resume === undefined ? undefined : (JSON.parse(message.resume) as Token);
    const keyed = [...this.#seats.values()].find(({ key }) => key !== undefined && key === message.key);
    const known = token === undefined ? keyed : this.#seats.get(token.id);
    const inTime = nowMs - this.#startedMs < GRACE_MS;
    const leftMs = this.#boot > 0 && inTime ? GRACE_MS - (nowMs - this.#startedMs) : undefined;
    if (known !== undefined) this.#resume(known, end, message, leftMs);
    else if (token !== undefined && token.boot < this.#boot && inTime) this.#adopt(token, end, message, nowMs);
    else this.#newSeat(end, message, nowMs);
  }

  #newSeat(end: ServerEnd, message: JoinMessage, nowMs: number): void {
    const { instance = '', key, offer: asked } = message;
    const { capacity = Infinity } = this.#strict;
    if (this.#seats.size >= capacity) {
      const away = [...this.#seats.values()].filter((seat) => seat.end === undefined);
      const retryAfterMs = Math.min(...away.map((seat) => seat.awaySinceMs + seat.graceMs - nowMs));
      const retry = away.length === 0 ? {} : { retryAfterMs };
      return end.send({ type: 'full', id: 1, room: 'r', capacity, ...retry });
    }
    const claimed = this.#lobby.join(end, message, this.#waiting(), nowMs);
    const order = this.#nextOrder++;
    const seat = newSeat({ id: `p${order}`, order, epoch: 1, instance, end, turn: this.#turnOf(end), key });
    this.#seats.set(seat.id, seat);
    this.#sayJoined(seat, false, undefined, claimed.joined);
    const { offer, candidates } = claimed.joined;
    if (offer !== undefined) this.#count(asked === 0 ? 'taken' : candidates === undefined ? 'preconnected' : 'claimed');
    const participant = this.#shown(seat);
    this.#tellOthers(seat, { type: 'participant-joined', participant, ...claimed.participantJoined });
    this.#lobby.announceIfVisited(this.#waiting());
  }

  #resume(seat: Seat, end: ServerEnd, { instance = '', streams = [] }: JoinMessage, leftMs?: number): void {
    const turn = this.#turnOf(end);
    if (turn < seat.turn) {
      this.#count('late join');
      end.send({ type: 'ended', reason: 'superseded' });
      end.close();
      return;
    }
    seat.turn = turn;
    const old = seat.end;
    if (old !== undefined) {
      this.#buckets.delete(old);
      old.send({ type: 'ended', reason: 'superseded' });
      old.close();
    }
    seat.end = end;
    const positions = streams.filter(({ participant, epoch }) => this.#seats.get(participant)?.epoch === epoch);
    const possible = positions.every(({ participant, received }) => {
      const pair = pairOf(seat, participant);
      return received >= pair.acknowledged && received <= pair.accepted;
    });
    const recovered = possible && instance === seat.instance;
    this.#count(recovered ? 'recovered' : 'started over');
    if (recovered) {
      for (const { participant, received } of positions) {
        const from = this.#seats.get(participant);
        if (from !== undefined) this.#acknowledge(from, seat, received);
      }
    } else {
      seat.epoch += 1;
      if (instance !== seat.instance) this.#lobby.drop(seat.id);
      seat.instance = instance;
      seat.inbox.clear();
      for (const other of this.#seats.values()) other.inbox.delete(seat.id);
    }
    this.#comeBack(seat, recovered, leftMs);
  }

  /** The token of a seat of before the restart. */
  #adopt(token: Token, end: ServerEnd, { instance = '', key, streams = [] }: JoinMessage, nowMs: number): void {
    const { id, order } = token;
    const turn = this.#turnOf(end);
    const recovered = streams.length > 0;
    this.#count(recovered ? 'adopted' : 'adopted anew');
    const seat = newSeat({ id, order, epoch: recovered ? token.epoch : token.epoch + 1, instance, end, turn, key });
    seat.believed = streams;
    this.#seats.set(id, seat);
    this.#nextOrder = Math.max(this.#nextOrder, order + 1);
    for (const other of this.#seats.values()) {
      if (other === seat) continue;
      believe(seat, other);
      believe(other, seat);
    }
    this.#comeBack(seat, recovered, GRACE_MS - (nowMs - this.#startedMs));
  }

  #comeBack(seat: Seat, recovered: boolean, othersMayReturnMs?: number): void {
    this.#sayJoined(seat, recovered, othersMayReturnMs);
    this.#lobby.back(this.#waiting());
    for (const other of this.#seats.values()) {
      if (other === seat) continue;
      other.end?.send({ type: 'participant-back', participant: this.#shown(seat, other), recovered });
      for (const [from, to] of [[seat, other], [other, seat]] as const) {
        const { acknowledged } = pairOf(to, from.id);
        if (acknowledged > 0) from.end?.send({ type: 'ack', participant: to.id, seq: acknowledged });
      }
    }
    for (const [from, pair] of seat.inbox) {
      this.#count('replayed', pair.kept.length);
      for (const { seq, body } of pair.kept) seat.end?.send({ type: 'signal', from, seq, ...body });
    }
  }

  #sayJoined(seat: Seat, recovered: boolean, othersMayReturnMs?: number, answers: Partial<JoinedMessage> = {}): void {
    const { id, order, epoch } = seat;
    const token: Token = { boot: this.#boot, id, order, epoch };
    const others = [...this.#seats.values()].filter((other) => other !== seat);
    this.leftAtMs.delete(pageOf(seat.end));
    for (const other of others) {
      const [here, there] = [seat, other].map(({ end }) => pageOf(end));
      this.met.add(`${here} ${there}`).add(`${there} ${here}`);
    }
    seat.end?.send({
      type: 'joined',
      id: 1,
      room: 'r',
      you: this.#shown(seat),
      seat: { token: JSON.stringify(token), graceMs: GRACE_MS },
      capacity: this.#strict.capacity ?? 3,
      recovered,
      participants: others.map((other) => this.#shown(other, seat)),
      ...this.#iceServers(seat.end ?? nobody),
      ...answers,
      ...(othersMayReturnMs === undefined ? {} : { othersMayReturnMs }),
    });
  }

  #shown(seat: Seat, to?: Seat): Participant {
    const { id, order, epoch, instance } = seat;
    const accepted = to === undefined ? {} : { accepted: pairOf(seat, to.id).accepted };
    return { id, order, epoch, instance, state: seat.end === undefined ? 'away' : 'present', ...accepted };
  }

  #tellOthers(seat: Seat, message: ServerMessage): void {
    for (const other of this.#seats.values()) if (other !== seat) other.end?.send(message);
  }

  #turnOf(end: ServerEnd): number {
    return this.#buckets.get(end)?.turn ?? 0;
  }

  #seatOf(end: ServerEnd): Seat | undefined {
    return [...this.#seats.values()].find((seat) => seat.end === end);
  }

  #count(what: string, more = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + more);
  }
}

const nobody: ServerEnd = { send: () => {}, close: () => {} };

/** The page at the other end: the servers that it is given name it. */
export function pageOf(end: ServerEnd | undefined): string {
  return [end?.iceServers?.[0]?.urls].flat()[0]?.replace('stun:', '') ?? '?';
}

function newSeat(seat: Pick<Seat, 'id' | 'order' | 'epoch' | 'instance' | 'end' | 'turn' | 'key'>): Seat {
  return { ...seat, awaySinceMs: 0, graceMs: GRACE_MS, inbox: new Map(), believed: [] };
}

function pairOf(to: Seat, from: string): Pair {
  const pair = to.inbox.get(from) ?? { accepted: 0, acknowledged: 0, kept: [] };
  to.inbox.set(from, pair);
  return pair;
}

function believe(to: Seat, from: Seat): void {
  const said = to.believed.find(({ participant, epoch }) => participant === from.id && epoch === from.epoch);
  if (said !== undefined) to.inbox.set(from.id, { accepted: said.received, acknowledged: said.received, kept: [] });
}
