/**
 * Which description of a connection comes after which. They may take two roads, through the server and over the data channel,
 * or be said again, so they arrive twice and in another order; an old one would undo a newer, and an answer end an offer that it
 * is not the answer to. Pure.
 *
 * Each side counts its descriptions (`turn`); an answer says to which offer it is one (`answers`). From an end that does not
 * count, everything is new.
 */
import type { SessionDescription } from './protocol.ts';

/** `again`: the offer that was answered last, so its answer may have been lost. */
export type Heard = 'new' | 'again' | 'old';

export class DescriptionOrder {
  #said: { readonly turn: number; readonly answers?: number } = { turn: 0 };
  #heard = 0;
  /** What came last was an offer. */
  #offered = false;
  /** Whether the other end counts. */
  #counts = false;

  /** This side has made another: an answer is one to the offer that came last. */
  makes(type: SessionDescription['type']): void {
    const to = type === 'answer' && this.#counts ? { answers: this.#heard } : {};
    this.#said = { turn: this.#said.turn + 1, ...to };
  }

  /** What this side made last, as it is said. */
  marked({ type, sdp }: { readonly type: SessionDescription['type']; readonly sdp: string }): SessionDescription {
    return { type, sdp, ...this.#said };
  }

  judge({ type, turn, answers }: SessionDescription): Heard {
    if (type === 'answer') return answers === undefined || answers === this.#said.turn ? 'new' : 'old';
    if (turn === undefined || turn > this.#heard) return 'new';
    return turn === this.#heard && this.#offered ? 'again' : 'old';
  }

  /** That counts now. */
  takes({ type, turn }: SessionDescription): void {
    this.#offered = type === 'offer';
    this.#counts = turn !== undefined;
    if (turn !== undefined) this.#heard = turn;
  }
}
