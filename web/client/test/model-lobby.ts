/** Of the server of model-server.ts: who looks into the room, the standing offer, and the connection that is prepared with a preview. */
import type { Candidate, JoinedMessage, LookedMessage, ParkMessage, ParticipantJoinedMessage, SessionDescription } from '../src/protocol.ts';
import type { ServerEnd } from './model-server.ts';

const LEASE_MS = 60_000;

interface Standing {
  readonly offer: number;
  readonly author: string;
  readonly description: SessionDescription;
  readonly candidates: readonly Candidate[];
  readonly untilMs: number;
}

interface Preconnection {
  readonly offer: number;
  readonly author: string;
  readonly with: ServerEnd;
  offered: boolean;
  answered: boolean;
}

/** Who waits: alone in the room, and there. */
export interface Waiting {
  readonly id: string;
  readonly end: ServerEnd;
  readonly capacity: number;
}

/** What the two are told who begin with an offer. */
export interface Claimed {
  readonly joined: Pick<JoinedMessage, 'offer' | 'from' | 'description' | 'candidates'>;
  readonly participantJoined: Pick<ParticipantJoinedMessage, 'offer' | 'answer'>;
}

const NOTHING: Claimed = { joined: {}, participantJoined: {} };

export class ModelLobby {
  readonly #lifeMs: number;
  #next = 1;
  #standing: Standing | undefined;
  #preconnection: Preconnection | undefined;
  readonly #looks = new Map<ServerEnd, { readonly untilMs: number; readonly preconnects: boolean }>();

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** What a preview is shown beside who is there; whoever waits is told of it with `announce`. */
  look(
    end: ServerEnd,
    preconnects: boolean,
    waiting: Waiting | undefined,
    nowMs: number,
  ): Pick<LookedMessage, 'leaseMs' | 'offer' | 'from' | 'description'> {
    this.#looks.set(end, { untilMs: nowMs + LEASE_MS, preconnects });
    const standing = this.#fresh(waiting, nowMs);
    if (standing === undefined) return { leaseMs: LEASE_MS };
    const { offer, author: from, description } = standing;
    return { leaseMs: LEASE_MS, offer, from, description };
  }

  isLooking(end: ServerEnd): boolean {
    return this.#looks.has(end);
  }

  leave(end: ServerEnd, waiting: Waiting | undefined): void {
    if (!this.#looks.delete(end)) return;
    if (this.#preconnection?.with === end) this.#preconnection = undefined;
    this.announce(waiting);
  }

  announceIfVisited(waiting: Waiting | undefined): void {
    if (this.#looks.size > 0) this.announce(waiting);
  }

  announce(waiting: Waiting | undefined): void {
    if (waiting === undefined) return;
    const [visitor] = [...this.#looks].find(([, { preconnects }]) => preconnects) ?? [];
    if (this.#preconnection === undefined && visitor !== undefined && waiting.capacity === 2) {
      const { id: author } = waiting;
      this.#preconnection = { offer: this.#next++, author, with: visitor, offered: false, answered: false };
    }
    const prepared = this.#preconnection;
    const { iceServers = [] } = waiting.end;
    waiting.end.send({
      type: 'looking',
      visitors: this.#looks.size,
      ...(prepared === undefined ? {} : { offer: prepared.offer, iceServers }),
    });
  }

  /** Whoever waited is back: what was prepared is begun again. */
  back(waiting: Waiting | undefined): void {
    this.#preconnection = undefined;
    this.announceIfVisited(waiting);
  }

  tick(waiting: Waiting | undefined, nowMs: number): void {
    for (const [end, { untilMs }] of this.#looks) {
      if (nowMs < untilMs) continue;
      this.leave(end, waiting);
      end.send({ type: 'look-ended' });
    }
  }

  park(waiting: Waiting, { description, candidates = [] }: ParkMessage, nowMs: number): void {
    const { id: author, end } = waiting;
    const offer = this.#next++;
    this.#standing = { offer, author, description, candidates, untilMs: nowMs + this.#lifeMs };
    end.send({ type: 'parked', offer, lifeMs: this.#lifeMs });
  }

  offer(end: ServerEnd, offer: number, description: SessionDescription, waiting: Waiting | undefined): void {
    const prepared = this.#preconnection;
    if (prepared?.offer !== offer || waiting?.id !== prepared.author) return refuse(end, 'offer-stale');
    if (prepared.offered) return refuse(end, 'bad-message');
    prepared.offered = true;
    prepared.with.send({ type: 'offered', offer, from: prepared.author, description });
  }

  answer(end: ServerEnd, offer: number, description: SessionDescription, waiting: Waiting | undefined): void {
    const prepared = this.#preconnection;
    const good = prepared?.offer === offer && prepared.with === end && waiting?.id === prepared.author;
    if (!good) return refuse(end, 'offer-stale');
    if (!prepared.offered || prepared.answered) return refuse(end, 'bad-message');
    prepared.answered = true;
    waiting.end.send({ type: 'answered', offer, description });
  }

  /** Somebody joins, with what they claim. Afterwards nobody is alone any more. */
  join(
    end: ServerEnd,
    { offer, answer }: { readonly offer?: number; readonly answer?: SessionDescription },
    waiting: Waiting | undefined,
    nowMs: number,
  ): Claimed {
    const claimed = this.#claim(end, offer, answer, waiting, nowMs);
    this.#looks.delete(end);
    this.#standing = undefined;
    this.#preconnection = undefined;
    return claimed;
  }

  #claim(
    end: ServerEnd,
    asked: number | undefined,
    answer: SessionDescription | undefined,
    waiting: Waiting | undefined,
    nowMs: number,
  ): Claimed {
    const prepared = this.#preconnection;
    if (asked === undefined || waiting === undefined) return NOTHING;
    if (prepared?.offer === asked) {
      const good = prepared.with === end && prepared.answered && prepared.author === waiting.id;
      return good ? { joined: { offer: asked }, participantJoined: { offer: asked } } : NOTHING;
    }
    const standing = this.#fresh(waiting, nowMs);
    if (standing === undefined) return NOTHING;
    const { offer, author: from, description, candidates } = standing;
    if (asked === 0) return { joined: { offer, from, description, candidates }, participantJoined: { offer } };
    return asked === offer && answer !== undefined && this.#looks.has(end)
      ? { joined: { offer, candidates }, participantJoined: { offer, answer } }
      : NOTHING;
  }

  /** Its author left, or is another page now. */
  drop(author: string): void {
    if (this.#standing?.author === author) this.#standing = undefined;
    if (this.#preconnection?.author === author) this.#preconnection = undefined;
  }

  #fresh(waiting: Waiting | undefined, nowMs: number): Standing | undefined {
    const standing = this.#standing;
    return standing !== undefined && waiting?.id === standing.author && nowMs < standing.untilMs ? standing : undefined;
  }
}

function refuse(end: ServerEnd, code: string): void {
  end.send({ type: 'error', code, message: '' });
}
