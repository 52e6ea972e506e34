/**
 * Whether somebody sits between the two: an exchange over the direct channel that gives both the same 32 bits exactly
 * when both connections end at each other. safety-code.ts makes words and emoji of them, which people compare by voice.
 *
 * The server hands on the fingerprints that the connections are checked against, so it could put itself between, with two
 * connections of its own, and be both sides' other side in this exchange. Then the fingerprints differ, and so do the
 * codes, unless it finds numbers that make 32 bits collide. Neither side of the exchange can look for such numbers:
 *
 *   first  -> second   commit: hash of the first's nonce and of the fingerprints as the first sees them
 *   second -> first    nonce: chosen without knowledge of the first's
 *   first  -> second   reveal: the first's nonce, bound by the commitment before the second's was known
 *
 * So whoever sits between has one guess in 2^32 for each connection it makes them build. One exchange belongs to one
 * connection. Whatever departs from this order, comes twice, is altered or never comes ends it in `failed`, which is final,
 * also when a code was there before: the page must take the code back and warn.
 *
 * The order of the two comes from the server. Lying about it makes both wait or both commit, or lets the one between choose
 * its role in each exchange, which gains it nothing, because neither role can choose with knowledge.
 */
import type { SafetyMessage } from './direct.ts';
import { hex } from './hex.ts';

/** `fingerprints-unclear`: a description has none, or one that this page does not understand but the browser might. */
export type SafetyFailure =
  | 'fingerprints-unclear'
  | 'fingerprints-changed'
  | 'out-of-order'
  | 'commitment-broken'
  | 'too-late'
  | 'no-hash';

export type SafetyState =
  | { readonly name: 'going' }
  /** Four bytes, the same on both sides. */
  | { readonly name: 'ready'; readonly code: Uint8Array }
  | { readonly name: 'failed'; readonly why: SafetyFailure };

export interface SafetyOptions {
  /** Of the two this is the one with the lower order, who commits. */
  readonly first: boolean;
  /** Both descriptions of the connection, as the browser has them. */
  readonly localSdp: string;
  readonly remoteSdp: string;
  /** 32 random bytes, never used before. */
  readonly nonce: Uint8Array;
  /** SHA-256. */
  readonly hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
  readonly send: (message: SafetyMessage) => void;
  readonly changed: (state: SafetyState) => void;
}

/** A side that hears nothing for so long gives up; the caller has the timer, see {@link SafetyExchange.expire}. */
export const SAFETY_TIMEOUT_MS = 15_000;

/**
 * All fingerprints of a description in one form, without duplicates and sorted; nothing when there is none, or when it has
 * one that cannot be read. A browser accepts any of those named, so all of them count.
 */
export function fingerprintsOf(sdp: string): string | undefined {
  const named = sdp.split(/[\r\n]+/).filter((line) => /fingerprint/i.test(line));
  const one = /^a=fingerprint:(sha-(?:256|384|512)) ((?:[0-9a-f]{2}:)+[0-9a-f]{2}) *$/i;
  const read = named.map((line) => one.exec(line));
  if (read.length === 0 || read.includes(null)) return undefined;
  const canonical = read.map((match) => `${match?.[1]?.toLowerCase()} ${match?.[2]?.toUpperCase()}`);
  return [...new Set(canonical)].sort().join(',');
}

export class SafetyExchange {
  #state: SafetyState = { name: 'going' };
  readonly #options: SafetyOptions;
  readonly #nonce: string;
  readonly #local: string | undefined;
  readonly #remote: string | undefined;
  /** What the other side has to say next. */
  #awaits: SafetyMessage['step'] | undefined;
  #commitment = '';
  /** One thing after the other: hashing takes turns of the event loop. */
  #done: Promise<void> = Promise.resolve();

  constructor(options: SafetyOptions) {
    this.#options = options;
    this.#nonce = hex(options.nonce);
    this.#local = fingerprintsOf(options.localSdp);
    this.#remote = fingerprintsOf(options.remoteSdp);
    this.#awaits = options.first ? 'nonce' : 'commit';
  }

  get state(): SafetyState {
    return this.#state;
  }

  /** To be called once, when the channel is open. */
  start(): void {
    this.#then(async () => {
      const { first, nonce, send } = this.#options;
      if (nonce.length !== 32) throw new RangeError(`nonce of ${nonce.length} bytes (expected: 32)`);
      if (this.#local === undefined || this.#remote === undefined || this.#local === this.#remote) {
        this.#fail('fingerprints-unclear');
      } else if (first) {
        send({ type: 'safety', step: 'commit', bytes: await this.#commit(this.#nonce) });
      }
    });
  }

  receive(message: SafetyMessage): void {
    this.#then(() => this.#take(message));
  }

  /** To be called whenever a description was applied: a certificate may not change within a connection. */
  check(localSdp: string, remoteSdp: string): void {
    if (fingerprintsOf(localSdp) !== this.#local || fingerprintsOf(remoteSdp) !== this.#remote) {
      this.#fail('fingerprints-changed');
    }
  }

  /** The time for the exchange is over. */
  expire(): void {
    if (this.#state.name === 'going') this.#fail('too-late');
  }

  async #take({ step, bytes }: SafetyMessage): Promise<void> {
    const { send } = this.#options;
    // A nonce of one's own that comes back is a reflection.
    if (step !== this.#awaits || bytes === this.#nonce) {
      this.#fail('out-of-order');
      return;
    }
    switch (step) {
      case 'commit':
        this.#commitment = bytes;
        this.#awaits = 'reveal';
        send({ type: 'safety', step: 'nonce', bytes: this.#nonce });
        break;
      case 'nonce':
        this.#awaits = undefined;
        await this.#ready(this.#nonce, bytes);
        if (this.#state.name === 'ready') send({ type: 'safety', step: 'reveal', bytes: this.#nonce });
        break;
      case 'reveal':
        this.#awaits = undefined;
        if ((await this.#commit(bytes)) === this.#commitment) await this.#ready(bytes, this.#nonce);
        else this.#fail('commitment-broken');
        break;
      default:
        step satisfies never;
    }
  }

  async #ready(firstNonce: string, secondNonce: string): Promise<void> {
    const hashed = await this.#hash('code', ...this.#fingerprints(), firstNonce, secondNonce);
    if (this.#state.name === 'going') this.#set({ name: 'ready', code: hashed.slice(0, 4) });
  }

  async #commit(nonce: string): Promise<string> {
    return hex(await this.#hash('commit', ...this.#fingerprints(), nonce));
  }

  /** As JSON, so that no two lists of parts are the same text; what each hash is for is a part of it. */
  #hash(...parts: readonly string[]): Promise<Uint8Array> {
    return this.#options.hash(new TextEncoder().encode(JSON.stringify(['duet safety 1', ...parts])));
  }

  #fingerprints(): readonly [string, string] {
    const [local, remote] = [this.#local ?? '', this.#remote ?? ''];
    return this.#options.first ? [local, remote] : [remote, local];
  }

  #then(step: () => Promise<void>): void {
    this.#done = this.#done
      .then(() => (this.#state.name === 'failed' ? undefined : step()))
      .catch(() => this.#fail('no-hash'));
  }

  #fail(why: SafetyFailure): void {
    if (this.#state.name !== 'failed') this.#set({ name: 'failed', why });
  }

  #set(state: SafetyState): void {
    this.#state = state;
    this.#options.changed(state);
  }
}
