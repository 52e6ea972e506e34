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
  SessionDescription,
  SignalBody,
} from './protocol.ts';
import type { Undelivered } from './streams.ts';

export type Phase = 'idle' | 'lobby' | 'waiting' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

export type EndReason = 'left' | 'full' | 'superseded' | 'removed' | 'refused' | 'error';

/** Whether the other side sends sound and picture, as it says itself. */
export interface MediaState {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen?: boolean;
  /** The camera is on, and its picture left out for as long as the network is poor. */
  readonly audioOnly?: boolean;
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

/**
 * Of who looks into a room: the connection that will be the call's, made from the offer that waits there. It answers with
 * empty hands in the lobby, and looks for a path there or with the click.
 */
export interface Prepared {
  readonly offer: number;
  readonly from: Participant;
  readonly state: RTCPeerConnectionState;
  /** Whether the two may be connected before the click. */
  readonly preconnects: boolean;
  /** As it was said to whoever waits. */
  readonly answer?: SessionDescription;
  /** Whether it is used on this side, which then looks for a path. */
  readonly answered: boolean;
  /** What was found after the answer and before the seat. */
  readonly candidates: readonly SignalBody[];
}

/** Of who waits: the connection whose offer lies in the room for whoever comes. */
export interface Parked {
  readonly state: RTCPeerConnectionState;
  readonly description?: SessionDescription;
  /** The number under which it is there. */
  readonly offer?: number;
  /** Somebody who looks in has answered it already. */
  readonly answered: boolean;
  /** They say, over this very connection, that they come; the server has not said so yet. */
  readonly coming: boolean;
}

export interface JoinIntent {
  readonly room: string;
  readonly name?: string;
  readonly instance: string;
  /** A secret of this page load: it finds the seat again whose token was never heard. */
  readonly key?: string;
  /** The seat token of an earlier page load. */
  readonly resume?: string;
  readonly token?: string;
  /** The media goes through a relay only; nothing is connected before the click then. */
  readonly relayOnly?: boolean;
  /** Whether the two may be connected before the click. */
  readonly preconnect?: boolean;
}

/** Before the click: the room is looked into, and what can be made ready is. */
export interface LobbyCall {
  readonly kind: 'lobby';
  readonly intent: JoinIntent;
  readonly signaling: Signaling;
  readonly here: readonly Participant[];
  readonly full: boolean;
  /** How often it has looked; it does not go on for ever. */
  readonly looks: number;
  readonly iceServers: readonly IceServer[];
  readonly prepared?: Prepared;
  readonly media?: MediaState;
}

export interface ActiveCall {
  readonly kind: 'active';
  readonly intent: JoinIntent;
  readonly signaling: Signaling;
  readonly you?: Participant;
  /** How many seats the room has. In one of more than two nothing is parked: nobody knows for whom it would be. */
  readonly capacity?: number;
  readonly seat?: { readonly token: string; readonly graceMs: number };
  readonly iceServers: readonly IceServer[];
  /** From then on they are too old to begin anything with. */
  readonly iceServersFreshUntilMs?: number;
  /** Fresh ones are under way, and the connection waits for them. */
  readonly askedIceServers: boolean;
  readonly other: Other;
  readonly connection: Connection;
  /** The offer this side is going to answer with its join. */
  readonly prepared?: Prepared;
  readonly parked?: Parked;
  /** Whether what is said over the connection itself arrives: its data channel is open. */
  readonly direct: boolean;
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

export type Call = { readonly kind: 'idle' } | LobbyCall | ActiveCall | EndedCall;

export type TimerName = 'retry-join' | 'disconnected' | 'ice-servers' | 'others-return' | 'look' | 'park' | 'coming';

export type Input =
  | { readonly type: 'look'; readonly intent: JoinIntent }
  /** From the lobby the room is the one that was looked into. */
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
  /** The parked connection's offer, with its candidates. */
  | { readonly type: 'offer-gathered'; readonly description: SessionDescription }
  /** The answer to the offer that was looked at; nothing has been done with it yet. */
  | { readonly type: 'answer-prepared'; readonly description: SessionDescription }
  | { readonly type: 'direct-changed'; readonly open: boolean }
  /** The visitor at the other end of the parked connection comes in. */
  | { readonly type: 'direct-here' }
  /**
   * Nothing has come for a second, whatever the connection says of itself. `here`: this side's network is another, or it
   * is not the first time, so this side does not wait for the other to do something.
   */
  | { readonly type: 'path-doubtful'; readonly here: boolean }
  | { readonly type: 'local-media'; readonly media: MediaState }
  | { readonly type: 'timer'; readonly timer: TimerName };

export type Effect =
  | { readonly type: 'open-signaling' }
  /** Said while the signaling is being opened, and said again when it is. */
  | { readonly type: 'send-ahead'; readonly message: ClientMessage }
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
      /** Nothing of microphone and camera is sent before `fill-connection`; its offer is told when it is complete. */
      readonly parked?: true;
      /** Answers this, but says so only at `use-answer`; empty until `fill-connection` as well. */
      readonly toAnswer?: SessionDescription;
    }
  | { readonly type: 'use-answer'; readonly answer: SessionDescription }
  | { readonly type: 'fill-connection' }
  | { readonly type: 'send-direct'; readonly message: DirectSignal }
  | { readonly type: 'close-connection' }
  | { readonly type: 'remote-signal'; readonly body: SignalBody }
  /** Both sides hear each other again: with `resend` an offer that may have been lost is sent again, otherwise ICE restarted. */
  | { readonly type: 'refresh-connection'; readonly resend: boolean; readonly restartIce: boolean }
  /** What looks for a path, in an offer or an answer, waits for `use-ice-servers`. */
  | { readonly type: 'hold-connection' }
  | { readonly type: 'use-ice-servers'; readonly iceServers: readonly IceServer[] }
  | { readonly type: 'set-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly type: 'clear-timer'; readonly timer: TimerName };

/** What the machine itself says over the data channel. */
export type DirectSignal = { readonly type: 'here' } | { readonly type: 'signal'; readonly body: SignalBody };

export interface Step {
  readonly call: Call;
  readonly effects: readonly Effect[];
}
