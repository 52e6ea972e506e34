/**
 * A call in a browser: carries the effects of the call machine out and feeds it what happens. This is the one place
 * where the machine, the signaling connection, the media connection and the timers meet.
 */
import type { Call, Effect, Input, MediaState, Phase, TimerName } from './call-model.ts';
import { phaseOf, step } from './call-state.ts';
import type { MediaPath } from './path.ts';
import { MediaConnection } from './peer-connection.ts';
import type { ConnectionOptions, LocalTracks } from './peer-connection.ts';
import type { IceServer, SignalBody } from './protocol.ts';
import { SeatStore } from './seat-store.ts';
import { Session } from './session.ts';
import type { Undelivered } from './streams.ts';

export interface CallOptions {
  /** The server, `wss://HOST/ws`. */
  readonly url: string;
  readonly room: string;
  readonly name?: string;
  readonly tracks: LocalTracks;
  readonly seats: SeatStore;
  /** `relay`: the media goes through the server's relay only. Otherwise the browsers take the best path. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** Told what was said to the other and will not arrive; descriptions and candidates are said again by the call itself. */
  readonly undelivered?: (news: Undelivered) => void;
  /** Told after every change; the state is read from the call. */
  readonly changed: () => void;
}

export class DuetCall {
  readonly #options: CallOptions;
  readonly #session: Session;
  readonly #timers = new Map<TimerName, number>();
  readonly #inputs: Input[] = [];
  #running = false;
  #call: Call = { kind: 'idle' };
  #tracks: LocalTracks;
  #connection: MediaConnection | undefined;
  #connectionOptions: ConnectionOptions | undefined;
  #remote = new MediaStream();

  /** Joins at once. */
  constructor(options: CallOptions) {
    this.#options = options;
    this.#tracks = options.tracks;
    this.#session = new Session(options.url, {
      opened: () => this.#feed({ type: 'signaling-opened' }),
      message: (message) => this.#feed({ type: 'message', message }),
      undelivered: (news) => {
        this.#feed(news);
        options.undelivered?.(news);
      },
      lost: () => this.#feed({ type: 'signaling-lost' }),
      notOpened: (why) => this.#feed({ type: 'signaling-not-opened', why }),
      closed: (code) => this.#feed({ type: 'signaling-closed', code }),
    });
    const { room, name, seats } = options;
    const resume = seats.find(room)?.token;
    const intent = {
      room,
      instance: randomHex(8),
      key: randomHex(16),
      ...(name === undefined ? {} : { name }),
      ...(resume === undefined ? {} : { resume }),
    };
    this.#feed({ type: 'join', intent });
  }

  get state(): Call {
    return this.#call;
  }

  get phase(): Phase {
    return phaseOf(this.#call);
  }

  /** The other's sound and picture; a new object for every new connection. */
  get remoteStream(): MediaStream {
    return this.#remote;
  }

  /** Which way the media takes now; nothing while there is none. */
  async path(): Promise<MediaPath | undefined> {
    return this.#connection?.path();
  }

  setTracks(tracks: LocalTracks, media: MediaState): void {
    this.#tracks = tracks;
    this.#connection?.setTracks(tracks);
    this.#feed({ type: 'local-media', media });
  }

  leave(): void {
    this.#feed({ type: 'leave' });
  }

  /** For `pagehide`: a reload comes back to the seat, a closed tab frees it after a few seconds. */
  pageHidden(): void {
    if (this.#call.kind !== 'active') return;
    this.#options.seats.markLeft(this.#options.room, Date.now());
    this.#feed({ type: 'page-hidden' });
  }

  /** For `online` and for a page that is visible again. */
  nudge(): void {
    this.#session.nudge();
  }

  /** An effect may cause the next input at once; inputs are taken one after the other all the same. */
  #feed(input: Input): void {
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const { call, effects } = step(this.#call, next, performance.now());
        this.#call = call;
        for (const effect of effects) this.#carryOut(effect);
      }
    } finally {
      this.#running = false;
    }
    this.#options.changed();
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'open-signaling':
        return this.#session.open();
      case 'close-signaling':
        return this.#session.close();
      case 'send':
        return this.#session.send(effect.message);
      case 'keep-seat':
        return this.#options.seats.keep({ room: effect.room, token: effect.token, graceMs: effect.graceMs });
      case 'forget-seat':
        return this.#options.seats.forget();
      case 'open-connection': {
        const { iceServers, offers, polite } = effect;
        const iceTransportPolicy = this.#options.iceTransportPolicy ?? 'all';
        return this.#openConnection({ iceServers, iceTransportPolicy, offers, polite, tracks: this.#tracks });
      }
      case 'close-connection':
        return this.#closeConnection();
      case 'remote-signal':
        return this.#connection?.receive(effect.body);
      case 'refresh-connection':
        return this.#connection?.refresh(effect.resend, effect.restartIce);
      case 'hold-connection':
        return this.#connection?.hold();
      case 'use-ice-servers':
        return this.#useIceServers(effect.iceServers);
      case 'set-timer':
        return this.#setTimer(effect.timer, effect.afterMs);
      case 'clear-timer':
        return this.#clearTimer(effect.timer);
      default:
        effect satisfies never;
    }
  }

  #openConnection(options: ConnectionOptions, first?: SignalBody): void {
    this.#closeConnection();
    const remote = this.#remote;
    this.#connectionOptions = options;
    this.#connection = new MediaConnection(options, {
      signal: (body) => this.#feed({ type: 'local-signal', body }),
      changed: (state) => this.#feed({ type: 'connection-changed', state }),
      remoteTrack: (track) => {
        remote.addTrack(track);
        this.#options.changed();
      },
      startedOver: (description) => this.#startOver({ description }),
    });
    if (first !== undefined) this.#connection.receive(first);
  }

  /** The other side has thrown its connection away: a new one answers its offer, or offers afresh after its answer. */
  #startOver(body: Extract<SignalBody, { description: unknown }>): void {
    const options = this.#connectionOptions;
    if (options === undefined) return;
    const offers = body.description.type !== 'offer';
    this.#openConnection({ ...options, offers, tracks: this.#tracks }, offers ? undefined : body);
    this.#feed({ type: 'connection-changed', state: 'new' });
  }

  #useIceServers(iceServers: readonly IceServer[]): void {
    if (this.#connectionOptions !== undefined) this.#connectionOptions = { ...this.#connectionOptions, iceServers };
    this.#connection?.useIceServers(iceServers);
  }

  #closeConnection(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#connectionOptions = undefined;
    this.#remote = new MediaStream();
  }

  #setTimer(name: TimerName, afterMs: number): void {
    this.#clearTimer(name);
    const run = () => {
      this.#timers.delete(name);
      this.#feed({ type: 'timer', timer: name });
    };
    this.#timers.set(name, window.setTimeout(run, afterMs));
  }

  #clearTimer(name: TimerName): void {
    window.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

function randomHex(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
