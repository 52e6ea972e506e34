/**
 * Where the page's call comes from. This one makes of a `DuetCall` and a `LocalMedia` the {@link Call} that the page is written
 * for; what they cannot do yet, {@link FEATURES} says.
 */
import { DuetCall, LocalMedia, phaseOf, SeatStore } from '@duet/client';
import type { ActiveCall } from '@duet/client';
import type { Features } from './capabilities.ts';
import type { Call, CallEvents, CallState, CallStats, Camera, DeviceState, Microphone, Screen } from './sdk.ts';
import { sessionStore } from './settings.ts';

export interface CallOptions {
  /** The server, `wss://HOST/ws`. */
  readonly url: string;
  readonly room: string;
  readonly relayOnly: boolean;
}

/** A call that the page can also show the person themselves in before they go in. */
export interface PageCall extends Call {
  /** Asks for microphone and camera together, because people should be asked once. */
  preview(): Promise<void>;
}

export const FEATURES: Features = {
  lobby: false,
  devices: false,
  screen: false,
  chat: false,
  files: false,
  recording: false,
  quality: false,
  safety: false,
};

const seats = new SeatStore(sessionStore());

/** Whether this page was reloaded out of a call in this room a moment ago, and so comes back without a word. */
export function comesBack(room: string): boolean {
  return seats.takeOver(room, Date.now())?.fresh === true;
}

/** A call that has not begun: the person is before the door. */
export function openCall(options: CallOptions): PageCall {
  return new JoinableCall(options);
}

type Listener<E extends keyof CallEvents> = (value: CallEvents[E]) => void;

class JoinableCall implements PageCall {
  readonly #options: CallOptions;
  readonly #media = new LocalMedia(() => this.#mediaChanged());
  readonly #listeners = new Map<keyof CallEvents, Set<Listener<never>>>();
  #call: DuetCall | undefined;
  #looked = false;
  #ended = false;

  readonly mic: Microphone;
  readonly camera: Camera;
  readonly screen: Screen = { state: { state: 'off' }, track: null, start: notThere, stop: () => undefined };
  readonly remoteScreen = undefined;
  readonly quality = {};
  readonly safety = undefined;
  readonly chat = [];
  readonly files = [];
  readonly recording = 'none';
  readonly audioOnly = false;

  constructor(options: CallOptions) {
    this.#options = options;
    const media = this.#media;
    const stateOf = (state: () => DeviceState): DeviceState => (this.#looked ? state() : { state: 'off' });
    const toggled = (toggle: () => Promise<void>) => (this.#looked ? toggle() : this.preview());
    this.mic = {
      get state() {
        return stateOf(() => media.state.microphone);
      },
      get track() {
        return media.tracks.audio;
      },
      level: 0,
      toggle: () => toggled(() => media.toggleMicrophone()),
      use: notThere,
    };
    this.camera = {
      get state() {
        return stateOf(() => media.state.camera);
      },
      get track() {
        return media.tracks.video;
      },
      canFlip: false,
      toggle: () => toggled(() => media.toggleCamera()),
      use: notThere,
      flip: notThere,
    };
    window.addEventListener('pagehide', () => this.#call?.pageHidden());
    window.addEventListener('online', () => this.#call?.nudge());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#call?.nudge();
    });
  }

  get state(): CallState {
    const call = this.#call?.state;
    if (call === undefined) {
      if (this.#ended) return { name: 'ended', reason: 'left' };
      return { name: 'lobby', here: [], full: false, server: { state: 'opening' } };
    }
    switch (call.kind) {
      case 'idle':
        return { name: 'idle' };
      case 'ended': {
        const { reason, error } = call;
        return { name: 'ended', reason, ...(error === undefined ? {} : { error }) };
      }
      case 'active':
        return activeState(call);
      default:
        return call satisfies never;
    }
  }

  get id(): string | undefined {
    const call = this.#call?.state;
    if (call?.kind === 'ended') return call.participantId;
    return call?.kind === 'active' ? call.you?.id : undefined;
  }

  get other(): Call['other'] {
    const call = this.#call?.state;
    return call?.kind === 'active' ? call.other : { state: 'none' };
  }

  get remote(): MediaStream {
    return this.#call?.remoteStream ?? NO_STREAM;
  }

  get remoteMedia(): Call['remoteMedia'] {
    const { other } = this;
    return other.state === 'none' ? undefined : other.media;
  }

  async preview(): Promise<void> {
    if (this.#looked) return;
    this.#looked = true;
    await this.#media.start();
  }

  join(name?: string): void {
    if (this.#call !== undefined || this.#ended) return;
    const { url, room, relayOnly } = this.#options;
    this.#call = new DuetCall({
      url,
      room,
      ...(name === undefined || name === '' ? {} : { name }),
      tracks: this.#media.tracks,
      seats,
      ...(relayOnly ? { iceTransportPolicy: 'relay' } : {}),
      changed: () => this.#callChanged(),
    });
    if (this.#looked) this.#mediaChanged();
    else void this.preview();
    this.#changed();
  }

  leave(): void {
    if (this.#call !== undefined) {
      this.#call.leave();
      return;
    }
    this.#ended = true;
    this.#media.stop();
    this.#changed();
  }

  async stats(): Promise<CallStats> {
    const path = await this.#call?.path();
    return { samples: [], codecs: {}, ...(path === undefined ? {} : { path }) };
  }

  send = notThere;
  record = notThere;
  say(): void {}
  answerRecording(): void {}
  sendFile(): never {
    throw new Error('files cannot be sent yet');
  }

  on<E extends keyof CallEvents>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as Listener<never>);
    return () => listeners.delete(listener as Listener<never>);
  }

  events(): never {
    throw new Error('the page listens with on()');
  }

  #mediaChanged(): void {
    const { microphone, camera } = this.#media.state;
    const media = { microphone: microphone.state === 'on', camera: camera.state === 'on' };
    this.#call?.setTracks(this.#media.tracks, media);
    this.#changed();
  }

  #callChanged(): void {
    if (this.#call?.state.kind === 'ended') this.#media.stop();
    this.#changed();
  }

  /** The page draws all of the call from the one event. */
  #changed(): void {
    for (const listener of this.#listeners.get('changed') ?? []) (listener as Listener<'changed'>)(undefined);
  }
}

const NO_STREAM = new MediaStream();

function notThere(): Promise<never> {
  return Promise.reject(new Error('not there yet'));
}

function activeState(call: ActiveCall): CallState {
  const server = serverOf(call);
  const phase = phaseOf(call);
  if (call.you === undefined) return { name: 'waiting', server };
  switch (phase) {
    case 'waiting':
    case 'connecting':
    case 'connected':
      return { name: phase, server };
    case 'reconnecting':
      return { name: phase, server, mediaFlows: call.connection.state === 'connected' };
    case 'idle':
    case 'ended':
      throw new Error(`an active call is not ${phase}`);
    default:
      return phase satisfies never;
  }
}

function serverOf({ signaling }: ActiveCall): Extract<CallState, { name: 'waiting' }>['server'] {
  if (signaling.state !== 'lost') return signaling;
  return { state: 'lost', ...(signaling.why === undefined ? {} : { why: signaling.why }) };
}
