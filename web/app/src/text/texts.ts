/** What the page says. A language is an object of this type, so a missing text does not compile. */
import type { EndReason, MediaErrorCode, OpenFailure } from '@duet/client';

export type Device = 'microphone' | 'camera';

export interface Texts {
  /** For `<html lang>`. */
  readonly tag: string;
  /** Of the other language, in that language: the label of the switch. */
  readonly otherLanguage: string;
  readonly otherTag: string;
  readonly somebody: string;

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

  readonly waitingTitle: string;
  readonly leftTitle: (name: string) => string;
  readonly lostTitle: (name: string) => string;
  readonly waitingLede: string;
  readonly linkLabel: string;
  readonly copy: string;
  readonly copied: string;
  readonly share: string;
  readonly shareText: string;
  readonly scan: string;
  readonly linkCode: string;
  readonly onlyHere: string;

  readonly reaching: string;
  /** While the server has not been reached, and why. */
  readonly notOpened: Readonly<Record<OpenFailure, string>>;
  readonly fullRetry: string;
  readonly unavailableRetry: string;
  readonly waiting: string;
  readonly connecting: (name: string) => string;
  readonly connected: (name: string) => string;
  readonly awayReturning: (name: string) => string;
  readonly awayLost: (name: string) => string;
  readonly awayButHere: (name: string) => string;
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
  readonly missing: Readonly<Record<MediaErrorCode, Readonly<Record<Device | 'both', string>>>>;

  readonly end: Readonly<Record<EndReason, { readonly title: string; readonly text: string; readonly again: string }>>;
  /** In place of `end` for errors whose code is known. */
  readonly endText: Readonly<Record<string, string>>;
  readonly newCall: string;
  readonly forOperator: string;
  readonly callId: (id: string) => string;
}

/** The keys that stand in index.html as `data-t`: those with plain text. */
export type PlainKey = { [K in keyof Texts]: Texts[K] extends string ? K : never }[keyof Texts];
