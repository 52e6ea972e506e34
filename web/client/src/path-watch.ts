/**
 * Whether the media path still carries something, whatever the browser says of its state: it takes many seconds until a
 * dead path is called so. Pure.
 */
type Fields = Readonly<Record<string, unknown>>;

/** How often it wants to look. */
export const WATCH_MS = 500;
/** After so long without anything the path is doubted, and then again and again. */
export const SILENT_MS = 1_000;
export const STILL_SILENT_MS = 3_000;

export type Doubt = 'first' | 'again';

export class PathWatch {
  #bytes = 0;
  #nextMs = Infinity;
  #doubts = 0;

  /** @param expected whether the other side sends anything */
  look(stats: readonly Fields[], nowMs: number, expected: boolean): Doubt | undefined {
    const inbound = stats.filter((one) => one['type'] === 'inbound-rtp');
    const bytes = inbound.reduce((sum, one) => sum + Number(one['bytesReceived'] ?? 0), 0);
    // Before anything has come it is not the path's fault; another connection begins at nothing.
    if (bytes !== this.#bytes || bytes === 0 || !expected) {
      this.#bytes = bytes;
      this.#nextMs = nowMs + SILENT_MS;
      this.#doubts = 0;
      return undefined;
    }
    if (nowMs < this.#nextMs) return undefined;
    this.#nextMs = nowMs + STILL_SILENT_MS;
    this.#doubts += 1;
    return this.#doubts === 1 ? 'first' : 'again';
  }
}
