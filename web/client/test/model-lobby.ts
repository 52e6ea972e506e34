/** Of the server of model-server.ts: who looks into the room, and the offer that lies in it. */
import type { AnswerBody, LookedMessage, SessionDescription } from '../src/protocol.ts';
import type { ServerEnd } from './model-server.ts';

const LEASE_MS = 60_000;

interface Parked {
  readonly offer: number;
  readonly author: string;
  readonly instance: string;
  readonly description: SessionDescription;
  readonly untilMs: number;
  /** Which visitor has it. */
  lentTo: ServerEnd | undefined;
  described: boolean;
}

/** Who waits: alone in the room, and there. */
export interface Waiting {
  readonly id: string;
  readonly instance: string;
  readonly end: ServerEnd;
}

export class ModelLobby {
  readonly #lifeMs: number;
  #next = 1;
  #parked: Parked | undefined;
  /** By authors who have not heard it. */
  readonly #spent = new Map<string, number>();
  readonly #looks = new Map<ServerEnd, { readonly untilMs: number; offer: number | undefined }>();

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** What a visitor is shown beside who is there. */
  look(
    end: ServerEnd,
    waiting: Waiting | undefined,
    nowMs: number,
  ): Pick<LookedMessage, 'leaseMs' | 'offer' | 'from' | 'description'> {
    this.leave(end, waiting);
    const parked = this.#shown(waiting, nowMs);
    this.#looks.set(end, { untilMs: nowMs + LEASE_MS, offer: parked?.offer });
    if (parked === undefined) return { leaseMs: LEASE_MS };
    parked.lentTo = end;
    return { leaseMs: LEASE_MS, offer: parked.offer, from: parked.author, description: parked.description };
  }

  /** A visitor looks no more; what was shown to them is spent. */
  leave(end: ServerEnd, waiting: Waiting | undefined): void {
    this.#looks.delete(end);
    const parked = this.#parked;
    if (parked?.lentTo !== end) return;
    this.#parked = undefined;
    if (waiting?.id === parked.author) waiting.end.send({ type: 'offer-spent', offer: parked.offer });
    else this.#spent.set(parked.author, parked.offer);
  }

  /** The author is back, and hears what happened meanwhile. */
  back(author: string, end: ServerEnd): void {
    const offer = this.#spent.get(author);
    this.#spent.delete(author);
    if (offer !== undefined) end.send({ type: 'offer-spent', offer });
  }

  tick(waiting: Waiting | undefined, nowMs: number): void {
    for (const [end, { untilMs }] of this.#looks) {
      if (nowMs < untilMs) continue;
      this.leave(end, waiting);
      end.send({ type: 'look-ended' });
    }
  }

  park(waiting: Waiting, description: SessionDescription, nowMs: number): void {
    const { id: author, instance, end } = waiting;
    const offer = this.#next++;
    const untilMs = nowMs + this.#lifeMs;
    this.#parked = { offer, author, instance, description, untilMs, lentTo: undefined, described: false };
    end.send({ type: 'parked', offer, lifeMs: this.#lifeMs });
  }

  answer(end: ServerEnd, offer: number, body: AnswerBody, waiting: Waiting | undefined): void {
    const parked = this.#parked;
    const good = parked?.offer === offer && parked.lentTo === end && waiting?.id === parked.author;
    if (!good) return end.send({ type: 'error', id: 0, code: 'offer-stale', message: '' });
    if ('description' in body === parked.described) {
      return end.send({ type: 'error', id: 0, code: 'bad-message', message: '' });
    }
    parked.described = true;
    waiting.end.send({ type: 'answered', offer, ...body });
  }

  /** Somebody joins: what they answer, or are to answer. Afterwards nobody is alone any more. */
  join(
    end: ServerEnd,
    offer: number | undefined,
    waiting: Waiting | undefined,
    nowMs: number,
  ): { readonly offer?: number; readonly from?: string; readonly description?: SessionDescription } {
    const parked = this.#parked;
    const look = this.#looks.get(end);
    this.#looks.delete(end);
    this.#parked = undefined;
    if (parked === undefined || waiting?.id !== parked.author || offer === undefined) return {};
    if (offer > 0) return look?.offer === offer && parked.offer === offer && parked.lentTo === end ? { offer } : {};
    if (parked.lentTo !== undefined || nowMs >= parked.untilMs) return {};
    return { offer: parked.offer, from: parked.author, description: parked.description };
  }

  /** Its author left, or is another page now. */
  drop(author: string): void {
    if (this.#parked?.author === author) this.#parked = undefined;
  }

  #shown(waiting: Waiting | undefined, nowMs: number): Parked | undefined {
    const parked = this.#parked;
    if (parked === undefined || waiting?.id !== parked.author || waiting.instance !== parked.instance) return undefined;
    return parked.lentTo === undefined && nowMs < parked.untilMs ? parked : undefined;
  }
}
