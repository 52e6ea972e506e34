/** Randomness, time and delays of the simulations. */

/** Marsaglia's xorshift, 32 bits: the seed in a failure's message brings the failure back. */
export function generator(seed: number): () => number {
  let x = (seed * 2_654_435_761) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** What happens next, in virtual time; at one time in the order in which it was planned. */
export class Agenda {
  nowMs = 0;
  #heap: { atMs: number; order: number; run: () => void }[] = [];
  #order = 0;

  in(afterMs: number, run: () => void): void {
    const heap = this.#heap;
    heap.push({ atMs: this.nowMs + Math.max(0, afterMs), order: this.#order++, run });
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  runUntil(endMs: number): void {
    while (this.#runNext(endMs));
    this.nowMs = endMs;
  }

  /** The same where promises are kept: after each thing that happens, everything that follows from it at once. */
  async follow(endMs: number): Promise<void> {
    while (this.#runNext(endMs)) await new Promise((resolve) => setImmediate(resolve));
    this.nowMs = endMs;
  }

  #runNext(endMs: number): boolean {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.atMs > endMs) return false;
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) heap[0] = last;
    for (let i = 0; ; ) {
      let next = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && this.#before(child, next)) next = child;
      if (next === i) break;
      this.#swap(i, next);
      i = next;
    }
    this.nowMs = first.atMs;
    first.run();
    return true;
  }

  #before(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    if (a === undefined || b === undefined) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  #swap(i: number, j: number): void {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    if (a !== undefined && b !== undefined) [this.#heap[i], this.#heap[j]] = [b, a];
  }
}

export interface Surroundings {
  readonly agenda: Agenda;
  readonly random: () => number;
}

/**
 * One direction of a connection: in order, each message after a delay. A cut loses a random suffix of what is on the way,
 * and the rest may come much later, when another connection has long taken over.
 */
export class Direction<M> {
  readonly #world: Surroundings;
  readonly #take: (message: M) => void;
  #lastMs = 0;
  #onTheWay: { lost: boolean }[] = [];
  #lateMs = 0;
  #cut = false;

  constructor(world: Surroundings, take: (message: M) => void) {
    this.#world = world;
    this.#take = take;
  }

  send(message: M): void {
    if (this.#cut) return;
    const { agenda, random } = this.#world;
    this.#lastMs = Math.max(this.#lastMs, agenda.nowMs + 1 + random() * (random() < 0.02 ? 800 : 40));
    const flight = { lost: false };
    this.#onTheWay.push(flight);
    const arrive = () => {
      this.#onTheWay.splice(this.#onTheWay.indexOf(flight), 1);
      if (!flight.lost) this.#take(message);
    };
    agenda.in(this.#lastMs - agenda.nowMs, () => {
      if (this.#lateMs === 0) arrive();
      else agenda.in(this.#lateMs, arrive);
    });
  }

  cut(): void {
    this.#cut = true;
    if (this.#world.random() < 0.3) this.#lateMs = this.#world.random() * 6_000;
    const from = Math.floor(this.#world.random() * (this.#onTheWay.length + 1));
    for (const flight of this.#onTheWay.slice(from)) flight.lost = true;
  }

  /** After all that is on the way. */
  last(run: () => void, moreMs: number): void {
    const { agenda } = this.#world;
    agenda.in(Math.max(0, this.#lastMs - agenda.nowMs) + this.#lateMs + moreMs, run);
  }
}
