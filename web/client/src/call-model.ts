/**
 * What the call machine of call-state.ts is made of: the state of a call, its inputs and its effects. Only types, so that
 * a log of inputs is a replayable test.
 */
import type { CallError } from './errors.ts';
import type { OpenFailure } from './open-failure.ts';
import type {
  AwayReason,
  ClientMessage,
  IceServer,
  LeftReason,
  Participant,
  ServerMessage,
  SignalBody,
} from './protocol.ts';
import type { Undelivered } from './streams.ts';

export type Phase = 'idle' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

export type EndReason = 'left' | 'full' | 'superseded' | 'removed' | 'refused' | 'error';

/** Whether the other side sends sound and picture, as it says itself. */
export interface MediaState {
  readonly microphone: boolean;
  readonly camera: boolean;
}

/** The other participant. `seatGone`: the server gave the seat up, only the media still says somebody is there. */
export type Other =
  | { readonly state: 'none'; readonly departed?: { readonly name?: string; readonly reason: LeftReason | 'lost' } }
  | { readonly state: 'present'; readonly participant: Participant; readonly media?: MediaState }
  | {
      readonly state: 'away';
      readonly participant: Participant;
      readonly media?: MediaState;
      readonly reason: AwayReason;
      readonly untilMs?: number;
      readonly seatGone: boolean;
      /** A restarted server does not know this one yet, and may never again. */
      readonly mayReturn?: true;
    };

export type Signaling =
  | { readonly state: 'opening' }
  | { readonly state: 'joining' }
  | { readonly state: 'joined' }
  | { readonly state: 'lost'; readonly sinceMs: number; readonly why?: OpenFailure }
  /** The server asked to wait before the next join. */
  | { readonly state: 'delayed'; readonly why: 'full' | 'unavailable'; readonly untilMs: number };

export type Connection =
  | { readonly state: 'none' }
  | {
      readonly state: RTCPeerConnectionState;
      /** The `instance` of the other page this connection leads to. */
      readonly instance: string | undefined;
      readonly everConnected: boolean;
    };

export interface JoinIntent {
  readonly room: string;
  readonly name?: string;
  readonly instance: string;
  /** A secret of this page load: it finds the seat again whose token was never heard. */
  readonly key?: string;
  /** The seat token of an earlier page load. */
  readonly resume?: string;
}

export interface ActiveCall {
  readonly kind: 'active';
  readonly intent: JoinIntent;
  readonly signaling: Signaling;
  readonly you?: Participant;
  readonly seat?: { readonly token: string; readonly graceMs: number };
  readonly iceServers: readonly IceServer[];
  /** From then on they are too old to begin anything with. */
  readonly iceServersFreshUntilMs?: number;
  /** Fresh ones are under way, and the connection waits for them. */
  readonly askedIceServers: boolean;
  readonly other: Other;
  readonly connection: Connection;
  readonly media?: MediaState;
  /** Something that was to be said to the other was not delivered. */
  readonly unsaid: boolean;
  readonly fullRetries: number;
  readonly unavailableRetries: number;
}

export interface EndedCall {
  readonly kind: 'ended';
  readonly reason: EndReason;
  readonly error?: CallError;
  /** This participant's id, when the server had given one: what to name when asking for help. */
  readonly participantId?: string;
}

export type Call = { readonly kind: 'idle' } | ActiveCall | EndedCall;

export type TimerName = 'retry-join' | 'disconnected' | 'ice-servers' | 'others-return';

export type Input =
  | { readonly type: 'join'; readonly intent: JoinIntent }
  | { readonly type: 'leave' }
  /** The page goes away and may come back: a reload, or a closed tab. */
  | { readonly type: 'page-hidden' }
  | { readonly type: 'signaling-opened' }
  /** The signaling connection is lost and will be opened again. */
  | { readonly type: 'signaling-lost' }
  /** A try to open it failed, and this is why. */
  | { readonly type: 'signaling-not-opened'; readonly why: OpenFailure }
  /** The signaling connection was closed for good, with this WebSocket close code. */
  | { readonly type: 'signaling-closed'; readonly code: number }
  | { readonly type: 'message'; readonly message: ServerMessage }
  | Undelivered
  | { readonly type: 'connection-changed'; readonly state: RTCPeerConnectionState }
  /** The connection has something to tell its other end. */
  | { readonly type: 'local-signal'; readonly body: SignalBody }
  | { readonly type: 'local-media'; readonly media: MediaState }
  | { readonly type: 'timer'; readonly timer: TimerName };

export type Effect =
  | { readonly type: 'open-signaling' }
  | { readonly type: 'close-signaling' }
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'keep-seat'; readonly room: string; readonly token: string; readonly graceMs: number }
  | { readonly type: 'forget-seat' }
  /** Replaces the connection, if there is one. */
  | {
      readonly type: 'open-connection';
      readonly offers: boolean;
      readonly polite: boolean;
      readonly iceServers: readonly IceServer[];
    }
  | { readonly type: 'close-connection' }
  | { readonly type: 'remote-signal'; readonly body: SignalBody }
  /** Both sides hear each other again: with `resend` an offer that may have been lost is sent again, otherwise ICE restarted. */
  | { readonly type: 'refresh-connection'; readonly resend: boolean; readonly restartIce: boolean }
  /** What looks for a path, in an offer or an answer, waits for `use-ice-servers`. */
  | { readonly type: 'hold-connection' }
  | { readonly type: 'use-ice-servers'; readonly iceServers: readonly IceServer[] }
  | { readonly type: 'set-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly type: 'clear-timer'; readonly timer: TimerName };

export interface Step {
  readonly call: Call;
  readonly effects: readonly Effect[];
}
