/**
 * Carries the effects of the call machine out and feeds it what happens: the one place where the machine, the signaling
 * connection, the media connection and the timers meet.
 */
import type { Call, ConnectionName, Effect, Input, JoinIntent, MediaState, Phase, TimerName } from './call-model.ts';
import { phaseOf, step } from './call-state.ts';
import { readDirect } from './direct.ts';
import type { DirectMessage } from './direct.ts';
import { randomHex } from './hex.ts';
import { MediaConnection } from './peer-connection.ts';
import type { ConnectionOptions } from './peer-connection.ts';
import type { Picture } from './preferences.ts';
import type { ClientMessage, IceServer, ServerMessage } from './protocol.ts';
import type { SeatStore } from './seat-store.ts';
import type { LocalTracks } from './sending.ts';
import { Session } from './session.ts';
import type { SessionEvents } from './session.ts';
import { Timings } from './timings.ts';
import type { Undelivered } from './streams.ts';

export interface DriverOptions {
  /** The server, `wss://HOST/ws`. */
  readonly url: string;
  readonly room: string;
  readonly token?: string;
  readonly relayOnly: boolean;
  readonly preconnect: boolean | 'direct';
  readonly seats: SeatStore;
  /** The same picture goes to others as well. */
  readonly shared?: boolean;
  /** The way to the server, where it is not this call's own. */
  readonly session?: (events: SessionEvents) => DriverSession;
}

/** One of the page's connections, and whose it is by now. */
interface Held {
  of: ConnectionName;
  readonly connection: MediaConnection;
  readonly remote: MediaStream;
  readonly remoteScreen: MediaStream;
}

export type DriverSession = Pick<Session, 'open' | 'send' | 'sendAhead' | 'close' | 'nudge'>;

export interface DriverEvents {
  /** Told what the server says; gives what of it is for this call. */
  hear?(message: ServerMessage): ServerMessage | undefined;
  /** The way to the server is lost. */
  lost?(): void;
  /** Told after every change; the state is read from the driver. */
  changed(): void;
  /** What was said to the other and will not arrive; descriptions and candidates are said again by the machine. */
  undelivered(news: Undelivered): void;
  /** The data channel opened or closed. */
  direct(open: boolean): void;
  heard(message: DirectMessage): void;
  /** The other side sends a file by this channel. */
  channel(channel: RTCDataChannel): void;
  /** A description was taken: the two ends may be others than before. */
  described(): void;
}

export class CallDriver {
  readonly timings = new Timings();
  readonly #options: DriverOptions;
  readonly #events: DriverEvents;
  readonly #session: DriverSession;
  readonly #timers = new Map<TimerName, number>();
  readonly #inputs: Input[] = [];
  #doubts = 0;
  #seated = false;
  #running = false;
  #call: Call = { kind: 'idle' };
  #tracks: LocalTracks;
  readonly #held = new Map<ConnectionName, Held>();
  #remote = new MediaStream();
  #remoteScreen = new MediaStream();
  #screen: readonly MediaStreamTrack[] = [];
  #picture: Picture;

  constructor(options: DriverOptions, tracks: LocalTracks, events: DriverEvents) {
    this.#options = options;
    this.#events = events;
    this.#tracks = tracks;
    this.#picture = this.#sent('full');
    const open = options.session ?? ((on) => new Session(options.url, on));
    this.#session = open({
      opened: () => {
        this.timings.mark('socket');
        this.#feed({ type: 'signaling-opened' });
      },
      message: (message) => {
        if (message.type === 'looked' || message.type === 'joined') this.timings.mark(message.type);
        const own = events.hear === undefined ? message : events.hear(message);
        if (own !== undefined) this.#feed({ type: 'message', message: own });
      },
      undelivered: (news) => {
        this.#feed(news);
        events.undelivered(news);
      },
      lost: () => {
        this.#feed({ type: 'signaling-lost' });
        events.lost?.();
      },
      notOpened: (why) => this.#feed({ type: 'signaling-not-opened', why }),
      closed: (code) => this.#feed({ type: 'signaling-closed', code }),
    });
  }

  /** Looks into the room, and makes ready what can be. */
  look(name?: string): void {
    this.timings.mark('begun');
    this.#feed({ type: 'look', intent: this.#intent(name) });
  }

  /** Goes into the room, from the lobby or at once. */
  join(name?: string): void {
    this.timings.mark('begun');
    this.timings.mark('clicked');
    this.#feed({ type: 'join', intent: this.#intent(name) });
  }

  #intent(name: string | undefined): JoinIntent {
    const { room, seats, token, relayOnly, preconnect } = this.#options;
    const resume = seats.find(room)?.token;
    return {
      room,
      relayOnly,
      preconnect,
      instance: randomHex(8),
      key: randomHex(16),
      ...(name === undefined || name === '' ? {} : { name }),
      ...(resume === undefined ? {} : { resume }),
      ...(token === undefined ? {} : { token }),
    };
  }

  /** That of the call. */
  get #connection(): MediaConnection | undefined {
    return this.#held.get('call')?.connection;
  }

  get #connections(): readonly MediaConnection[] {
    return [...this.#held.values()].map(({ connection }) => connection);
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

  get remoteScreen(): MediaStream {
    return this.#remoteScreen;
  }

  setTracks(tracks: LocalTracks, media: MediaState): void {
    this.#tracks = tracks;
    if (tracks.video !== null) this.timings.mark('camera');
    for (const { sending } of this.#connections) sending.setTracks(tracks);
    this.#feed({ type: 'local-media', media });
  }

  /** What is shown of the screen, with its sound. */
  setScreen(tracks: readonly MediaStreamTrack[]): void {
    this.#screen = tracks;
    for (const { sending } of this.#connections) sending.setScreen(tracks);
  }

  /** How much of the camera's picture is sent, whatever connection carries it. */
  setPicture(picture: Picture): void {
    this.#picture = this.#sent(picture);
    for (const { sending } of this.#connections) sending.setPicture(this.#picture);
  }

  #sent(picture: Picture): Picture {
    return picture === 'full' && this.#options.shared ? 'fair' : picture;
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

  /** Says it to the server, past the call. */
  send(message: ClientMessage): void {
    this.#session.send(message);
  }

  /** For `online` and for a page that is visible again. */
  nudge(doubted?: boolean): void {
    this.#session.nudge(doubted);
  }

  /** Nothing comes any more; `here`: and it is for this side to look for another path. */
  doubtPath(here: boolean): void {
    this.#feed({ type: 'path-doubtful', here });
  }

  /** Says it over the data channel, if that is open. */
  say(text: string): void {
    this.#connection?.say(text);
  }

  openChannel(label: string): RTCDataChannel | undefined {
    return this.#connection?.openChannel(label);
  }

  get maxMessageBytes(): number {
    return this.#connection?.maxMessageBytes ?? 65_536;
  }

  stats(): Promise<Record<string, unknown>[]> {
    return this.#connection?.stats() ?? Promise.resolve([]);
  }

  /** How many doubts there are of the path, as path-watch.ts counts them. */
  doubted(doubts: number): void {
    const more = doubts > this.#doubts;
    this.#doubts = doubts;
    if (!more) return;
    this.#session.nudge(true);
    if (doubts > 1) this.doubtPath(doubts > 2);
  }

  get descriptions(): { readonly local: string; readonly remote: string } | undefined {
    return this.#connection?.descriptions;
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
        this.#returned();
        for (const effect of effects) this.#carryOut(effect);
      }
    } finally {
      this.#running = false;
    }
    this.#events.changed();
  }

  /** Who has lost the server and the other at once has moved, and looks for a new path whoever's turn it is. */
  #returned(): void {
    const seated = this.#call.kind === 'active' && this.#call.signaling.state === 'joined';
    if (seated && !this.#seated && this.#doubts > 1) this.#inputs.push({ type: 'path-doubtful', here: true });
    this.#seated = seated;
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'open-signaling':
        return this.#session.open();
      case 'close-signaling':
        return this.#session.close();
      case 'send':
        return this.#session.send(effect.message);
      case 'send-ahead':
        return this.#session.sendAhead(effect.message);
      case 'keep-seat':
        return this.#options.seats.keep({ room: effect.room, token: effect.token, graceMs: effect.graceMs });
      case 'forget-seat':
        return this.#options.seats.forget();
      case 'open-connection': {
        const { type: _, of = 'call', ...how } = effect;
        return this.#open(of, { ...how, ...this.#manner(of, effect.offers), tracks: this.#tracks });
      }
      case 'name-connection':
        return this.#name(effect);
      case 'close-connection':
        return this.#close(effect.of ?? 'call');
      case 'remote-signal':
        return this.#held.get(effect.of ?? 'call')?.connection.receive(effect.body);
      case 'send-direct':
        return this.#connection?.say(JSON.stringify(effect.message));
      case 'refresh-connection':
        return this.#connection?.refresh(effect.resend, effect.restartIce);
      case 'hold-connection':
        return this.#held.get(effect.of ?? 'call')?.connection.hold();
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

  /**
   * Which ways a connection may take, and why it is empty. Behind a standing offer there is no other end yet, so it may know all of its
   * own; any other that is not of the call goes by relays.
   */
  #manner(of: ConnectionName, offers: boolean): Pick<ConnectionOptions, 'iceTransportPolicy' | 'empty'> {
    const usual = this.#options.relayOnly ? 'relay' : 'all';
    switch (of) {
      case 'call':
        return { iceTransportPolicy: usual };
      case 'standing':
        return { iceTransportPolicy: offers ? usual : 'relay', empty: 'standing' };
      case 'preview':
        return this.#options.preconnect === 'direct'
          ? { iceTransportPolicy: usual, empty: 'direct' }
          : { iceTransportPolicy: 'relay', empty: 'preview' };
      default:
        return of satisfies never;
    }
  }

  #open(of: ConnectionName, options: ConnectionOptions): void {
    this.#close(of);
    const isCall = of === 'call';
    const remote = isCall ? this.#remote : new MediaStream();
    const remoteScreen = isCall ? this.#remoteScreen : new MediaStream();
    const whose = { of };
    const ofCall = (input: Input) => {
      if (whose.of === 'call') this.#feed(input);
    };
    const connection = new MediaConnection(options, {
      signal: (body) => ofCall({ type: 'local-signal', body }),
      changed: (state) => this.#feed({ type: 'connection-changed', of: whose.of, state }),
      remoteTrack: (track, screen) => {
        (screen ? remoteScreen : remote).addTrack(track);
        this.#events.changed();
      },
      offerGathered: (description, candidates) =>
        this.#feed({ type: 'offer-gathered', of: whose.of, description, candidates, instance: randomHex(8) }),
      answerPrepared: (description) => this.#feed({ type: 'answer-prepared', of: whose.of, description }),
      direct: (open) => {
        if (whose.of !== 'call') return;
        this.#feed({ type: 'direct-changed', open });
        this.#events.direct(open);
      },
      reached: (stage) => this.timings.mark(stage),
      heard: (data) => this.#heard(data),
      channel: (channel) => this.#events.channel(channel),
      described: () => this.#events.described(),
      startedOver: (description) => ofCall({ type: 'started-over', description }),
      cameLate: (body) => {
        if (this.#connection !== connection) this.#connection?.receive(body);
      },
    });
    this.#held.set(of, Object.assign(whose, { connection, remote, remoteScreen }));
    if (this.#picture !== 'full') connection.sending.setPicture(this.#picture);
    if (this.#screen.length > 0) connection.sending.setScreen(this.#screen);
  }

  /** It is that of the call from now on, whatever that was before. */
  #name({ of, iceServers, restartIce }: Extract<Effect, { type: 'name-connection' }>): void {
    const held = this.#held.get(of);
    if (held === undefined) return;
    this.#close('call');
    this.#held.delete(of);
    held.of = 'call';
    this.#held.set('call', held);
    this.#remote = held.remote;
    this.#remoteScreen = held.remoteScreen;
    held.connection.name({ iceServers, ...this.#manner('call', false) }, restartIce);
  }

  #heard(data: unknown): void {
    const received = readDirect(data);
    if (received.kind !== 'message') return;
    const { message } = received;
    if (message.type === 'signal') this.#connection?.receive(message.body);
    else this.#events.heard(message);
  }

  #useIceServers(iceServers: readonly IceServer[]): void {
    for (const [of, { connection }] of this.#held) if (of !== 'preview') connection.useIceServers(iceServers);
  }

  #close(of: ConnectionName): void {
    const held = this.#held.get(of);
    if (held === undefined) return;
    held.connection.close();
    this.#held.delete(of);
    if (of !== 'call') return;
    this.#remote = new MediaStream();
    this.#remoteScreen = new MediaStream();
    this.#events.direct(false);
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
