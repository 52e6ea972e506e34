/** The devices of this machine: which there are, the next camera, the speaker, and a shared screen. */

export interface DeviceInfo {
  readonly id: string;
  /** Empty before the person has allowed any device of its kind. */
  readonly label: string;
}

export interface DeviceList {
  readonly microphones: readonly DeviceInfo[];
  readonly cameras: readonly DeviceInfo[];
  readonly speakers: readonly DeviceInfo[];
}

const CHANGES_SETTLE_MS = 300;

/** Asks the browser; empty lists where it has no devices to tell of, as on an insecure page. */
export async function listDevices(): Promise<DeviceList> {
  const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  return deviceList(all ?? []);
}

/** Without the entries that have no name yet, and without those that only say again which one is the default. */
export function deviceList(all: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[]): DeviceList {
  const of = (kind: MediaDeviceKind): DeviceInfo[] =>
    all
      .filter((one) => one.kind === kind && one.deviceId !== '' && !/^(default|communications)$/.test(one.deviceId))
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}

/** Tells the new list whenever something was plugged in or pulled, until what it returns is called. */
export function watchDevices(listener: (devices: DeviceList) => void): () => void {
  const devices = navigator.mediaDevices;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = true;
  // A headset is several devices, which come one after the other.
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const list = await listDevices();
      if (watching) listener(list);
    }, CHANGES_SETTLE_MS);
  };
  devices?.addEventListener('devicechange', changed);
  return () => {
    watching = false;
    clearTimeout(timer);
    devices?.removeEventListener('devicechange', changed);
  };
}

const FRONT = /front|user|selfie|face ?time|前/i;
const BACK = /back|rear|environment|world|后|後/i;

/** Which way a camera looks, as far as it says. */
export function facingOf(settings: MediaTrackSettings, label: string): 'user' | 'environment' | undefined {
  const facing = settings.facingMode;
  if (facing === 'user' || facing === 'environment') return facing;
  return BACK.test(label) ? 'environment' : FRONT.test(label) ? 'user' : undefined;
}

/**
 * What to ask for to look the other way, or through the next camera where none says which way it looks; nothing when there
 * is only one. A phone has several cameras on its back, and knows best which of them is meant.
 */
export function otherCamera(
  cameras: readonly DeviceInfo[],
  now: { readonly settings: MediaTrackSettings; readonly label: string },
): MediaTrackConstraints | undefined {
  if (cameras.length < 2) return undefined;
  const facing = facingOf(now.settings, now.label);
  if (facing !== undefined && cameras.some(({ label }) => BACK.test(label))) {
    return { facingMode: { exact: facing === 'user' ? 'environment' : 'user' } };
  }
  const index = cameras.findIndex(({ id }) => id === now.settings.deviceId);
  return { deviceId: { exact: cameras[(index + 1) % cameras.length]?.id ?? '' } };
}

type WithSink = HTMLMediaElement & { setSinkId?(id: string): Promise<void> };
type WithOutput = MediaDevices & { selectAudioOutput?(): Promise<MediaDeviceInfo> };

/** How a person can choose the speaker: from a list, in a window of the browser, or not at all. */
export function speakerChoice(): 'list' | 'prompt' | 'none' {
  if (typeof HTMLMediaElement === 'undefined' || !('setSinkId' in HTMLMediaElement.prototype)) return 'none';
  return navigator.mediaDevices !== undefined && 'selectAudioOutput' in navigator.mediaDevices ? 'prompt' : 'list';
}

/** Opens the browser's window, in a click. Rejects with `NotAllowedError` when the person has chosen none. */
export async function askSpeaker(): Promise<DeviceInfo | undefined> {
  const chosen = await (navigator.mediaDevices as WithOutput).selectAudioOutput?.();
  return chosen && { id: chosen.deviceId, label: chosen.label };
}

/** Says whether the sound of the element comes from this speaker now. */
export async function useSpeaker(element: HTMLMediaElement, id: string): Promise<boolean> {
  try {
    await (element as WithSink).setSinkId?.(id);
    return 'setSinkId' in element;
  } catch {
    // It was pulled, or not allowed: the sound stays where it is.
    return false;
  }
}

/** Whether this browser can share a screen; phones cannot. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** What is asked for; browsers leave out what they do not know, but some refuse a constraint they do not know. */
export function screenOptions(supported: Readonly<Record<string, boolean | undefined>>): DisplayMediaStreamOptions {
  const audio = {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    // The voice of the other, which this page plays, does not go back to them.
    ...(supported['restrictOwnAudio'] === true && { restrictOwnAudio: true }),
    ...(supported['suppressLocalAudioPlayback'] === true && { suppressLocalAudioPlayback: false }),
  };
  const options = {
    video: { frameRate: { ideal: 30, max: 30 } },
    audio,
    systemAudio: 'include',
    surfaceSwitching: 'include',
    selfBrowserSurface: 'exclude',
    monitorTypeSurfaces: 'include',
  };
  return options;
}

/** Asks the person what to share, in a click; with its sound where the browser and the person give it. */
export async function captureScreen(): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  const supported = devices.getSupportedConstraints() as Readonly<Record<string, boolean | undefined>>;
  const stream = await devices.getDisplayMedia(screenOptions(supported));
  for (const track of stream.getTracks()) hint(track, track.kind === 'video' ? 'detail' : 'music');
  return stream;
}

/** What a track shows, for browsers that encode by it: sharp text, smooth motion, or speech. */
export function hint(track: MediaStreamTrack, content: 'motion' | 'detail' | 'text' | 'speech' | 'music'): void {
  if ('contentHint' in track) track.contentHint = content;
}
