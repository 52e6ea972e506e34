/**
 * What this side has with one other participant: the call machine with its connection (call-driver.ts), what the two pages say to
 * each other (together.ts), and the look at how it goes. A call of two has one; in a room for more there is one for each.
 */
import type { CallEvents, CallState, CallStats, CallWith, FileTransfer, Quality, SafetyCode } from './api.ts';
import { CallDriver } from './call-driver.ts';
import type { DriverEvents, DriverOptions } from './call-driver.ts';
import type { MediaState, Other } from './call-model.ts';
import type { DirectMessage } from './direct.ts';
import { DuetError } from './errors.ts';
import { randomHex } from './hex.ts';
import type { LocalMedia } from './local-media.ts';
import type { Picture } from './preferences.ts';
import { stateOf } from './state-of.ts';
import type { Together } from './together.ts';

/** How often the path is looked at. */
export const WATCH_MS = 200;

/** What may be said over a connection before what reads it is loaded. */
const EARLY_MAX = 64;

export interface LinkWorld extends Pick<DriverEvents, 'hear' | 'lost' | 'undelivered'> {
  changed(): void;
  told<E extends keyof CallEvents>(event: E, value: CallEvents[E]): void;
}

export class Link implements CallWith {
  readonly driver: CallDriver;
  readonly #media: LocalMedia;
  readonly #world: LinkWorld;
  #bringing = false;
  #together: Together | undefined;
  #otherId: string | undefined;
  #directOpen = false;
  /** The other side reads what is said: the server has named this side to it. */
  #isRead = false;
  #talking = false;
  #early: DirectMessage[] = [];

  constructor(options: DriverOptions, media: LocalMedia, world: LinkWorld) {
    this.#media = media;
    this.#world = world;
    this.driver = new CallDriver(options, media.tracks, {
      ...world,
      changed: () => this.#changed(),
      direct: (open) => this.#directly(open),
      heard: (message) => this.#heard(message),
      channel: (channel) => this.#channel(channel),
      described: () => this.#check(),
    });
  }

  get state(): CallState {
    return stateOf(this.driver.state);
  }

  get other(): Other {
    const { state } = this.driver;
    return state.kind === 'active' ? state.other : { state: 'none' };
  }

  get remote(): MediaStream {
    return this.driver.remoteStream;
  }

  get remoteScreen(): MediaStream | undefined {
    return this.remoteMedia?.screen === true ? this.driver.remoteScreen : undefined;
  }

  get remoteMedia(): MediaState | undefined {
    const { other } = this;
    return other.state === 'none' ? undefined : other.media;
  }

  get audioOnly(): boolean {
    return this.#picture === 'none' || this.remoteMedia?.audioOnly === true;
  }

  get quality(): { readonly here?: Quality; readonly there?: Quality } {
    return this.#together?.quality ?? {};
  }

  get safety(): SafetyCode | 'failed' | undefined {
    return this.#together?.talk.safety;
  }

  get files(): readonly FileTransfer[] {
    return this.#together?.files.all ?? [];
  }

  /** There soon after the call has begun to connect. */
  get together(): Together | undefined {
    return this.#together;
  }

  /** What is done together needs somebody. */
  get someone(): Together {
    if (this.#together === undefined || this.other.state === 'none') {
      throw new DuetError('not-connected', 'there is nobody to say it to');
    }
    return this.#together;
  }

  async send(value: unknown): Promise<void> {
    await this.someone.talk.send(value);
  }

  /** Says why not, if it cannot be said. */
  say(text: string, id?: string): string | undefined {
    return this.someone.talk.chatText(text, id);
  }

  sendFile(file: File): FileTransfer {
    return this.someone.files.send(file);
  }

  async stats(): Promise<CallStats> {
    const stats = await this.driver.stats();
    return this.#together?.stats(stats, this.driver.descriptions?.remote ?? '') ?? { samples: [], codecs: {} };
  }

  /** Microphone, camera and screen are others, or what this other one gets of them is. */
  mediaChanged(): void {
    const { tracks, state, shown } = this.#media;
    const [microphone, camera] = [state.microphone.state === 'on', state.camera.state === 'on'];
    this.driver.setScreen(shown);
    const audioOnly = camera && this.#picture === 'none';
    this.driver.setTracks(tracks, { microphone, camera: camera && !audioOnly, screen: shown.length > 0, audioOnly });
  }

  /** Is there still a path, and how good is the call? */
  async look(): Promise<void> {
    const { name } = this.state;
    if (name !== 'connected' && name !== 'reconnecting') return;
    const stats = await this.driver.stats().catch(() => []);
    const { microphone = true, camera = true } = this.remoteMedia ?? {};
    const nowMs = performance.now();
    const before = this.#picture;
    this.driver.doubted(this.#together?.look(stats, nowMs, { audio: microphone, video: camera }) ?? 0);
    if (before !== this.#picture) {
      this.driver.setPicture(this.#picture);
      this.mediaChanged();
      this.#world.changed();
    }
    this.#together?.recordNow();
  }

  get #picture(): Picture {
    return this.#together?.picture ?? 'full';
  }

  /**
   * Not while the call begins by what is said ahead of the socket: a browser that loads a script meanwhile says it a round
   * trip later.
   */
  async #bringTogether(): Promise<void> {
    const begins = ['idle', 'connecting'].includes(this.driver.phase);
    if (this.#bringing || (begins && this.driver.timings.all.socket === undefined)) return;
    this.#bringing = true;
    const { Together } = await import('./together.ts');
    this.#together = new Together(randomHex(9), {
      say: (text) => this.driver.say(text),
      open: (label) => this.#openChannel(label),
      maxMessageBytes: () => this.driver.maxMessageBytes,
      told: (event, value) => this.#told(event, value),
    });
    this.#meetDirectly();
  }

  #told<E extends keyof CallEvents>(event: E, value: CallEvents[E]): void {
    this.#world.told(event, value);
    if (event === 'message' && this.#otherId !== undefined) {
      this.#world.told('received', { from: this.#otherId, value });
    }
  }

  #changed(): void {
    const { other } = this;
    this.#meet(other.state === 'none' ? undefined : other.participant.id);
    this.#meetDirectly();
    void this.#bringTogether();
    this.#world.changed();
  }

  #meet(id: string | undefined): void {
    if (id === this.#otherId) return;
    if (this.#otherId !== undefined) this.#together?.talk.otherGone();
    this.#otherId = id;
  }

  /** The channel of a connection whose other end is named: before that it is not read, and so not talked over before both say so. */
  #directly(open: boolean): void {
    this.#directOpen = open;
    this.#isRead = false;
    this.#early = [];
    if (open) this.driver.say(JSON.stringify({ type: 'named', heard: false }));
    this.#meetDirectly();
  }

  #meetDirectly(): void {
    const together = this.#together;
    const { descriptions, state } = this.driver;
    if (!this.#directOpen || !this.#isRead || descriptions === undefined || state.kind !== 'active') {
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
    const { descriptions } = this.driver;
    if (this.#talking && descriptions !== undefined) this.#together?.talk.check(descriptions);
  }

  #heard(message: DirectMessage): void {
    if (message.type === 'named' && !message.heard) this.driver.say(JSON.stringify({ type: 'named', heard: true }));
    if (!this.#isRead) {
      this.#isRead = true;
      this.#meetDirectly();
    }
    if (message.type === 'named') return;
    if (this.#talking) this.#together?.talk.heard(message);
    else if (this.#early.length < EARLY_MAX) this.#early.push(message);
  }

  #channel(channel: RTCDataChannel): void {
    if (this.#talking) this.#together?.channel(channel);
    else channel.close();
  }

  #openChannel(label: string): RTCDataChannel {
    const channel = this.driver.openChannel(label);
    if (channel === undefined) throw new DuetError('not-connected', 'there is nobody to send it to');
    return channel;
  }
}
