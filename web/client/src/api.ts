/**
 * What an application sees of a call. Only types: how it is done is in call.ts, and a page can be drawn, and tested, from a
 * call that is made up.
 */
import type { EndReason, MediaState, Other } from './call-model.ts';
import type { CallError, MediaErrorCode } from './errors.ts';
import type { FileProblem } from './file-text.ts';
import type { OpenFailure } from './open-failure.ts';
import type { MediaPath, RelayProtocol } from './path.ts';
import type { Participant } from './protocol.ts';
import type { Stage } from './timings.ts';

/** The state of a call, from the page's first moment to its end. */
export type CallState =
  | { readonly name: 'idle' }
  /** Before the click: the room is looked into without taking a seat. */
  | {
      readonly name: 'lobby';
      readonly here: readonly Participant[];
      readonly full: boolean;
      readonly server: ServerState;
    }
  /** In the room, or on the way into it; nobody else there yet. */
  | {
      readonly name: 'waiting';
      readonly server: ServerState;
      /** How many look into the room without being in it, if anybody does. */
      readonly visitors?: number;
    }
  | { readonly name: 'connecting'; readonly server: ServerState }
  | { readonly name: 'connected'; readonly server: ServerState }
  /** The server or the media path is lost after it was there. While the server is, media may flow all the while. */
  | { readonly name: 'reconnecting'; readonly server: ServerState; readonly mediaFlows: boolean }
  | { readonly name: 'ended'; readonly reason: EndReason; readonly error?: CallError };

/** This page's way to the server. */
export type ServerState =
  | { readonly state: 'opening' | 'joining' | 'joined' }
  | { readonly state: 'lost'; readonly why?: OpenFailure }
  | { readonly state: 'delayed'; readonly why: 'full' | 'unavailable'; readonly untilMs: number };

/** What a microphone, a camera or a shared screen is doing. */
export type DeviceState =
  | { readonly state: 'asking' }
  | { readonly state: 'on' }
  | { readonly state: 'off' }
  | { readonly state: 'missing'; readonly code: MediaErrorCode };

export interface Device {
  readonly state: DeviceState;
  /** What is sent, or shown to this side itself. */
  readonly track: MediaStreamTrack | null;
  readonly deviceId?: string;
  toggle(): Promise<void>;
  /** Takes this device in place of the present one, also in the middle of a call. */
  use(deviceId: string): Promise<void>;
}

export interface Microphone extends Device {
  /** How loud it is now, from 0 to 1, also while it is muted: for a meter and for "you are muted". */
  readonly level: number;
}

export interface Camera extends Device {
  /** Whether there is a front and a back one to change between. */
  readonly canFlip: boolean;
  flip(): Promise<void>;
}

export interface Screen {
  readonly state: DeviceState;
  readonly track: MediaStreamTrack | null;
  /** Asks the person what to share; sound too where the browser can. */
  start(): Promise<void>;
  stop(): void;
}

/** How good the call is for one side, from what that side receives: 3 good, 2 fair, 1 poor, 0 nothing comes. */
export interface Quality {
  readonly bars: 0 | 1 | 2 | 3;
  /** Of sound and of picture, from 0 to 100; the bars are of the worse of the two. */
  readonly audio?: number;
  readonly video?: number;
}

/** One second of a call, for graphs. Bits per second, milliseconds, shares from 0 to 1. */
export interface Sample {
  readonly atMs: number;
  readonly sentBps: number;
  readonly receivedBps: number;
  readonly roundTripMs?: number;
  readonly lost?: number;
  readonly jitterMs?: number;
  readonly framesPerSecond?: number;
  readonly width?: number;
  readonly height?: number;
}

export interface CallStats {
  readonly samples: readonly Sample[];
  readonly path?: MediaPath;
  readonly codecs: { readonly audio?: string; readonly video?: string };
}

/** What both must read to each other: equal on both sides exactly when nobody sits between them. */
export interface SafetyCode {
  /** Four. */
  readonly words: readonly string[];
  readonly emoji: readonly string[];
}

export interface ChatMessage {
  readonly id: string;
  readonly from: 'you' | 'other';
  /** Of somebody else's in a room for more than two: who they call themselves. */
  readonly name?: string;
  readonly text: string;
  readonly atMs: number;
  /** Of one's own: whether the other has it; in a room for more than two, all who are still there. */
  readonly delivered: boolean;
}

export type TransferState = 'offered' | 'going' | 'done' | 'refused' | 'cancelled' | 'interrupted' | 'damaged';

/** A file on its way to the other or from them. */
export interface FileTransfer {
  readonly id: string;
  readonly direction: 'out' | 'in';
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly state: TransferState;
  /** Why it was interrupted, where it was not the connection. */
  readonly problem?: FileProblem;
  readonly bytes: number;
  /** Hexadecimal, when it is done: SHA-256 over the SHA-256 of each block of 1 MiB. */
  readonly hash?: string;
  /** Of one that comes in: takes it, to where the person chose or to a file the browser keeps. */
  accept(): Promise<void>;
  cancel(): void;
  /** Of one that came in, when it is done: the file, unless it was written to where the person chose. */
  readonly file?: File;
}

export interface Recording {
  readonly startedAtMs: number;
  /**
   * Ends it and gives what was recorded. It ends by itself (`recording` is `none`) when the other has gone or agrees no longer, and
   * has nothing of them while they are away.
   */
  stop(): Promise<Blob>;
}

/** How a call with oneself goes: which way to the relay is tried, what comes back by it, or why nothing does. */
export type EchoState =
  | { readonly state: 'trying'; readonly over: RelayProtocol }
  | {
      readonly state: 'back';
      readonly over: RelayProtocol;
      /** To the relay and back. */
      readonly roundTripMs?: number;
      /** The share of the last second that did not come back, from 0 to 1. */
      readonly lost?: number;
    }
  /** `no-relay`: the server has none, or has not been reached. */
  | { readonly state: 'failed'; readonly why: 'no-relay' | 'not-reached' };

export interface Echo {
  readonly state: EchoState;
  /** What comes back. */
  readonly stream: MediaStream;
  stop(): void;
}

export type RecordingState = 'none' | 'asking' | 'asked' | 'here' | 'there';

export interface CallEvents {
  state: CallState;
  remote: MediaStream;
  quality: { readonly here?: Quality; readonly there?: Quality };
  message: unknown;
  /** The same, with who says it: the id of a participant. */
  received: { readonly from: string; readonly value: unknown };
  chat: readonly ChatMessage[];
  file: FileTransfer;
  recording: RecordingState;
  safety: SafetyCode | 'failed' | undefined;
  ended: { readonly reason: EndReason; readonly error?: CallError };
  /** Anything of the call's properties is another; for pages that draw all of it. */
  changed: undefined;
}

export interface JoinOptions {
  readonly room: string;
  readonly name?: string;
  /** A join token, where the server wants one. */
  readonly token?: string;
  readonly audio?: boolean | MediaTrackConstraints;
  readonly video?: boolean | MediaTrackConstraints;
  /** The media goes through the server's relay only, so that neither side learns the other's address. */
  readonly relayOnly?: boolean;
  /**
   * Whether the two may be connected before the click, without sound and picture, by the relay (the default): the call begins sooner,
   * and neither learns the other's address before both are in the room. `direct`, which has to be said on both sides, goes without the
   * relay: for an application whose users know each other, since whoever knows the room sees the address of who waits in it. With `false`
   * an answer is only made ready.
   */
  readonly preconnect?: boolean | 'direct';
}

/** What this side has with one of the others. */
export interface CallWith {
  /** Of the way to this one; `waiting` and `ended` while they come and go. */
  readonly state: CallState;
  readonly other: Other;
  readonly remote: MediaStream;
  readonly remoteScreen: MediaStream | undefined;
  readonly remoteMedia: MediaState | undefined;
  readonly quality: { readonly here?: Quality; readonly there?: Quality };
  readonly safety: SafetyCode | 'failed' | undefined;
  readonly files: readonly FileTransfer[];
  readonly audioOnly: boolean;
  send(value: unknown): Promise<void>;
  sendFile(file: File): FileTransfer;
  stats(): Promise<CallStats>;
}

/**
 * A call of two; or of up to four, where the server has such rooms. Then `others` is who is there, and what speaks of one other
 * (`other`, `remote`, `quality`, ...) is of the first of them.
 */
export interface Call {
  readonly state: CallState;
  /** How many the room is for; not known before this side is in it. */
  readonly capacity: number | undefined;
  /** Everybody else, in the order in which this side met them. */
  readonly others: readonly CallWith[];
  /** What to name when asking for help. */
  readonly id: string | undefined;
  readonly other: Other;
  readonly mic: Microphone;
  readonly camera: Camera;
  readonly screen: Screen;
  readonly remote: MediaStream;
  /** The other's shared screen, while there is one. */
  readonly remoteScreen: MediaStream | undefined;
  readonly remoteMedia: MediaState | undefined;
  readonly quality: { readonly here?: Quality; readonly there?: Quality };
  /** `failed`: it cannot be said that nobody sits between the two. */
  readonly safety: SafetyCode | 'failed' | undefined;
  readonly chat: readonly ChatMessage[];
  readonly files: readonly FileTransfer[];
  readonly recording: RecordingState;
  /** When each step of this call's beginning was taken first, in milliseconds of `performance.now()`. */
  readonly timings: Readonly<Partial<Record<Stage, number>>>;
  /** The network carries no more than sound, so that the picture is left out for now, on either side. */
  readonly audioOnly: boolean;

  /** From the lobby into the room. */
  join(name?: string): void;
  leave(): void;
  /** In the lobby: a call with oneself over the server's relay. `changed` is told of its states too. */
  echo(): Promise<Echo>;
  /** Says any JSON to the other's application; resolves when the other has it, or everybody. */
  send(value: unknown): Promise<void>;
  say(text: string): void;
  /** To everybody who is there, each of whom accepts or refuses: the first one's, and all are in `files`. */
  sendFile(file: File): FileTransfer;
  /** Records both sides here, after the other has agreed; not in a room for more than two. */
  record(): Promise<Recording>;
  /** Also takes back what was agreed to. */
  answerRecording(agree: boolean): void;
  stats(): Promise<CallStats>;
  on<E extends keyof CallEvents>(event: E, listener: (value: CallEvents[E]) => void): () => void;
  /** The same as an async iterator, until the call ends. */
  events<E extends keyof CallEvents>(event: E): AsyncIterableIterator<CallEvents[E]>;
}
