/**
 * Carries the effects of the call machine out and feeds it what happens: the one place where the machine, the signaling
 * connection, the media connection and the timers meet.
 */
import type { Call, Effect, Input, JoinIntent, MediaState, Phase, TimerName } from './call-model.ts';
import { phaseOf, step } from './call-state.ts';
import { readDirect } from './direct.ts';
import type { DirectMessage } from './direct.ts';
import { randomHex } from './hex.ts';
import { MediaConnection } from './peer-connection.ts';
import type { ConnectionOptions } from './peer-connection.ts';
import type { Picture } from './preferences.ts';
import type { ClientMessage, IceServer, ServerMessage, SignalBody } from './protocol.ts';
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
  readonly preconnect: boolean;
  readonly seats: SeatStore;
  /** The same picture goes to others as well. */
  readonly shared?: boolean;
  /** The way to the server, where it is not this call's own. */
  readonly session?: (events: SessionEvents) => DriverSession;
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
  #connection: MediaConnection | undefined;
  #connectionOptions: ConnectionOptions | undefined;
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
    this.#connection?.sending.setTracks(tracks);
    this.#feed({ type: 'local-media', media });
  }

  /** What is shown of the screen, with its sound. */
  setScreen(tracks: readonly MediaStreamTrack[]): void {
    this.#screen = tracks;
    this.#connection?.sending.setScreen(tracks);
  }

  /** How much of the camera's picture is sent, whatever connection carries it. */
  setPicture(picture: Picture): void {
    this.#picture = this.#sent(picture);
    this.#connection?.sending.setPicture(this.#picture);
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
        const { type: _, ...how } = effect;
        const iceTransportPolicy = this.#options.relayOnly ? 'relay' : 'all';
        return this.#openConnection({ ...how, iceTransportPolicy, tracks: this.#tracks });
      }
      case 'close-connection':
        return this.#closeConnection();
      case 'remote-signal':
        return this.#connection?.receive(effect.body);
      case 'use-answer':
        return this.#connection?.useAnswer(effect.answer);
      case 'fill-connection':
        return this.#connection?.fill();
      case 'send-direct':
        return this.#connection?.say(JSON.stringify(effect.message));
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
    const remoteScreen = this.#remoteScreen;
    this.#connectionOptions = options;
    this.#connection = new MediaConnection(options, {
      signal: (body) => this.#feed({ type: 'local-signal', body }),
      changed: (state) => this.#feed({ type: 'connection-changed', state }),
      remoteTrack: (track, screen) => {
        (screen ? remoteScreen : remote).addTrack(track);
        this.#events.changed();
      },
      offerGathered: (description) => this.#feed({ type: 'offer-gathered', description }),
      answerPrepared: (description) => this.#feed({ type: 'answer-prepared', description }),
      direct: (open) => {
        this.#feed({ type: 'direct-changed', open });
        this.#events.direct(open);
      },
      reached: (stage) => this.timings.mark(stage),
      heard: (data) => this.#heard(data),
      channel: (channel) => this.#events.channel(channel),
      described: () => this.#events.described(),
      startedOver: (description) => this.#startOver({ description }),
    });
    if (this.#picture !== 'full') this.#connection.sending.setPicture(this.#picture);
    if (this.#screen.length > 0) this.#connection.sending.setScreen(this.#screen);
    if (first !== undefined) this.#connection.receive(first);
  }

  #heard(data: unknown): void {
    const received = readDirect(data);
    if (received.kind !== 'message') return;
    const { message } = received;
    if (message.type === 'here') this.#feed({ type: 'direct-here' });
    else if (message.type === 'signal') this.#connection?.receive(message.body);
    else this.#events.heard(message);
  }

  /** The other side has thrown its connection away: a new one answers its offer, or offers afresh after its answer. */
  #startOver(body: Extract<SignalBody, { description: unknown }>): void {
    const options = this.#connectionOptions;
    if (options === undefined) return;
    const offers = body.description.type !== 'offer';
    const { parked: _, toAnswer: _1, ...how } = options;
    this.#openConnection({ ...how, offers, tracks: this.#tracks }, offers ? undefined : body);
    this.#feed({ type: 'connection-changed', state: 'new' });
  }

  #useIceServers(iceServers: readonly IceServer[]): void {
    if (this.#connectionOptions !== undefined) this.#connectionOptions = { ...this.#connectionOptions, iceServers };
    this.#connection?.useIceServers(iceServers);
  }

  #closeConnection(): void {
    if (this.#connection === undefined) return;
    this.#connection.close();
    this.#connection = undefined;
    this.#connectionOptions = undefined;
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
