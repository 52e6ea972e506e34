/** When the steps of a call were taken, each the first time only: for who wants to know what a call's beginning waited for. */

/**
 * - `begun`: `prepare`, or without it `join`
 * - `camera`: there is a picture to send
 * - `socket`: the server's WebSocket is open
 * - `looked`: the room was seen, in the lobby
 * - `clicked`: the call's `join`
 * - `joined`: there is a seat
 * - `remote`, `local`: the descriptions of the other and of this side are in place
 * - `ice`: there is a path
 * - `connected`: and it is encrypted
 * - `direct`: the data channel is open
 * - `packet`: the first sound or picture of the other arrives; the picture is painted when it is complete and decoded
 */
export type Stage =
  | 'begun'
  | 'camera'
  | 'socket'
  | 'looked'
  | 'clicked'
  | 'joined'
  | 'remote'
  | 'local'
  | 'ice'
  | 'connected'
  | 'direct'
  | 'packet';

export class Timings {
  readonly #now: () => number;
  readonly #marks: Partial<Record<Stage, number>> = {};

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  mark(stage: Stage): void {
    this.#marks[stage] ??= this.#now();
  }

  get all(): Readonly<Partial<Record<Stage, number>>> {
    return { ...this.#marks };
  }
}
