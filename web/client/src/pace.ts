/** How much may be said now: a part of the limits that the server sets for messages. Pure. */

interface Limits {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
}

/** The rest is for pings, and for what arrives in less time than it was said in. */
const SHARE = 0.8;

export class Pace {
  #perSecond = 1;
  #burst = 1;
  #tokens = 0;
  #atMs = 0;

  /** A connection begins with a full burst. */
  begin(limits: Limits, nowMs: number): void {
    this.#perSecond = limits.messagesPerSecond * SHARE;
    this.#burst = Math.max(1, limits.messageBurst * SHARE);
    this.#tokens = this.#burst;
    this.#atMs = nowMs;
  }

  /** What cannot wait takes its part without asking, and what can wait then waits longer. */
  take(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens -= 1;
  }

  allows(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= 1;
  }

  /** It was too much. */
  stop(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens = Math.min(this.#tokens, 0);
  }

  /** When something is allowed again. */
  nextAtMs(): number {
    return this.#atMs + Math.ceil((Math.max(0, 1 - this.#tokens) * 1_000) / this.#perSecond);
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedMs / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}
