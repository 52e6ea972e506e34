/**
 * A call, as an application has it: {@link prepare} before the click, {@link join} at once. It puts together the call machine
 * with its connections (call-driver.ts), the devices and what the two pages say to each other (talk.ts).
 */
import { FULL, adapt } from './adapt.ts';
import type {
  Call,
  CallEvents,
  CallState,
  CallStats,
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
import { CallDriver } from './call-driver.ts';
import type { MediaState, Other } from './call-model.ts';
import type { DirectMessage } from './direct.ts';
import { Emitter } from './emitter.ts';
import { randomHex } from './hex.ts';
import { LocalMedia } from './local-media.ts';
import { PathWatch, WATCH_MS } from './path-watch.ts';
import type { Recorded } from './recording.ts';
import type { Participant } from './protocol.ts';
import { SeatStore } from './seat-store.ts';
import { stateOf } from './state-of.ts';
import type { Stage } from './timings.ts';
import type { Together } from './together.ts';

/** What may be said over a connection before its other end is in the room. */
const EARLY_MAX = 64;

/** Why a call did not begin. `code` is of the union in errors.ts, or the reason it ended for. */
export class DuetError extends Error {
  readonly code: string;
  readonly fix: string | undefined;

  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.name = 'DuetError';
    this.code = code;
    this.fix = fix;
  }
}

/**
 * Joins a room; resolves when this side is in it, whether or not anybody else is.
 *
 * @param url the server's WebSocket, `wss://HOST/ws`
 * @throws DuetError when the room is full, the server refuses or an option is wrong
 */
export async function join(url: string, options: JoinOptions): Promise<Call> {
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
  const call = new LiveCall(url, options);
  void call.preview();
  call.look();
  return call;
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
  readonly #emitter = new Emitter<CallEvents>();
  readonly #media: LocalMedia;
  readonly #driver: CallDriver;
  readonly #listening = new AbortController();
  readonly #watch = new PathWatch();
  #adapted = FULL;
  #together: Together | undefined;
  #state: CallState = { name: 'idle' };
  #otherId: string | undefined;
  #remote: MediaStream | undefined;
  #sampling: number | undefined;
  #directOpen = false;
  #talking = false;
  #early: DirectMessage[] = [];
  #previewed = false;

  constructor(url: string, options: JoinOptions & { readonly seats?: SeatStore }) {
    const { room, token, relayOnly = false, preconnect = true, seats = SeatStore.ofTab() } = options;
    this.#options = options;
    this.#media = new LocalMedia(options, () => this.#mediaChanged());
    this.mic = this.#media.microphone;
    this.camera = this.#media.camera;
    this.screen = this.#media.screen;
    const named = token === undefined ? {} : { token };
    this.#driver = new CallDriver({ url, room, relayOnly, preconnect, seats, ...named }, this.#media.tracks, {
      changed: () => this.#changed(),
      undelivered: () => {},
      direct: (open) => {
        this.#directOpen = open;
        this.#early = [];
        this.#meetDirectly();
      },
      heard: (message) => this.#heard(message),
      channel: (channel) => this.#channel(channel),
      described: () => this.#check(),
    });
    void this.#bringTogether();
    this.#listen();
  }

  get state(): CallState {
    return this.#state;
  }

  get id(): string | undefined {
    const { state } = this.#driver;
    if (state.kind === 'ended') return state.participantId;
    return state.kind === 'active' ? state.you?.id : undefined;
  }

  get other(): Other {
    const { state } = this.#driver;
    return state.kind === 'active' ? state.other : { state: 'none' };
  }

  get remote(): MediaStream {
    return this.#driver.remoteStream;
  }

  get remoteScreen(): MediaStream | undefined {
    return this.remoteMedia?.screen === true ? this.#driver.remoteScreen : undefined;
  }

  get remoteMedia(): MediaState | undefined {
    const { other } = this;
    return other.state === 'none' ? undefined : other.media;
  }

  get audioOnly(): boolean {
    return this.#adapted.picture === 'none' || this.remoteMedia?.audioOnly === true;
  }

  get quality(): { readonly here?: Quality; readonly there?: Quality } {
    return this.#together?.quality ?? {};
  }

  get safety(): SafetyCode | 'failed' | undefined {
    return this.#together?.talk.safety;
  }

  get chat(): readonly ChatMessage[] {
    return this.#together?.talk.chat ?? [];
  }

  get files(): readonly FileTransfer[] {
    return this.#together?.files.all ?? [];
  }

  get recording(): RecordingState {
    return this.#together?.talk.recording ?? 'none';
  }

  get timings(): Readonly<Partial<Record<Stage, number>>> {
    return this.#driver.timings.all;
  }

  /** Asks for microphone and camera, together. */
  async preview(): Promise<void> {
    if (this.#previewed) return;
    this.#previewed = true;
    await this.#media.start();
  }

  look(): void {
    this.#driver.look(this.#options.name);
  }

  join(name?: string): void {
    void this.preview();
    this.#driver.join(name ?? this.#options.name);
  }

  leave(): void {
    this.#driver.leave();
  }

  async echo(): Promise<Echo> {
    const { RelayEcho } = await import('./echo.ts');
    const { state } = this.#driver;
    const tracks = () => [this.mic.track, this.camera.track];
    const servers = state.kind === 'lobby' ? state.iceServers : [];
    return new RelayEcho(servers, tracks, () => this.#emitter.emit('changed', undefined));
  }

  async send(value: unknown): Promise<void> {
    await this.#someone().talk.send(value);
  }

  say(text: string): void {
    const refused = this.#someone().talk.chatText(text);
    if (refused !== undefined) throw new DuetError(refused, `this text cannot be said: ${refused}`);
  }

  sendFile(file: File): FileTransfer {
    return this.#someone().files.send(file);
  }

  async record(): Promise<Recording> {
    const recording = await this.#someone().record(() => this.#recorded());
    if (recording === undefined) throw new DuetError('recording-refused', 'the other does not want to be recorded');
    return recording;
  }

  answerRecording(agree: boolean): void {
    this.#together?.talk.answerRecording(agree);
  }

  async stats(): Promise<CallStats> {
    const path = await this.#driver.path();
    return { samples: this.#together?.samples ?? [], ...(path === undefined ? {} : { path }), codecs: {} };
  }

  on<E extends keyof CallEvents>(event: E, listener: (value: CallEvents[E]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  events<E extends keyof CallEvents>(event: E): AsyncIterableIterator<CallEvents[E]> {
    return this.#emitter.iterate(event);
  }

  /** What is done together needs somebody; it is there soon after the call has begun to connect. */
  #someone(): Together {
    if (this.#together === undefined) throw new DuetError('not-connected', 'there is nobody to say it to yet');
    return this.#together;
  }

  async #bringTogether(): Promise<void> {
    const { Together } = await import('./together.ts');
    this.#together = new Together(randomHex(9), {
      say: (text) => this.#driver.say(text),
      open: (label) => this.#openChannel(label),
      maxMessageBytes: () => this.#driver.maxMessageBytes,
      told: (event, value) => this.#told(event, value),
    });
    this.#meetDirectly();
  }

  #recorded(): Recorded {
    const there = (kind: string) => this.remote.getTracks().find((track) => track.kind === kind) ?? null;
    const screen = this.remoteScreen?.getVideoTracks()[0] ?? this.screen.track;
    return {
      here: { audio: this.mic.track, video: this.camera.track },
      there: { audio: there('audio'), video: this.remoteMedia?.camera === false ? null : there('video') },
      screen,
      screenAudio: this.remoteScreen?.getAudioTracks()[0] ?? null,
    };
  }

  #told<E extends keyof CallEvents>(event: E, value: CallEvents[E]): void {
    this.#emitter.emit(event, value);
    this.#emitter.emit('changed', undefined);
  }

  #changed(): void {
    const before = this.#state;
    this.#state = stateOf(this.#driver.state);
    this.#meet(this.other.state === 'none' ? undefined : this.other.participant);
    this.#meetDirectly();
    const { remote } = this;
    if (remote !== this.#remote) {
      this.#remote = remote;
      this.#emitter.emit('remote', remote);
    }
    if (JSON.stringify(before) !== JSON.stringify(this.#state)) this.#emitter.emit('state', this.#state);
    this.#emitter.emit('changed', undefined);
    if (this.#state.name === 'ended' && before.name !== 'ended') this.#end(this.#state);
  }

  #meet(other: Participant | undefined): void {
    if (other?.id === this.#otherId) return;
    if (this.#otherId !== undefined) this.#together?.talk.otherGone();
    this.#otherId = other?.id;
  }

  #end({ reason, error }: CallState & { readonly name: 'ended' }): void {
    this.#media.stop();
    this.#together?.close();
    this.#listening.abort();
    window.clearInterval(this.#sampling);
    this.#emitter.emit('ended', { reason, ...(error === undefined ? {} : { error }) });
    this.#emitter.close();
  }

  #mediaChanged(): void {
    const { tracks, state, shown } = this.#media;
    const [microphone, camera] = [state.microphone.state === 'on', state.camera.state === 'on'];
    this.#driver.setScreen(shown);
    const audioOnly = camera && this.#adapted.picture === 'none';
    this.#driver.setTracks(tracks, { microphone, camera: camera && !audioOnly, screen: shown.length > 0, audioOnly });
    this.#emitter.emit('changed', undefined);
  }

  /** A connection may be there before the one at its other end is in the room; until then nothing of it counts. */
  #meetDirectly(): void {
    const together = this.#together;
    const { descriptions, state } = this.#driver;
    if (!this.#directOpen || descriptions === undefined || state.kind !== 'active') {
      if (this.#talking) together?.talk.closed();
      this.#talking = false;
      return;
    }
    const { you, other } = state;
    if (this.#talking || together === undefined || you === undefined || other.state === 'none') return;
    this.#talking = true;
    together.opened(descriptions, you.order < other.participant.order, this.#early.splice(0));
  }

  #check(): void {
    const { descriptions } = this.#driver;
    if (this.#talking && descriptions !== undefined) this.#together?.talk.check(descriptions);
  }

  #heard(message: DirectMessage): void {
    if (this.#talking) this.#together?.talk.heard(message);
    else if (this.#early.length < EARLY_MAX) this.#early.push(message);
  }

  #channel(channel: RTCDataChannel): void {
    if (this.#talking) this.#together?.channel(channel);
    else channel.close();
  }

  #openChannel(label: string): RTCDataChannel {
    const channel = this.#driver.openChannel(label);
    if (channel === undefined) throw new DuetError('not-connected', 'there is nobody to send it to');
    return channel;
  }

  #listen(): void {
    const { signal } = this.#listening;
    window.addEventListener('pagehide', () => this.#driver.pageHidden(), { signal });
    window.addEventListener('online', () => this.#networkChanged(), { signal });
    const network = (navigator as { connection?: EventTarget }).connection;
    network?.addEventListener('change', () => this.#networkChanged(), { signal });
    const visible = () => {
      if (document.visibilityState === 'visible') this.#driver.nudge();
    };
    document.addEventListener('visibilitychange', visible, { signal });
    this.#sampling = window.setInterval(() => void this.#look(), WATCH_MS);
  }

  #networkChanged(): void {
    this.#driver.nudge();
    this.#driver.doubtPath(true);
  }

  /** Sound before the picture, where the network does not carry both. */
  #adapt(atMs: number): void {
    const before = this.#adapted;
    const { there } = this.quality;
    const roundTripMs = this.#together?.samples.at(-1)?.roundTripMs;
    const known = { ...(there === undefined ? {} : { there }), ...(roundTripMs === undefined ? {} : { roundTripMs }) };
    this.#adapted = adapt(before, { atMs, ...known });
    if (before.picture === this.#adapted.picture) return;
    this.#driver.setPicture(this.#adapted.picture);
    this.#mediaChanged();
  }

  /** Is there still a path, and how good is the call? */
  async #look(): Promise<void> {
    const { name } = this.#state;
    if (name !== 'connected' && name !== 'reconnecting') return;
    const stats = await this.#driver.stats().catch(() => []);
    const { microphone = true, camera = true } = this.remoteMedia ?? {};
    const nowMs = performance.now();
    const doubt = this.#watch.look(stats, nowMs, microphone || camera);
    if (doubt !== undefined) this.#driver.doubtPath(doubt === 'again');
    this.#together?.look(stats, nowMs, { audio: microphone, video: camera });
    this.#adapt(nowMs);
    this.#together?.recordNow(() => this.#recorded());
  }
}
