/** What the page offers: what the SDK can do and the browser has. What is not there is not shown. Pure. */
import type { Browser, BrowserName } from './browser.ts';

/** What the call behind the page can do. */
export interface Features {
  /** Who is in the room is known before one goes in. */
  readonly lobby: boolean;
  /** Microphone and camera can be changed for others, and say how loud it is. */
  readonly devices: boolean;
  readonly screen: boolean;
  readonly chat: boolean;
  readonly files: boolean;
  readonly recording: boolean;
  readonly quality: boolean;
  readonly safety: boolean;
}

/** What the browser has. */
export interface Facts {
  readonly secure: boolean;
  /** Calls at all: some browsers and some settings have none. */
  readonly webrtc: boolean;
  readonly displayMedia: boolean;
  readonly enumerate: boolean;
  readonly pictureInPicture: boolean;
  readonly fullscreen: boolean;
  readonly share: boolean;
  readonly notifications: boolean;
  readonly recorder: boolean;
  /** A page may choose the speaker. */
  readonly sinks: boolean;
  /** There are fingers alone: keys are not worth a word. */
  readonly coarse: boolean;
}

export type Capability =
  | 'calls'
  | 'lobby'
  | 'devices'
  | 'speaker'
  | 'flip'
  | 'screen'
  | 'chat'
  | 'files'
  | 'recording'
  | 'quality'
  | 'safety'
  | 'pictureInPicture'
  | 'fullscreen'
  | 'share'
  | 'notifications'
  | 'keyboard';

export type Capabilities = Readonly<Record<Capability, boolean>>;

type Condition = (features: Features, facts: Facts, browser: Browser) => boolean;

const CONDITIONS: Readonly<Record<Capability, Condition>> = {
  calls: (_, { webrtc }) => webrtc,
  lobby: ({ lobby }) => lobby,
  devices: ({ devices }, { enumerate }) => devices && enumerate,
  speaker: ({ devices }, { enumerate, sinks }) => devices && enumerate && sinks,
  flip: ({ devices }, _, { phone }) => devices && phone,
  // Some phones have the function and always refuse.
  screen: ({ screen }, { displayMedia }, { phone }) => screen && displayMedia && !phone,
  chat: ({ chat }) => chat,
  files: ({ files }) => files,
  recording: ({ recording }, { recorder }) => recording && recorder,
  quality: ({ quality }) => quality,
  safety: ({ safety }) => safety,
  pictureInPicture: (_, { pictureInPicture }) => pictureInPicture,
  fullscreen: (_, { fullscreen }) => fullscreen,
  share: (_, { share }) => share,
  notifications: (_, { notifications, secure }, { phone }) => notifications && secure && !phone,
  keyboard: (_, { coarse }) => !coarse,
};

export function capabilitiesOf(features: Features, facts: Facts, browser: Browser): Capabilities {
  const entries = Object.entries(CONDITIONS).map(([name, holds]) => [name, holds(features, facts, browser)]);
  return Object.fromEntries(entries) as Record<Capability, boolean>;
}

/** Which browsers' engines the project's own tests make calls in; Edge has that of Chrome. */
const TESTED: Readonly<Record<BrowserName, boolean>> = {
  chrome: true,
  edge: true,
  firefox: true,
  safari: false,
  other: false,
};

export function isTested({ name, phone, inApp }: Browser): boolean {
  return TESTED[name] && !phone && inApp === undefined;
}

/** Asks the browser. */
export function factsOf(page: Window): Facts {
  const { navigator, document } = page;
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return {
    secure: page.isSecureContext,
    webrtc: 'RTCPeerConnection' in page,
    displayMedia: devices !== undefined && 'getDisplayMedia' in devices,
    enumerate: devices !== undefined,
    pictureInPicture: 'pictureInPictureEnabled' in document && document.pictureInPictureEnabled,
    fullscreen: document.fullscreenEnabled === true,
    share: 'share' in navigator,
    notifications: 'Notification' in page,
    recorder: 'MediaRecorder' in page,
    sinks: 'setSinkId' in HTMLMediaElement.prototype,
    coarse: page.matchMedia('(hover: none) and (pointer: coarse)').matches,
  };
}
