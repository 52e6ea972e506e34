/**
 * Whether the media path still carries something, whatever the browser says of its state: it takes many seconds until a
 * dead path is called so. Pure.
 */
type Fields = Readonly<Record<string, unknown>>;

/** After so long without anything it is asked whether the server can still be reached. */
export const QUIET_MS = 500;
/** After so long the path is doubted. */
export const SILENT_MS = 1_000;
/**
 * And then again, twice soon: a browser knows of its new network only after a while (Chromium on Linux after 2 s), and looks for a
 * path in the old one before.
 */
export const SOON_MS = 1_200;
export const STILL_SILENT_MS = 3_000;

const PAUSES_MS = [SILENT_MS - QUIET_MS, SOON_MS, SOON_MS];

export class PathWatch {
  #bytes = 0;
  #nextMs = Infinity;
  #doubts = 0;

  /**
   * How many doubts there are since something came: with the first only the server is asked, from the second on it is the path.
   *
   * @param expected whether the other side sends anything
   */
  look(stats: readonly Fields[], nowMs: number, expected: boolean): number {
    const inbound = stats.filter((one) => one['type'] === 'inbound-rtp');
    const bytes = inbound.reduce((sum, one) => sum + Number(one['bytesReceived'] ?? 0), 0);
    // Before anything has come it is not the path's fault; another connection begins at nothing.
    if (bytes !== this.#bytes || bytes === 0 || !expected) {
      this.#bytes = bytes;
      this.#nextMs = nowMs + QUIET_MS;
      this.#doubts = 0;
    }
    if (nowMs >= this.#nextMs) this.#nextMs = nowMs + (PAUSES_MS[this.#doubts++] ?? STILL_SILENT_MS);
    return this.#doubts;
  }
}
