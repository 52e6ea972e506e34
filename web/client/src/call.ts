/**
 * A call, as an application has it: {@link prepare} before the click, {@link join} at once. It puts together the devices and
 * what this side has with the other (link.ts), or with each of several (several.ts).
 */
import type {
  Call,
  CallEvents,
  CallState,
  CallStats,
  CallWith,
  Camera,
  ChatMessage,
  Echo,
  FileTransfer,
  JoinOptions,
  Microphone,
  Quality,
  Recording,
  RecordingState,
  SafetyCode,
  Screen,
} from './api.ts';
import type { DriverOptions } from './call-driver.ts';
import type { MediaState, Other } from './call-model.ts';
import { withoutOthers } from './call-seat.ts';
import type { RelayEcho } from './echo.ts';
import { Emitter } from './emitter.ts';
import { DuetError } from './errors.ts';
import { Link, WATCH_MS } from './link.ts';
import { LocalMedia } from './local-media.ts';
import type { ServerMessage } from './protocol.ts';
import { SeatStore } from './seat-store.ts';
import type { Several } from './several.ts';
import type { Stage } from './timings.ts';

/** More than can be said in a room before what several need is loaded. */
const UNHEARD_MAX = 1_000;

/**
 * Joins a room; resolves when this side is in it, whether or not anybody else is.
 *
 * @param url the server's WebSocket, `wss://HOST/ws`
 * @throws DuetError when the room is full, the server refuses or an option is wrong
 */
export async function join(url: string, options: JoinOptions): Promise<Call> {
  needsWebRtc();
  const call = new LiveCall(url, options);
  const inside = new Promise<void>((resolve, reject) => {
    call.on('state', (state) => {
      if (state.name === 'ended') reject(endedError(state));
      else if (state.name !== 'connecting' || state.server.state === 'joined') resolve();
    });
  });
  call.join();
  await inside;
  return call;
}

/**
 * Looks into a room without a seat, and makes ready what can be: the socket, camera and microphone, and where somebody waits
 * the connection itself. `join` of the call goes in.
 */
export function prepare(url: string, options: JoinOptions): Call {
  needsWebRtc();
  const call = new LiveCall(url, options);
  void call.preview();
  call.look();
  return call;
}

/** Before anybody waits for somebody who could never be seen. */
function needsWebRtc(): void {
  if (!('RTCPeerConnection' in globalThis)) throw new DuetError('no-webrtc', 'this browser has no RTCPeerConnection');
}

function endedError(state: CallState & { readonly name: 'ended' }): DuetError {
  const { reason, error } = state;
  return new DuetError(error?.code ?? reason, error?.message ?? `the call ended: ${reason}`, error?.fix);
}

export class LiveCall implements Call {
  readonly mic: Microphone;
  readonly camera: Camera;
  readonly screen: Screen;
  readonly #options: JoinOptions;
  readonly #driving: DriverOptions;
  readonly #emitter = new Emitter<CallEvents>();
  readonly #media: LocalMedia;
  /** Has the seat; and in a room for two, the other. */
  readonly #link: Link;
  readonly #listening = new AbortController();
  /** In a room for more than two: everybody else, and what was heard before that was loaded. */
  #several: Several | undefined;
  #unheard: ServerMessage[] | undefined;
  #state: CallState = { name: 'idle' };
  #remote: MediaStream | undefined;
  #sampling: number | undefined;
  #previewed = false;
  /** The last call with oneself, which sends what this call would. */
  #echo: RelayEcho | undefined;

  constructor(url: string, options: JoinOptions & { readonly seats?: SeatStore }) {
    const { room, token, relayOnly = false, preconnect = true, seats = SeatStore.ofTab() } = options;
    this.#options = options;
    this.#media = new LocalMedia(options, () => this.#mediaChanged());
    this.mic = this.#media.microphone;
    this.camera = this.#media.camera;
    this.screen = this.#media.screen;
    const named = token === undefined ? {} : { token };
    this.#driving = { url, room, relayOnly, preconnect, seats, ...named };
    this.#link = new Link(this.#driving, this.#media, {
      changed: () => this.#changed(),
      told: (event, value) => this.#told(event, value),
      undelivered: (news) => this.#several?.undelivered(news),
      hear: (message) => this.#hear(message),
      lost: () => this.#several?.lost(),
    });
    this.#listen();
  }

  get state(): CallState {
    return this.#state;
  }

  get id(): string | undefined {
    const { state } = this.#link.driver;
    if (state.kind === 'ended') return state.participantId;
    return state.kind === 'active' ? state.you?.id : undefined;
  }

  get capacity(): number | undefined {
    const { state } = this.#link.driver;
    return state.kind === 'active' ? state.capacity : undefined;
  }

  get others(): readonly CallWith[] {
    return this.#several?.links ?? (this.other.state === 'none' ? [] : [this.#link]);
  }

  get other(): Other {
    return this.#several?.other ?? this.#link.other;
  }

  get remote(): MediaStream {
    return this.#first.remote;
  }

  get remoteScreen(): MediaStream | undefined {
    return this.#first.remoteScreen;
  }

  get remoteMedia(): MediaState | undefined {
    return this.#first.remoteMedia;
  }

  get audioOnly(): boolean {
    return this.others.some((one) => one.audioOnly);
  }

  get quality(): { readonly here?: Quality; readonly there?: Quality } {
    return this.#first.quality;
  }

  get safety(): SafetyCode | 'failed' | undefined {
    return this.#first.safety;
  }

  get chat(): readonly ChatMessage[] {
    return this.#several?.chat ?? this.#link.together?.talk.chat ?? [];
  }

  get files(): readonly FileTransfer[] {
    return this.#several?.files ?? this.#link.files;
  }

  get recording(): RecordingState {
    return this.#link.together?.talk.consent.state ?? 'none';
  }

  get timings(): Readonly<Partial<Record<Stage, number>>> {
    return this.#link.driver.timings.all;
  }

  /** Asks for microphone and camera, together. */
  async preview(): Promise<void> {
    if (this.#previewed) return;
    this.#previewed = true;
    await this.#media.start();
  }

  look(): void {
    this.#link.driver.look(this.#options.name);
  }

  join(name?: string): void {
    void this.preview();
    this.#link.driver.join(name ?? this.#options.name);
  }

  leave(): void {
    this.#link.driver.leave();
  }

  async echo(): Promise<Echo> {
    const { RelayEcho } = await import('./echo.ts');
    const { state } = this.#link.driver;
    const tracks = () => [this.mic.track, this.camera.track];
    const servers = state.kind === 'lobby' ? state.iceServers : [];
    return (this.#echo = new RelayEcho(servers, tracks, () => this.#emitter.emit('changed', undefined)));
  }

  async send(value: unknown): Promise<void> {
    await this.#all.send(value);
  }

  say(text: string): void {
    const refused = this.#all.say(text);
    if (refused !== undefined) throw new DuetError(refused, `this text cannot be said: ${refused}`);
  }

  sendFile(file: File): FileTransfer {
    return this.#all.sendFile(file);
  }

  async record(): Promise<Recording> {
    if (this.#unheard) throw new DuetError('recording-for-two', 'only a room for two can be recorded');
    const recording = await this.#link.someone.record(this);
    if (recording === undefined) throw new DuetError('recording-refused', 'the other does not want to be recorded');
    return recording;
  }

  answerRecording(agree: boolean): void {
    this.#link.together?.talk.consent.answer(agree);
  }

  stats(): Promise<CallStats> {
    return this.#first.stats();
  }

  on<E extends keyof CallEvents>(event: E, listener: (value: CallEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  events<E extends keyof CallEvents>(event: E): AsyncIterableIterator<CallEvents[E]> {
    return this.#emitter.iterate(event);
  }

  get #all(): Several | Link {
    if (this.#several?.links.length === 0) throw new DuetError('not-connected', 'there is nobody to say it to yet');
    return this.#several ?? this.#link;
  }

  get #first(): CallWith {
    return this.#several?.links[0] ?? this.#link;
  }

  /** Whoever has the seat of a room for more than two knows nobody else in it. */
  #hear(message: ServerMessage): ServerMessage | undefined {
    if (this.#unheard === undefined) {
      const several = (message.type === 'joined' || message.type === 'looked') && message.capacity > 2;
      // It comes while the person still looks at themselves.
      if (several) void import('./several.ts');
      if (!several || message.type === 'looked') return message;
      this.#unheard = [];
      void this.#gather();
    }
    if (this.#several !== undefined) this.#several.hear(message);
    else if (this.#unheard.length < UNHEARD_MAX) this.#unheard.push(message);
    return withoutOthers(message);
  }

  async #gather(): Promise<void> {
    const { Several } = await import('./several.ts');
    this.#several = new Several({
      // The seat, and with it the token, belongs to the call that hears the server.
      open: (session, world) =>
        new Link({ ...this.#driving, seats: new SeatStore(undefined), shared: true, session }, this.#media, world),
      send: (message) => this.#link.driver.send(message),
      nudge: (doubted) => this.#link.driver.nudge(doubted),
      changed: () => this.#changed(),
      told: (event, value) => this.#told(event, value),
    });
    for (const message of this.#unheard?.splice(0) ?? []) this.#several.hear(message);
    if (this.#state.name === 'ended') this.#several.close();
    else this.#changed();
  }

  #told<E extends keyof CallEvents>(event: E, value: CallEvents[E]): void {
    this.#emitter.emit(event, value);
    this.#emitter.emit('changed', undefined);
  }

  #changed(): void {
    const before = this.#state;
    const { state } = this.#link;
    // Whether anybody is there is not known before that is loaded.
    const unknown = this.#unheard && state.name === 'waiting';
    this.#state = this.#several?.stateWith(state) ?? (unknown ? before : state);
    const { remote } = this;
    if (remote !== this.#remote) {
      this.#remote = remote;
      this.#emitter.emit('remote', remote);
    }
    if (JSON.stringify(before) !== JSON.stringify(this.#state)) this.#emitter.emit('state', this.#state);
    this.#emitter.emit('changed', undefined);
    if (this.#state.name === 'ended' && before.name !== 'ended') this.#end(this.#state);
  }

  #end({ reason, error }: CallState & { readonly name: 'ended' }): void {
    this.#media.stop();
    this.#several?.close();
    this.#link.together?.close();
    this.#listening.abort();
    window.clearInterval(this.#sampling);
    this.#emitter.emit('ended', { reason, ...(error === undefined ? {} : { error }) });
    this.#emitter.close();
  }

  #mediaChanged(): void {
    for (const link of this.#links) link.mediaChanged();
    this.#echo?.mediaChanged();
    this.#emitter.emit('changed', undefined);
  }

  get #links(): readonly Link[] {
    return [this.#link, ...(this.#several?.links ?? [])];
  }

  #listen(): void {
    const { signal } = this.#listening;
    const { driver } = this.#link;
    window.addEventListener('pagehide', () => driver.pageHidden(), { signal });
    window.addEventListener('online', () => this.#networkChanged(), { signal });
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener('change', () => this.#networkChanged(), { signal });
    const visible = () => {
      if (document.visibilityState === 'visible') driver.nudge();
    };
    document.addEventListener('visibilitychange', visible, { signal });
    this.#sampling = window.setInterval(() => this.#links.forEach((link) => void link.look()), WATCH_MS);
  }

  #networkChanged(): void {
    this.#link.driver.nudge();
    for (const { driver } of this.#links) driver.doubtPath(true);
  }
}
