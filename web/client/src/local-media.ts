/**
 * The microphone, the camera and the screen of this page. What cannot be had is a value: the call goes on with the rest. A
 * camera that is switched off is released, so that its light goes out.
 */
import type { Camera, DeviceState, Microphone, Screen } from './api.ts';
import type { DeviceInfo } from './devices.ts';
import { mediaErrorCode } from './errors.ts';
import type { MediaErrorCode } from './errors.ts';
import type { LevelMeter } from './level.ts';
import type { LocalTracks } from './sending.ts';

export interface LocalMediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
}

/** `false`: not asked for before it is switched on. */
export interface Wanted {
  readonly audio?: boolean | MediaTrackConstraints;
  readonly video?: boolean | MediaTrackConstraints;
}

type Kind = 'audio' | 'video';

const CONSTRAINTS: Readonly<Record<Kind, MediaTrackConstraints>> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' },
};
/** What cameras there are is of no use to the call's beginning, which loads nothing that it can do without. */
const KNOW_CAMERAS_MS = 1_500;
const PERMISSION: Readonly<Record<Kind, string>> = { audio: 'microphone', video: 'camera' };

export class LocalMedia {
  readonly microphone: Microphone;
  readonly camera: Camera;
  readonly screen: Screen;
  /** Only names what is sent together; the tracks are in {@link tracks}. */
  readonly #stream = new MediaStream();
  readonly #changed: () => void;
  readonly #constraints: Record<Kind, MediaTrackConstraints>;
  readonly #wanted: Wanted;
  #devices: Record<Kind | 'screen', DeviceState> = {
    audio: { state: 'off' },
    video: { state: 'off' },
    screen: { state: 'off' },
  };
  #live: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  #shown: readonly MediaStreamTrack[] = [];
  #cameras: readonly DeviceInfo[] = [];
  #meter: LevelMeter | 'coming' | undefined;
  #stopped = false;

  constructor(wanted: Wanted, changed: () => void) {
    this.#wanted = wanted;
    this.#changed = changed;
    this.#constraints = {
      audio: { ...CONSTRAINTS.audio, ...(typeof wanted.audio === 'object' ? wanted.audio : {}) },
      video: { ...CONSTRAINTS.video, ...(typeof wanted.video === 'object' ? wanted.video : {}) },
    };
    const media = this;
    const device = <K extends Kind>(kind: K) => ({
      get state() {
        return media.#devices[kind];
      },
      get track() {
        return media.#live[kind];
      },
      get deviceId() {
        return media.#live[kind]?.getSettings().deviceId ?? '';
      },
      use: (deviceId: string) => media.#use(kind, { deviceId: { exact: deviceId } }),
    });
    this.microphone = extend(device('audio'), {
      toggle: () => media.toggleMicrophone(),
      get level() {
        return media.#loudness();
      },
    });
    this.camera = extend(device('video'), {
      toggle: () => media.toggleCamera(),
      get canFlip() {
        return media.#cameras.length > 1;
      },
      flip: () => media.#flip(),
    });
    this.screen = {
      get state() {
        return media.#devices.screen;
      },
      get track() {
        return media.#shown.find(({ kind }) => kind === 'video') ?? null;
      },
      start: () => media.#startScreen(),
      stop: () => media.#stopScreen(),
    };
  }

  get tracks(): LocalTracks {
    return { stream: this.#stream, ...this.#live };
  }

  /** What is shown of the screen: a picture, and its sound where there is any. */
  get shown(): readonly MediaStreamTrack[] {
    return this.#shown;
  }

  get state(): LocalMediaState {
    return { microphone: this.#devices.audio, camera: this.#devices.video };
  }

  /** Asks for both at once, because people should be asked once; then for each alone if both cannot be had. */
  async start(): Promise<void> {
    const kinds = (['audio', 'video'] as const).filter((kind) => this.#wanted[kind] !== false);
    if (kinds.length === 0) return;
    for (const kind of kinds) this.#set(kind, { state: 'asking' });
    const failure = await this.#request(kinds);
    if (failure === undefined) return;
    for (const kind of kinds) {
      // Who has just said no to both is not asked again; a device that is allowed by itself is worth a try.
      const final = failure === 'permission-denied' ? !(await granted(kind)) : failure === 'insecure-context';
      if (final || kinds.length === 1) this.#set(kind, { state: 'missing', code: failure });
      else await this.#requestAlone(kind);
    }
  }

  async toggleMicrophone(): Promise<void> {
    const track = this.#live.audio;
    if (track === null) return this.#again('audio');
    track.enabled = !track.enabled;
    this.#set('audio', { state: track.enabled ? 'on' : 'off' });
  }

  async toggleCamera(): Promise<void> {
    if (this.#live.video === null) return this.#again('video');
    this.#release('video');
    this.#set('video', { state: 'off' });
  }

  stop(): void {
    this.#stopped = true;
    this.#release('audio');
    this.#release('video');
    for (const track of this.#shown) track.stop();
    this.#shown = [];
    if (this.#meter instanceof Object) this.#meter.close();
  }

  async #again(kind: Kind): Promise<void> {
    if (this.#devices[kind].state === 'asking') return;
    this.#set(kind, { state: 'asking' });
    await this.#requestAlone(kind);
  }

  /** Another device, or the same one otherwise; the one before goes on when this one cannot be had. */
  async #use(kind: Kind, choice: MediaTrackConstraints): Promise<void> {
    const before = this.#constraints[kind];
    const { deviceId: _, facingMode: _1, ...rest } = before;
    this.#constraints[kind] = { ...rest, ...choice };
    const muted = this.#live[kind]?.enabled === false;
    // Phones give a camera to one at a time.
    if (kind === 'video') this.#release('video');
    const failure = await this.#request([kind]);
    const track = this.#live[kind];
    if (failure === undefined && muted && track !== null) {
      track.enabled = false;
      this.#set(kind, { state: 'off' });
    }
    if (failure === undefined) return;
    this.#constraints[kind] = before;
    if (track === null) await this.#requestAlone(kind);
  }

  async #requestAlone(kind: Kind): Promise<void> {
    const code = await this.#request([kind]);
    if (code !== undefined) this.#set(kind, { state: 'missing', code });
  }

  async #request(kinds: readonly Kind[]): Promise<MediaErrorCode | undefined> {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) return 'insecure-context';
    try {
      const constraints = Object.fromEntries(kinds.map((kind) => [kind, this.#constraints[kind]]));
      const stream = await devices.getUserMedia(constraints);
      for (const track of stream.getTracks()) this.#take(track.kind as Kind, track);
      this.#changed();
      return undefined;
    } catch (error) {
      return mediaErrorCode(error instanceof Error ? error.name : '');
    }
  }

  #take(kind: Kind, track: MediaStreamTrack): void {
    if (this.#stopped) {
      track.stop();
      return;
    }
    this.#release(kind);
    this.#live[kind] = track;
    this.#devices[kind] = { state: 'on' };
    this.#hear();
    window.setTimeout(() => void this.#knowCameras(), KNOW_CAMERAS_MS);
    track.onended = () => {
      this.#release(kind);
      this.#set(kind, { state: 'missing', code: 'device-lost' });
    };
  }

  async #knowCameras(): Promise<void> {
    const { listDevices } = await import('./devices.ts');
    this.#cameras = (await listDevices()).cameras;
  }

  #release(kind: Kind): void {
    const track = this.#live[kind];
    if (track === null) return;
    this.#live[kind] = null;
    track.onended = null;
    track.stop();
    if (kind === 'audio') this.#hear();
  }

  #hear(): void {
    if (this.#meter instanceof Object) void this.#meter.use(this.#live.audio);
  }

  async #startScreen(): Promise<void> {
    if (this.#devices.screen.state === 'asking') return;
    this.#set('screen', { state: 'asking' });
    try {
      const { captureScreen } = await import('./devices.ts');
      this.#shown = (await captureScreen()).getTracks();
      // The browser's own button.
      for (const track of this.#shown) track.onended = () => this.#stopScreen();
      this.#set('screen', { state: 'on' });
    } catch (error) {
      const code = mediaErrorCode(error instanceof Error ? error.name : '');
      // Whoever closes the question has not been refused anything.
      this.#set('screen', code === 'permission-denied' ? { state: 'off' } : { state: 'missing', code });
    }
  }

  #stopScreen(): void {
    for (const track of this.#shown) track.stop();
    this.#shown = [];
    this.#set('screen', { state: 'off' });
  }

  async #flip(): Promise<void> {
    const { video } = this.#live;
    const { otherCamera } = await import('./devices.ts');
    const other = video && otherCamera(this.#cameras, { settings: video.getSettings(), label: video.label });
    if (other) await this.#use('video', other);
  }

  /** Measured from the first time somebody wants to know. */
  #loudness(): number {
    if (this.#meter === undefined) {
      this.#meter = 'coming';
      void import('./level.ts').then(({ LevelMeter }) => {
        this.#meter = new LevelMeter();
        void this.#meter.use(this.#live.audio);
      });
    }
    return this.#meter === 'coming' ? 0 : this.#meter.level;
  }

  #set(kind: Kind | 'screen', state: DeviceState): void {
    this.#devices[kind] = state;
    this.#changed();
  }
}

/** An object with the properties of both, those that are read anew each time too. */
function extend<A extends object, B extends object>(a: A, b: B): A & B {
  return Object.defineProperties(a, Object.getOwnPropertyDescriptors(b)) as A & B;
}

async function granted(kind: Kind): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: PERMISSION[kind] as PermissionName });
    return status.state === 'granted';
  } catch {
    return false;
  }
}
