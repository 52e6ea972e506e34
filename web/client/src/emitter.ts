/** Events with types: listeners, and the same as async iterators. */

type Listener<T> = (value: T) => void;

export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #closers = new Set<() => void>();
  #closed = false;

  /** Returns what stops it. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as Listener<never>));
    return () => listeners.delete(listener as Listener<never>);
  }

  /** A listener that throws costs the others nothing. */
  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[E]>)(value);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /** No more events: iterators end. */
  close(): void {
    this.#closed = true;
    for (const close of this.#closers) close();
  }

  /** From now on; what comes while nobody asks is kept for who asks next. */
  iterate<E extends keyof Events>(event: E): AsyncIterableIterator<Events[E]> {
    const queue: Events[E][] = [];
    let wake = () => {};
    const stop = this.on(event, (value) => {
      queue.push(value);
      wake();
    });
    const close = () => wake();
    this.#closers.add(close);
    const ended = () => this.#closed;
    const over = () => {
      stop();
      this.#closers.delete(close);
    };
    return (async function* () {
      try {
        for (;;) {
          while (queue.length > 0) yield queue.shift() as Events[E];
          if (ended()) return;
          await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        over();
      }
    })();
  }
}
