/**
 * The messages of `duet.v1` as docs/protocol.md has them, and the reading of what the server sends.
 *
 * Reading is forgiving where the protocol promises growth (unknown fields and unknown types are no fault) and strict
 * where the call machine relies on a field. A message that breaks the promise is a value, never an exception.
 */

/** The WebSocket subprotocol. */
export const PROTOCOL = 'duet.v1';

/** How many candidates may follow one description, and how long each may be, when the server has not said otherwise. */
export const CANDIDATES_PER_DESCRIPTION = 64;
export const CANDIDATE_BYTES = 1024;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A person in a room. `order` grows with every seat taken in the room. */
export interface Participant {
  readonly id: string;
  readonly order: number;
  readonly name?: string;
  readonly instance?: string;
  readonly state: 'present' | 'away';
  /** Another one whenever this participant's streams start over; absent when the server numbers nothing. */
  readonly epoch?: number;
  /** The last of this client's signals to that participant that the server has. */
  readonly accepted?: number;
}

export interface SessionDescription {
  readonly type: 'offer' | 'answer' | 'pranswer' | 'rollback';
  readonly sdp: string;
  /** The how-manieth of its connection this is, and which one of the other side's it answers: description-order.ts. */
  readonly turn?: number;
  readonly answers?: number;
}

export interface Candidate {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
  readonly usernameFragment?: string | null;
}

/** What one participant says to the other through the server: exactly one of the three. `null` ends the candidates. */
export type SignalBody =
  | { readonly description: SessionDescription }
  | { readonly candidate: Candidate | null }
  | { readonly data: Json };

export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

export type AwayReason = 'connection-lost' | 'silent' | 'returning';
export type LeftReason = 'left' | 'grace-ended' | 'replaced' | 'removed';
export type EndedReason = 'superseded' | 'removed';

/** How far this client has received what a participant sent to it. */
export interface StreamPosition {
  readonly participant: string;
  readonly epoch: number;
  readonly received: number;
}

export type JoinMessage = {
  readonly type: 'join';
  readonly id?: number;
  readonly room: string;
  readonly name?: string;
  readonly instance?: string;
  readonly resume?: string;
  readonly key?: string;
  readonly streams?: readonly StreamPosition[];
  /** The offer that this client claims; 0 claims the standing offer with the seat, whatever its number. */
  readonly offer?: number;
  /** To the standing offer that it names. */
  readonly answer?: SessionDescription;
  readonly token?: string;
};
export type SignalToServer = {
  readonly type: 'signal';
  readonly id?: number;
  readonly to: string;
  readonly epoch?: number;
  readonly seq?: number;
} & SignalBody;
/** Everything of that participant up to `seq` was received. */
export type AckMessage = {
  readonly type: 'ack';
  readonly participant: string;
  readonly epoch: number;
  readonly seq: number;
};
/** Asks who is in a room, without a seat. */
export type LookMessage = {
  readonly type: 'look';
  readonly id?: number;
  readonly room: string;
  readonly name?: string;
  /** A connection may be prepared before the click. */
  readonly preconnect?: boolean;
};
/** Publishes a standing offer: a preview sees its description, who has a seat gets the candidates as well. */
export type ParkMessage = {
  readonly type: 'park';
  readonly id?: number;
  /** From now on this page's end of a call, as in the join. */
  readonly instance?: string;
  readonly description: SessionDescription;
  readonly candidates?: readonly Candidate[];
};
/** Offers a connection to a preview; there is no address in it but relayed ones, or else it says `direct`. */
export type OfferMessage = {
  readonly type: 'offer';
  readonly id?: number;
  readonly offer: number;
  readonly description: SessionDescription;
  readonly direct?: boolean;
};
/** Answers the offer of a connection before there is a seat. */
export type AnswerMessage = {
  readonly type: 'answer';
  readonly id?: number;
  readonly offer: number;
  readonly description: SessionDescription;
  readonly direct?: boolean;
};
export type LeaveMessage = { readonly type: 'leave'; readonly id?: number; readonly returning?: boolean };
export type IceServersRequest = { readonly type: 'ice-servers'; readonly id?: number };
export type PingMessage = { readonly type: 'ping'; readonly id?: number };

/** Everything a client may send. */
export type ClientMessage =
  | JoinMessage
  | SignalToServer
  | AckMessage
  | LookMessage
  | ParkMessage
  | OfferMessage
  | AnswerMessage
  | LeaveMessage
  | IceServersRequest
  | PingMessage;

export type HelloMessage = {
  readonly type: 'hello';
  readonly protocol: string;
  readonly server: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly heartbeat: { readonly pingMs: number; readonly deadMs: number };
  readonly seatGraceMs: number;
  readonly features: readonly string[];
};
export type JoinedMessage = {
  readonly type: 'joined';
  readonly id?: number;
  readonly room: string;
  readonly you: Participant;
  readonly seat: { readonly token: string; readonly graceMs: number };
  readonly capacity: number;
  readonly recovered: boolean;
  readonly participants: readonly Participant[];
  readonly iceServers: readonly IceServer[];
  /** For how long they can begin a call; without it for ever. */
  readonly iceServersLifeMs?: number;
  /** The server was restarted: who is missing in `participants` may still come back for so long. */
  readonly othersMayReturnMs?: number;
  /** The offer with which the call to its author begins: the one that was claimed. */
  readonly offer?: number;
  /** Whose it is and what it says; only where the join claimed the standing offer unseen (`"offer":0`). */
  readonly from?: string;
  readonly description?: SessionDescription;
  /** Of the standing offer. */
  readonly candidates?: readonly Candidate[];
};
export type FullMessage = {
  readonly type: 'full';
  readonly id?: number;
  readonly room: string;
  readonly capacity: number;
  readonly retryAfterMs?: number;
};
export type ParticipantJoinedMessage = {
  readonly type: 'participant-joined';
  readonly participant: Participant;
  /** The offer of this client that the participant has claimed: what it leads to is that participant. */
  readonly offer?: number;
  /** To the standing offer; without it the answer is the first signal. */
  readonly answer?: SessionDescription;
};
export type ParticipantAwayMessage = {
  readonly type: 'participant-away';
  readonly participant: string;
  readonly reason: AwayReason;
  readonly graceMs: number;
};
export type ParticipantBackMessage = {
  readonly type: 'participant-back';
  readonly participant: Participant;
  readonly recovered: boolean;
};
export type ParticipantLeftMessage = {
  readonly type: 'participant-left';
  readonly participant: string;
  readonly reason: LeftReason;
};
export type SignalFromServer = { readonly type: 'signal'; readonly from: string; readonly seq?: number } & SignalBody;
/** That participant has received everything of this client up to `seq`. */
export type AckFromServer = { readonly type: 'ack'; readonly participant: string; readonly seq: number };
export type IceServersMessage = {
  readonly type: 'ice-servers';
  readonly id?: number;
  readonly iceServers: readonly IceServer[];
  readonly iceServersLifeMs?: number;
};
/** The server stops; it closes this connection with 1012. */
export type MovingMessage = { readonly type: 'moving'; readonly retryAfterMs: number };
export type LookedMessage = {
  readonly type: 'looked';
  readonly id?: number;
  readonly room: string;
  readonly capacity: number;
  readonly leaseMs: number;
  readonly participants: readonly Participant[];
  readonly iceServers: readonly IceServer[];
  readonly iceServersLifeMs?: number;
  /** The standing offer of the participant who waits; whose, and what it says. */
  readonly offer?: number;
  readonly from?: string;
  readonly description?: SessionDescription;
};
export type LookEndedMessage = { readonly type: 'look-ended' };
export type ParkedMessage = {
  readonly type: 'parked';
  readonly id?: number;
  readonly offer: number;
  readonly lifeMs: number;
};
/** How many previews look in on who waits. */
export type LookingMessage = {
  readonly type: 'looking';
  readonly visitors: number;
  /** The number under which a connection may be offered to one of them; what was offered under another is over. */
  readonly offer?: number;
  readonly iceServers?: readonly IceServer[];
};
/** Who waits offers a connection to this preview. */
export type OfferedMessage = {
  readonly type: 'offered';
  readonly offer: number;
  readonly from: string;
  readonly description: SessionDescription;
};
/** The preview has answered it. */
export type AnsweredMessage = {
  readonly type: 'answered';
  readonly offer: number;
  readonly description: SessionDescription;
};
export type LeftMessage = { readonly type: 'left'; readonly id?: number };
export type PongMessage = { readonly type: 'pong'; readonly id?: number };
export type EndedMessage = { readonly type: 'ended'; readonly reason: EndedReason };
export type ErrorMessage = {
  readonly type: 'error';
  readonly id?: number;
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly retryAfterMs?: number;
  /** Of a numbered signal: whom it was for, and the number the server waits for, or the one that is used up. */
  readonly participant?: string;
  readonly expected?: number;
  readonly refused?: number;
};

/** Everything the server may send. */
export type ServerMessage =
  | HelloMessage
  | JoinedMessage
  | FullMessage
  | ParticipantJoinedMessage
  | ParticipantAwayMessage
  | ParticipantBackMessage
  | ParticipantLeftMessage
  | SignalFromServer
  | AckFromServer
  | IceServersMessage
  | LookedMessage
  | LookEndedMessage
  | ParkedMessage
  | LookingMessage
  | OfferedMessage
  | AnsweredMessage
  | LeftMessage
  | MovingMessage
  | PongMessage
  | EndedMessage
  | ErrorMessage;

/** The `type` of every message a client sends; a new message does not compile until it is named here. */
export const CLIENT_TYPES: Readonly<Record<ClientMessage['type'], true>> = {
  join: true,
  signal: true,
  ack: true,
  look: true,
  park: true,
  offer: true,
  answer: true,
  leave: true,
  'ice-servers': true,
  ping: true,
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isNumberOrAbsent = (value: unknown): boolean => value === undefined || isNumber(value);
const isTextOrAbsent = (value: unknown): boolean => value === undefined || isText(value);
const isParticipant = (value: unknown): boolean =>
  isFields(value) &&
  isText(value['id']) &&
  isNumber(value['order']) &&
  isTextOrAbsent(value['name']) &&
  isTextOrAbsent(value['instance']) &&
  isNumberOrAbsent(value['epoch']) &&
  isNumberOrAbsent(value['accepted']) &&
  (value['state'] === 'present' || value['state'] === 'away');
const isDescription = (value: unknown): boolean =>
  isFields(value) &&
  isText(value['type']) &&
  isText(value['sdp']) &&
  isNumberOrAbsent(value['turn']) &&
  isNumberOrAbsent(value['answers']);
const isCandidate = (value: unknown): boolean => value === null || (isFields(value) && isText(value['candidate']));

const hasIceServers = (m: Fields): boolean =>
  Array.isArray(m['iceServers']) && isNumberOrAbsent(m['iceServersLifeMs']);

/** Whether it says exactly one of these, and that as it has to be. */
const saysOneOf = (m: Fields, fields: readonly string[]): boolean =>
  fields.filter((field) => field in m).length === 1 &&
  (!('description' in m) || isDescription(m['description'])) &&
  (!('candidate' in m) || isCandidate(m['candidate']));

const isSignal = (m: Fields): boolean =>
  isText(m['from']) && isNumberOrAbsent(m['seq']) && saysOneOf(m, ['description', 'candidate', 'data']);

const isShownOffer = (m: Fields): boolean =>
  isNumber(m['offer']) && isText(m['from']) && isDescription(m['description']);

const areCandidatesOrAbsent = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => one !== null && isCandidate(one)));

/** For every server message the check of the fields the call machine relies on; complete by the compiler. */
export const SERVER_TYPES: Readonly<Record<ServerMessage['type'], (m: Fields) => boolean>> = {
  hello: (m) => isText(m['protocol']),
  joined: (m) =>
    isParticipant(m['you']) &&
    isFields(m['seat']) &&
    isText(m['seat']['token']) &&
    isNumber(m['seat']['graceMs']) &&
    Array.isArray(m['participants']) &&
    m['participants'].every(isParticipant) &&
    hasIceServers(m) &&
    isNumberOrAbsent(m['offer']) &&
    areCandidatesOrAbsent(m['candidates']) &&
    (m['description'] === undefined || isShownOffer(m)),
  full: () => true,
  'participant-joined': (m) =>
    isParticipant(m['participant']) &&
    isNumberOrAbsent(m['offer']) &&
    (m['answer'] === undefined || isDescription(m['answer'])),
  'participant-away': (m) => isText(m['participant']) && isNumber(m['graceMs']),
  'participant-back': (m) => isParticipant(m['participant']),
  'participant-left': (m) => isText(m['participant']),
  signal: isSignal,
  ack: (m) => isText(m['participant']) && isNumber(m['seq']),
  'ice-servers': hasIceServers,
  looked: (m) =>
    Array.isArray(m['participants']) &&
    m['participants'].every(isParticipant) &&
    hasIceServers(m) &&
    (m['offer'] === undefined || isShownOffer(m)),
  'look-ended': () => true,
  parked: (m) => isNumber(m['offer']) && isNumber(m['lifeMs']),
  looking: (m) =>
    isNumber(m['visitors']) &&
    isNumberOrAbsent(m['offer']) &&
    (m['iceServers'] === undefined || Array.isArray(m['iceServers'])),
  offered: isShownOffer,
  answered: (m) => isNumber(m['offer']) && isDescription(m['description']),
  left: () => true,
  moving: (m) => isNumber(m['retryAfterMs']),
  pong: () => true,
  ended: (m) => isText(m['reason']),
  error: (m) => isText(m['code']),
};

/** What a text from the server turned out to be. `unknown` is a message of a later version: no fault, nothing to do. */
export type Received =
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'bad'; readonly problem: string };

/** Reads one text message from the server. */
export function readServerMessage(text: string): Received {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad', problem: 'not JSON' };
  }
  if (!isFields(value)) return { kind: 'bad', problem: 'not a JSON object' };
  const type = value['type'];
  if (!isText(type)) return { kind: 'bad', problem: 'no type' };
  if (!Object.hasOwn(SERVER_TYPES, type)) return { kind: 'unknown', type };
  const known = type as ServerMessage['type'];
  if (!SERVER_TYPES[known](value)) return { kind: 'bad', problem: `${known} without the fields it promises` };
  return { kind: 'message', message: value as unknown as ServerMessage };
}
