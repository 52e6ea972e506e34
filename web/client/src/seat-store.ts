/**
 * The seat token of this tab, so that a reload comes back to the same seat. `sessionStorage` lives as long as the tab;
 * browsers copy it into a duplicated tab, therefore only a page that was left a moment ago joins by itself.
 */

export interface KeptSeat {
  readonly room: string;
  readonly token: string;
  readonly graceMs: number;
  /** When the page went away, by the wall clock; absent while it is there. */
  readonly leftAtMs?: number;
}

/** What is needed of `sessionStorage`. */
export type SeatStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'duet.seat';
/** How long the server keeps the seat of a page that said it goes away: docs/protocol.md, `leave`. */
const RETURN_GRACE_MS = 5_000;

export class SeatStore {
  readonly #storage: SeatStorage | undefined;

  /** @param storage undefined where the browser refuses storage: then a reload is a new join */
  constructor(storage: SeatStorage | undefined) {
    this.#storage = storage;
  }

  /** Of this tab, where the browser lets it have one. */
  static ofTab(): SeatStore {
    try {
      return new SeatStore(sessionStorage);
    } catch {
      return new SeatStore(undefined);
    }
  }

  keep(seat: KeptSeat): void {
    try {
      this.#storage?.setItem(KEY, JSON.stringify(seat));
    } catch {
      // A full or forbidden storage costs the resume after a reload, nothing else.
    }
  }

  forget(): void {
    try {
      this.#storage?.removeItem(KEY);
    } catch {
      // As above.
    }
  }

  find(room: string): KeptSeat | undefined {
    try {
      const seat = JSON.parse(this.#storage?.getItem(KEY) ?? 'null') as KeptSeat | null;
      return seat?.room === room && typeof seat.token === 'string' ? seat : undefined;
    } catch {
      return undefined;
    }
  }

  /** A page that comes out of the back-forward cache and is loaded anew at once has left but once: when it went in. */
  markLeft(room: string, nowMs: number): void {
    const seat = this.find(room);
    if (seat !== undefined && seat.leftAtMs === undefined) this.keep({ ...seat, leftAtMs: nowMs });
  }

  /**
   * Takes the seat of the page load before this one. `fresh`: it was left so lately that the seat is still there, so this is a reload.
   */
  takeOver(room: string, nowMs: number): { readonly token: string; readonly fresh: boolean } | undefined {
    const seat = this.find(room);
    if (seat === undefined) return undefined;
    const { token, graceMs, leftAtMs } = seat;
    this.keep({ room, token, graceMs });
    const awayMs = leftAtMs === undefined ? Infinity : nowMs - leftAtMs;
    return { token, fresh: awayMs >= 0 && awayMs < Math.min(graceMs, RETURN_GRACE_MS) };
  }
}
