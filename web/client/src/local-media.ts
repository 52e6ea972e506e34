/**
 * The microphone and the camera of this page. What cannot be had is a value: the call goes on with the rest. A camera
 * that is switched off is released, so that its light goes out.
 */
import { mediaErrorCode } from './errors.ts';
import type { MediaErrorCode } from './errors.ts';
import type { LocalTracks } from './peer-connection.ts';

export type DeviceState =
  | { readonly state: 'asking' }
  | { readonly state: 'on' }
  | { readonly state: 'off' }
  | { readonly state: 'missing'; readonly code: MediaErrorCode };

export interface LocalMediaState {
  readonly microphone: DeviceState;
  readonly camera: DeviceState;
}

type Kind = 'audio' | 'video';

const CONSTRAINTS: Readonly<Record<Kind, MediaTrackConstraints>> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' },
};
const PERMISSION: Readonly<Record<Kind, string>> = { audio: 'microphone', video: 'camera' };

export class LocalMedia {
  /** Only names what is sent together; the tracks are in {@link tracks}. */
  readonly #stream = new MediaStream();
  readonly #changed: () => void;
  #devices: Record<Kind, DeviceState> = { audio: { state: 'asking' }, video: { state: 'asking' } };
  #live: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  #stopped = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get tracks(): LocalTracks {
    return { stream: this.#stream, ...this.#live };
  }

  get state(): LocalMediaState {
    return { microphone: this.#devices.audio, camera: this.#devices.video };
  }

  /** Asks for both at once, because people should be asked once; then for each alone if both cannot be had. */
  async start(): Promise<void> {
    const failure = await this.#request(['audio', 'video']);
    if (failure === undefined) return;
    for (const kind of ['audio', 'video'] as const) {
      // Who has just said no to both is not asked again; a device that is allowed by itself is worth a try.
      if (failure === 'permission-denied' && !(await granted(kind))) this.#missing(kind, failure);
      else if (failure === 'insecure-context') this.#missing(kind, failure);
      else {
        const alone = await this.#request([kind]);
        if (alone !== undefined) this.#missing(kind, alone);
      }
    }
  }

  async toggleMicrophone(): Promise<void> {
    const track = this.#live.audio;
    if (track === null) {
      await this.#again('audio');
      return;
    }
    track.enabled = !track.enabled;
    this.#set('audio', { state: track.enabled ? 'on' : 'off' });
  }

  async toggleCamera(): Promise<void> {
    const track = this.#live.video;
    if (track === null) {
      await this.#again('video');
      return;
    }
    this.#release('video');
    this.#set('video', { state: 'off' });
  }

  stop(): void {
    this.#stopped = true;
    this.#release('audio');
    this.#release('video');
  }

  async #again(kind: Kind): Promise<void> {
    if (this.#devices[kind].state === 'asking') return;
    this.#set(kind, { state: 'asking' });
    const failure = await this.#request([kind]);
    if (failure !== undefined) this.#missing(kind, failure);
  }

  async #request(kinds: readonly Kind[]): Promise<MediaErrorCode | undefined> {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (devices === undefined) return 'insecure-context';
    try {
      const constraints = Object.fromEntries(kinds.map((kind) => [kind, CONSTRAINTS[kind]]));
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
    track.onended = () => {
      this.#release(kind);
      this.#missing(kind, 'device-lost');
    };
  }

  #release(kind: Kind): void {
    const track = this.#live[kind];
    if (track === null) return;
    this.#live[kind] = null;
    track.onended = null;
    track.stop();
  }

  #missing(kind: Kind, code: MediaErrorCode): void {
    this.#set(kind, { state: 'missing', code });
  }

  #set(kind: Kind, state: DeviceState): void {
    this.#devices[kind] = state;
    this.#changed();
  }
}

async function granted(kind: Kind): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: PERMISSION[kind] as PermissionName });
    return status.state === 'granted';
  } catch {
    return false;
  }
}
