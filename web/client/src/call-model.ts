/**
 * What the call machine of call-state.ts is made of: the state of a call, its inputs and its effects. Only types, so that
 * a log of inputs is a replayable test.
 */
import type { CallError } from './errors.ts';
import type { OpenFailure } from './open-failure.ts';
import type {
  AwayReason,
  Candidate,
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

/**
 * The connection of the call. The server has *named* its other end: this participant, in this page load. What comes before
 * that, `standing` and `preview`, is *empty*: no track in a sender, its data channel not read, no address shown.
 */
export type Connection =
  | { readonly state: 'none' }
  | {
      readonly state: RTCPeerConnectionState;
      /** The participant that it leads to. Both have to be the same for it to be the same connection. */
      readonly participant: string;
      readonly instance: string | undefined;
      readonly everConnected: boolean;
    };

/**
 * A page's connections: that of its call; the one behind the standing offer, or behind an answer to it; and the one that a
 * participant who waits and a preview prepare. The last two are empty until one of them becomes that of the call.
 */
export type ConnectionName = 'call' | 'standing' | 'preview';

/** Of a preview: the answer that it gives with the join to the standing offer of the participant who waits. */
export interface StandingAnswer {
  readonly offer: number;
  readonly from: string;
  readonly answer?: SessionDescription;
}

/** Of a preview: the connection to the participant who waits, by relays. */
export interface PreviewAnswer {
  readonly offer: number;
  readonly from: string;
  readonly description: SessionDescription;
  readonly state: RTCPeerConnectionState;
  readonly answered: boolean;
  /** How many ways to the relay were tried before. */
  readonly tries: number;
}

/** What a preview becomes with the click: the offer that its join claims, and the connection that is behind it. */
export interface Claim {
  readonly of: 'standing' | 'preview';
  readonly state: RTCPeerConnectionState;
  readonly offer: number;
  readonly from: string;
  readonly answer?: SessionDescription;
}

/** Of the participant who waits: the connection whose offer is published for whoever joins. */
export interface Standing {
  readonly state: RTCPeerConnectionState;
  readonly description?: SessionDescription;
  readonly candidates: readonly Candidate[];
  /** The number under which it is published. */
  readonly offer?: number;
  readonly tries: number;
}

/** Of the participant who waits: the connection to a preview, by relays. */
export interface PreviewOffer {
  readonly offer: number;
  readonly iceServers: readonly IceServer[];
  /** `held`: it is too early to open another one. */
  readonly state: RTCPeerConnectionState | 'held';
  readonly answered: boolean;
  readonly tries: number;
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
  /** The media goes through a relay only. */
  readonly relayOnly?: boolean;
  /** Whether the two may be connected before the click: by relays; or `direct`, which shows each other's addresses. */
  readonly preconnect?: boolean | 'direct';
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
  readonly standing?: StandingAnswer;
  readonly preview?: PreviewAnswer;
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
  /** What the join of this page claims, until there is a seat. */
  readonly claim?: Claim;
  readonly standing?: Standing;
  readonly preview?: PreviewOffer;
  /** When the last connection to a preview was opened. */
  readonly previewedAtMs?: number;
  /** How many previews look in while this page waits. */
  readonly visitors: number;
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

export type TimerName = 'retry-join' | 'disconnected' | 'ice-servers' | 'others-return' | 'look' | 'park' | 'preview';

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
  /** Of the connection of the call, where none is named. */
  | { readonly type: 'connection-changed'; readonly of?: ConnectionName; readonly state: RTCPeerConnectionState }
  /** The connection of the call has something to tell its other end. */
  | { readonly type: 'local-signal'; readonly body: SignalBody }
  /** Of the connection of the call: what the other end says comes from another RTCPeerConnection than before. */
  | { readonly type: 'started-over'; readonly description: SessionDescription }
  /**
   * The offer of a connection that waits: its description as a preview may see it, and the candidates that only a participant
   * with a seat gets. `instance` is new for each.
   */
  | {
      readonly type: 'offer-gathered';
      readonly of: ConnectionName;
      readonly description: SessionDescription;
      readonly candidates: readonly Candidate[];
      readonly instance: string;
    }
  /** The answer of a connection that waits; of the standing offer nothing has been done with it yet. */
  | { readonly type: 'answer-prepared'; readonly of: ConnectionName; readonly description: SessionDescription }
  | { readonly type: 'direct-changed'; readonly open: boolean }
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
  /** Replaces the connection of that name, if there is one; of the call, where none is named. Any other begins empty. */
  | {
      readonly type: 'open-connection';
      readonly of?: ConnectionName;
      readonly offers: boolean;
      readonly polite: boolean;
      readonly iceServers: readonly IceServer[];
      /** An offer to answer. */
      readonly toAnswer?: SessionDescription;
    }
  /** The server has named the other end of this connection, which becomes that of the call and is empty no more. */
  | {
      readonly type: 'name-connection';
      readonly of: ConnectionName;
      readonly iceServers: readonly IceServer[];
      /** Looks for a direct path at once. */
      readonly restartIce: boolean;
    }
  | { readonly type: 'send-direct'; readonly message: DirectSignal }
  | { readonly type: 'close-connection'; readonly of?: ConnectionName }
  | { readonly type: 'remote-signal'; readonly of?: ConnectionName; readonly body: SignalBody }
  /** Both sides hear each other again: with `resend` an offer that may have been lost is sent again, otherwise ICE restarted. */
  | { readonly type: 'refresh-connection'; readonly resend: boolean; readonly restartIce: boolean }
  /** What looks for a path, in an offer or an answer, waits for `use-ice-servers`. */
  | { readonly type: 'hold-connection'; readonly of?: ConnectionName }
  | { readonly type: 'use-ice-servers'; readonly iceServers: readonly IceServer[] }
  | { readonly type: 'set-timer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly type: 'clear-timer'; readonly timer: TimerName };

/** What the machine itself says over the data channel. */
export type DirectSignal = { readonly type: 'signal'; readonly body: SignalBody };

export interface Step {
  readonly call: Call;
  readonly effects: readonly Effect[];
}
