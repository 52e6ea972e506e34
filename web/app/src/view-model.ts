/** What the page shows, as plain data: every view is a function of a {@link Model}, and so can be drawn from a made-up one. */
import type { Actions } from './actions.ts';
import type { Browser } from './browser.ts';
import type { Capabilities } from './capabilities.ts';
import type { Call, CallStats, CallWith, Camera, Echo, MediaPath, Microphone, Screen } from './sdk.ts';
import type { Settings } from './settings.ts';
import type { Texts } from './text/texts.ts';

type Shown =
  | 'state'
  | 'id'
  | 'capacity'
  | 'other'
  | 'remote'
  | 'remoteScreen'
  | 'remoteMedia'
  | 'quality'
  | 'safety'
  | 'chat'
  | 'files'
  | 'recording'
  | 'audioOnly';

/** What is shown of one of the others. */
export type OtherData = Pick<
  CallWith,
  'state' | 'other' | 'remote' | 'remoteScreen' | 'remoteMedia' | 'quality' | 'safety' | 'files'
>;

/** What is shown of a call. A {@link Call} is one. */
export interface CallData extends Pick<Call, Shown> {
  readonly others: readonly OtherData[];
  readonly mic: Pick<Microphone, 'state' | 'track' | 'deviceId' | 'level'>;
  readonly camera: Pick<Camera, 'state' | 'track' | 'deviceId' | 'canFlip'>;
  readonly screen: Pick<Screen, 'state' | 'track'>;
}

/** What stands beside the call; one at a time. */
export type Panel = 'chat' | 'details' | 'safety' | 'settings' | 'keys';
export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';
/** Whether to tell the person, who may look elsewhere, that the other has come. */
export type Notify = 'off' | 'on' | 'denied';

/** What the person has done with the page itself. */
export interface Ui {
  readonly panel?: Panel;
  readonly menu: boolean;
  /** The controls are out of the way, because nothing has moved for a while. */
  readonly calm: boolean;
  readonly corner: Corner;
  readonly swapped: boolean;
  /** The picture of the other in the other way than usual for this window: filling it, or all of it. */
  readonly turned: boolean;
  readonly copied: boolean;
  readonly seenMessages: number;
  readonly notify: Notify;
  readonly draft: string;
  /** A file is held over the window. */
  readonly dropping: boolean;
  /** The browser wants a click before there is sound. */
  readonly soundBlocked: boolean;
  readonly mutedSpeaking: boolean;
  readonly screenFailed: boolean;
}

export const FRESH_UI: Ui = {
  menu: false,
  calm: false,
  corner: 'bottom-right',
  swapped: false,
  turned: false,
  copied: false,
  seenMessages: 0,
  notify: 'off',
  draft: '',
  dropping: false,
  soundBlocked: false,
  mutedSpeaking: false,
  screenFailed: false,
};

/** What comes while the call connects: views, as far as they are functions of a model. */
export interface Later {
  readonly chat: (model: Model, call: CallData, act: Actions) => unknown;
  readonly details: (model: Model, call: CallData) => unknown;
  readonly speakers: (model: Model, act: Actions) => unknown;
}

/** A call with oneself. How it is drawn comes with it, when somebody wants one. */
export interface EchoShown extends Pick<Echo, 'state' | 'stream'> {
  readonly draw: (model: Model, echo: EchoShown, stop: () => void) => unknown;
}

export interface Model {
  readonly t: Texts;
  readonly settings: Settings;
  readonly dark: boolean;
  readonly browser: Browser;
  readonly can: Capabilities;
  readonly secure: boolean;
  /** The link seems to have lost or got a character. */
  readonly damaged: boolean;
  /** The document has loaded: a stream that has no picture yet would hold that back. */
  readonly loaded: boolean;
  /** Without a room there is no call. */
  readonly call: CallData | undefined;
  readonly link: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly path?: MediaPath;
  readonly stats?: CallStats;
  /** What draws the things of a call that it does not need to begin. */
  readonly later?: Later;
  readonly echo?: EchoShown;
  readonly ui: Ui;
  /** The clock of the call's deadlines. */
  readonly nowMs: number;
  /** Since when the two have been talking. */
  readonly connectedAtMs?: number;
}

/** The longest text of the chat, in UTF-16 units: what is longer is a file. */
export const SAID_MAX = 4_000;

export type ScreenName = 'start' | 'invited' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

/** Which of the page's faces is shown: `data-state`. */
export function screenOf(call: Pick<CallData, 'state'> | undefined): ScreenName {
  if (call === undefined) return 'start';
  const { state } = call;
  switch (state.name) {
    case 'idle':
    case 'lobby':
      return 'invited';
    case 'waiting':
      // On the way into the room nobody knows yet who is there.
      return state.server.state === 'joined' ? 'waiting' : 'connecting';
    case 'connecting':
    case 'connected':
    case 'reconnecting':
    case 'ended':
      return state.name;
    default:
      return state satisfies never;
  }
}

export function inRoom(screen: ScreenName): boolean {
  return screen !== 'start' && screen !== 'invited' && screen !== 'ended';
}

type Seen = Pick<OtherData, 'other' | 'remoteMedia' | 'remote' | 'state'>;

/** Whether the other's picture is there to be seen. */
export function isSeen({ other, remoteMedia, remote, state }: Seen): boolean {
  if (other.state === 'none' || remoteMedia?.camera === false) return false;
  const path = state.name === 'connected' || state.name === 'reconnecting' || state.name === 'connecting';
  return path && remote.getVideoTracks().length > 0;
}

/** With two or three others everybody has a place of the same size. */
export function isGrid(call: Pick<CallData, 'others'>): boolean {
  return call.others.length > 1;
}

/** Whether somebody else may still come. */
export function hasRoom({ capacity = 2, others }: Pick<CallData, 'capacity' | 'others'>): boolean {
  return others.length > 0 && others.length + 1 < capacity;
}

/** Messages of the other that were not on the screen yet. */
export function unreadOf({ call, ui }: Pick<Model, 'call' | 'ui'>): number {
  const messages = call?.chat.slice(ui.seenMessages) ?? [];
  return messages.filter(({ from }) => from === 'other').length;
}

/** What fills the stage, and what stands in its corner. */
export type Tile = 'remote' | 'self' | 'screen';

export interface Layout {
  readonly big: Tile;
  readonly small: readonly Tile[];
}

export function layoutOf(call: CallData, swapped: boolean): Layout {
  if (call.remoteScreen !== undefined) {
    return swapped ? { big: 'remote', small: ['self', 'screen'] } : { big: 'screen', small: ['self', 'remote'] };
  }
  return swapped ? { big: 'self', small: ['remote'] } : { big: 'remote', small: ['self'] };
}
