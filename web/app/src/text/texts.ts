/** What the page says. A language is an object of this type, so a missing text does not compile. */
import type { BrowserName, InApp } from '../browser.ts';
import type { Command } from '../keys.ts';
import type { EndReason, MediaErrorCode, OpenFailure, RecordingState, TransferState } from '../sdk.ts';
import type { Theme } from '../settings.ts';

export type Device = 'microphone' | 'camera';
/** What a browser needs to be told where a permission is. */
export type PermissionHelp = BrowserName | 'phone';

export interface Texts {
  /** For `<html lang>`. */
  readonly tag: string;
  /** Of the other language, in that language: the label of the switch. */
  readonly otherLanguage: string;
  readonly otherTag: string;
  /** Of this language, in this language. */
  readonly somebody: string;
  /** One of several who has given no name. */
  readonly unnamed: string;

  readonly startTitle: string;
  readonly startLede: string;
  readonly create: string;
  readonly invitedTitle: string;
  readonly invitedLede: string;
  readonly join: string;
  readonly nameLabel: string;
  readonly doorNote: string;
  readonly insecure: string;
  readonly insecureHelp: string;
  readonly inApp: Readonly<Record<InApp, string>>;
  readonly inAppCopy: string;

  /** Before one goes in. */
  readonly preview: string;
  readonly previewButton: string;
  readonly nobodyHere: string;
  /** A preview is told how many they are, and no names. */
  readonly somebodyHere: (count: number) => string;
  readonly noCalls: string;
  readonly damaged: string;
  readonly damagedJoin: string;
  readonly roomFull: string;
  /** Begins a call with oneself; what is said about it is in echo.ts. */
  readonly echo: string;

  readonly waitingTitle: string;
  readonly leftTitle: (name: string) => string;
  readonly lostTitle: (name: string) => string;
  readonly waitingLede: string;
  readonly linkLabel: string;
  readonly copy: string;
  readonly copied: string;
  readonly invite: string;
  readonly share: string;
  readonly shareText: string;
  readonly scan: string;
  readonly linkCode: string;
  readonly onlyHere: string;
  readonly linkLasts: string;
  readonly notify: string;
  readonly notifyOn: string;
  readonly notifyDenied: string;
  readonly arrived: (name: string) => string;

  readonly reaching: string;
  /** While the server has not been reached, and why. */
  readonly notOpened: Readonly<Record<OpenFailure, string>>;
  readonly fullRetry: string;
  readonly unavailableRetry: string;
  readonly waiting: string;
  /** Somebody has opened the link and has not come in. */
  readonly visited: string;
  readonly connecting: (name: string) => string;
  readonly connected: (name: string) => string;
  readonly awayReturning: (name: string) => string;
  readonly awayLost: (name: string) => string;
  readonly awayButHere: (name: string) => string;
  /** The server has given the seat up, and media still flows. */
  readonly seatGone: (name: string) => string;
  readonly interrupted: (name: string) => string;
  readonly serverLost: string;
  readonly serverLostInCall: string;
  /** The media goes through a relay that this side reaches by UDP, TCP or TLS. */
  readonly relayed: (protocol: string) => string;
  readonly path: Readonly<Record<'no' | 'there', string>>;
  readonly seconds: (count: number) => string;

  readonly controls: string;
  readonly you: string;
  readonly cameraOff: string;
  readonly otherCameraOff: (name: string) => string;
  readonly otherMuted: (name: string) => string;
  readonly play: string;
  readonly device: Readonly<Record<Device, { readonly on: string; readonly off: string; readonly none: string }>>;
  readonly leave: string;
  readonly asking: string;
  readonly permissionHelp: Readonly<Record<PermissionHelp, string>>;
  readonly mutedSpeaking: string;
  readonly audioOnly: string;

  readonly screen: { readonly start: string; readonly stop: string; readonly yours: string; readonly failed: string };
  readonly screenOf: (name: string) => string;
  readonly more: string;
  readonly close: string;
  readonly flip: string;
  readonly swap: string;
  readonly moveSelf: string;
  readonly fit: string;
  readonly fullscreen: string;
  readonly pictureInPicture: string;
  readonly snapshot: string;

  readonly chat: string;
  readonly tooLong: (count: number, most: number) => string;
  readonly chatEmpty: string;
  readonly chatHint: string;
  readonly chatAlone: string;
  readonly send: string;
  readonly unread: (count: number) => string;
  readonly delivered: string;
  readonly sending: string;
  readonly sendFile: string;
  readonly dropFile: string;
  readonly accept: string;
  readonly refuse: string;
  readonly cancel: string;
  readonly save: string;
  readonly fileHash: (hash: string) => string;
  readonly transfer: Readonly<Record<TransferState, string>>;

  readonly record: { readonly start: string; readonly stop: string; readonly notHere: string };
  readonly recording: Readonly<Record<Exclude<RecordingState, 'none'>, (name: string) => string>>;
  readonly recordAskText: string;
  readonly agree: string;

  readonly safety: string;
  readonly safetyText: (name: string) => string;
  readonly safetyFailed: string;
  readonly safetyWait: string;

  readonly details: string;
  readonly quality: readonly [string, string, string, string];
  readonly qualityHere: string;
  readonly qualityThere: (name: string) => string;
  readonly graph: {
    readonly received: string;
    readonly sent: string;
    readonly roundTrip: string;
    readonly lost: string;
    readonly frames: string;
  };
  readonly codecs: string;
  readonly size: string;
  readonly way: string;

  readonly settings: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<Theme, string>>;
  readonly mirror: string;
  readonly sounds: string;
  readonly untested: string;
  readonly pick: Readonly<Record<Device, string>>;
  readonly speaker: string;
  readonly defaultDevice: (index: number) => string;
  readonly shortcuts: string;
  readonly shortcut: Readonly<Record<Exclude<Command, 'close'>, string>>;
  readonly missing: Readonly<Record<MediaErrorCode, Readonly<Record<Device | 'both', string>>>>;

  readonly end: Readonly<Record<EndReason, { readonly title: string; readonly text: string; readonly again: string }>>;
  /** In place of `end` for errors whose code is known. */
  readonly endText: Readonly<Record<string, string>>;
  readonly newCall: string;
  readonly forOperator: string;
  readonly callId: (id: string) => string;
}
