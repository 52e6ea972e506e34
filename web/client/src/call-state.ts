/**
 * The call machine: what one participant's page knows of the room, and what it does next. Pure: inputs and the time go
 * in, the next state and the effects come out; sockets, timers and RTCPeerConnections are elsewhere.
 *
 * A call is `idle`, in the `lobby`, `active` or `ended`. An active call has three regions that move independently, because a lost
 * signaling connection says nothing about the media: this side's signaling, the other participant, the connection
 * that carries the media. What a person calls the state of the call is their sum, {@link phaseOf}.
 *
 * Before the click the lobby makes the connection ready (call-lobby.ts); who waits alone leaves an offer for it (call-park.ts).
 *
 * Transitions of an active call:
 * - `joined`: signaling is joined; the other is whoever the message names, or nobody; the seat token is kept
 * - `participant-joined`, `participant-back`: the other is present. Same `instance` as the connection's: the
 *   connection goes on, and when the streams between the two went on as well nothing is said again. Another: it is
 *   replaced. The lower `order` offers
 * - `participant-away`, or missing after a restart of the server: the other is away, the connection is not touched
 * - `participant-left`: the other is nobody and the connection closes, except after `grace-ended` while media still
 *   flows: then only the signaling was lost, and the call goes on until the media ends as well
 * - a try to open the signaling was refused before the first `joined`: the call is ended
 * - the connection is `failed`, or `disconnected` for 1.5 s, or nothing comes any more: the lower `order` restarts ICE, and
 *   when that does not help the other one does
 * - what looks for a path while the ICE servers are old asks for fresh ones first: ice-servers.ts
 * - `full` and `unavailable` with a time to wait: the join is tried again, a bounded number of times
 * - `ended`, a final close code, an error in answer to `join`, or leaving: the call is ended
 */
import {
  clicked,
  dropped,
  lobbyError,
  lobbyFull,
  lobbyLost,
  look,
  looked,
  preparing,
  sendLook,
  without,
} from './call-lobby.ts';
import type {
  ActiveCall,
  Call,
  Effect,
  Input,
  JoinIntent,
  LobbyCall,
  Phase,
  Step,
  TimerName,
} from './call-model.ts';
import {
  bodyOf,
  joinedOther,
  mediaLost,
  mediaNews,
  otherAwaited,
  otherAway,
  otherLeft,
  otherMayReturn,
  otherMissing,
  otherPresent,
  remoteSignal,
  toOther,
  unsaid,
} from './call-other.ts';
import {
  answered,
  coming,
  gathered,
  notComing,
  offerSpent,
  parkAfterJoin,
  parkAgain,
  parkIfLeft,
  parkedAs,
  parkedChanged,
  taken as parkedTaken,
} from './call-park.ts';
import { after, end, never, stay } from './call-step.ts';
import { ICE_SERVERS_ID, askFirst, iceServersSettled, withIceServers } from './ice-servers.ts';
import { isRefusal } from './open-failure.ts';
import type { OpenFailure } from './open-failure.ts';
import type {
  ClientMessage,
  ErrorMessage,
  FullMessage,
  IceServersMessage,
  JoinedMessage,
  ParticipantJoinedMessage,
  ServerMessage,
  SignalBody,
} from './protocol.ts';

/** How long `disconnected` may last before ICE is restarted. It is often gone by itself. */
export const DISCONNECTED_PATIENCE_MS = 1_500;
/** How much longer the one waits who is not the first to restart ICE, and how long a restart may take. */
export const RESTART_PATIENCE_MS = 3_000;
/** How often a join is tried again after `full`, and after `unavailable`. */
export const FULL_RETRIES_MAX = 3;
export const UNAVAILABLE_RETRIES_MAX = 5;
/** The longest wait a server can ask for before the join is tried again. */
export const RETRY_AFTER_MAX_MS = 35_000;
/** The request id of `join`, the only request whose answer matters; pings have higher ones. */
const JOIN_ID = 1;
const UNAVAILABLE_RETRY_MS = 2_000;
/** Beyond the named time, so that the seat is surely free when the join arrives. */
const FULL_RETRY_SLACK_MS = 200;

/** The state of the call in one word. */
export function phaseOf(call: Call): Phase {
  if (call.kind !== 'active') return call.kind;
  if (call.signaling.state !== 'joined') return call.you === undefined ? 'connecting' : 'reconnecting';
  if (call.other.state === 'none') return 'waiting';
  if (call.connection.state === 'none') return 'connecting';
  if (call.connection.state === 'connected') return 'connected';
  return call.connection.everConnected ? 'reconnecting' : 'connecting';
}

/** Takes one input. `nowMs` is any clock that does not jump. */
export function step(call: Call, input: Input, nowMs: number): Step {
  return askFirst(taken(call, input, nowMs), nowMs);
}

function taken(call: Call, input: Input, nowMs: number): Step {
  switch (call.kind) {
    case 'active':
      return parkIfLeft(call, inRoom(call, input, nowMs));
    case 'lobby':
      return inLobby(call, input, nowMs);
    case 'idle':
    case 'ended':
      if (input.type === 'join') return stay(begun(input.intent), [{ type: 'open-signaling' }]);
      return input.type === 'look' ? look(input.intent) : stay(call);
    default:
      return never(call);
  }
}

function inLobby(call: LobbyCall, input: Input, nowMs: number): Step {
  switch (input.type) {
    case 'join':
      return enter(call, input.intent);
    case 'leave':
      return after(stay({ kind: 'idle' }, end(call, 'left').effects), { type: 'send', message: { type: 'leave' } });
    case 'signaling-opened':
      return sendLook(call);
    case 'signaling-lost':
      return lobbyLost(call, nowMs);
    case 'signaling-not-opened':
      return signalingNotOpened(call, input.why);
    case 'signaling-closed':
      return signalingClosed(call, input.code);
    case 'message':
      return lobbyMessage(call, input.message);
    case 'timer':
      return input.timer === 'look' && call.signaling.state === 'joined' ? sendLook(call) : stay(call);
    case 'local-media':
      return stay({ ...call, media: input.media });
    default:
      return preparing(call, input);
  }
}

function lobbyMessage(call: LobbyCall, m: ServerMessage): Step {
  switch (m.type) {
    case 'looked':
      return looked(call, m);
    case 'look-ended':
      return sendLook(call);
    case 'full':
      return lobbyFull(call);
    case 'error':
      return lobbyError(call, m);
    default:
      return stay(call);
  }
}

/** From the lobby into the room: the socket is there already, and perhaps more. */
function enter(lobby: LobbyCall, intent: JoinIntent): Step {
  const { signaling, iceServers, prepared, media } = lobby;
  const call: ActiveCall = {
    ...begun({ ...intent, room: lobby.intent.room }),
    signaling,
    iceServers,
    ...(prepared === undefined ? {} : { prepared }),
    ...(media === undefined ? {} : { media }),
  };
  const open = signaling.state === 'joined' || signaling.state === 'joining';
  return after(open ? sendJoin(call) : stay(call), { type: 'clear-timer', timer: 'look' });
}

function inRoom(call: ActiveCall, input: Input, nowMs: number): Step {
  switch (input.type) {
    case 'look':
    case 'join':
      return stay(call);
    case 'leave':
      return end(call, 'left', undefined, [{ type: 'send', message: { type: 'leave' } }]);
    case 'page-hidden':
      return stay(call, [{ type: 'send', message: { type: 'leave', returning: true } }]);
    case 'signaling-opened':
      return sendJoin(call);
    case 'signaling-lost':
      return signalingLost(call, nowMs);
    case 'signaling-not-opened':
      return signalingNotOpened(call, input.why);
    case 'signaling-closed':
      return signalingClosed(call, input.code);
    case 'message':
      return message(call, input.message, nowMs);
    case 'connection-changed':
      return connectionChanged(call, input.state);
    case 'local-signal':
      return localSignal(call, input.body);
    case 'offer-gathered':
      return gathered(call, input.description);
    case 'answer-prepared':
      return stay(call);
    case 'direct-changed':
      return stay({ ...call, direct: input.open });
    case 'direct-here':
      return coming(call);
    case 'path-doubtful':
      return call.connection.state === 'none' ? stay(call) : mediaLost(call, input.here);
    case 'undelivered':
      return unsaid(call, input);
    case 'local-media': {
      const next: ActiveCall = { ...call, media: input.media };
      return stay(next, mediaNews(next));
    }
    case 'timer':
      return timer(call, input.timer);
    default:
      return never(input);
  }
}

function begun(intent: JoinIntent): ActiveCall {
  return {
    kind: 'active',
    intent,
    signaling: { state: 'opening' },
    iceServers: [],
    askedIceServers: false,
    other: { state: 'none' },
    connection: { state: 'none' },
    direct: false,
    unsaid: false,
    fullRetries: 0,
    unavailableRetries: 0,
  };
}

function sendJoin(before: ActiveCall): Step {
  const { room, name, instance, key, token } = before.intent;
  const resume = before.seat?.token ?? before.intent.resume;
  const click = clicked(before);
  const offer = click.call.prepared?.offer ?? (before.seat === undefined ? 0 : undefined);
  const message: ClientMessage = {
    type: 'join',
    id: JOIN_ID,
    room,
    instance,
    ...(key === undefined ? {} : { key }),
    ...(name === undefined ? {} : { name }),
    ...(resume === undefined ? {} : { resume }),
    ...(token === undefined ? {} : { token }),
    ...(offer === undefined ? {} : { offer }),
  };
  return stay({ ...click.call, signaling: { state: 'joining' } }, [
    ...click.before,
    { type: 'send', message },
    ...click.after,
  ]);
}

/** Before the seat is there, the author of the offer that is being answered takes nothing any more from a visitor. */
function localSignal(call: ActiveCall, body: SignalBody): Step {
  const { prepared } = call;
  if (prepared === undefined) return stay(call, toOther(call, body));
  return stay({ ...call, prepared: { ...prepared, candidates: [...prepared.candidates, body] } });
}

/** What was found out about an earlier try is kept until more is known: the words on the page do not flicker. */
function signalingLost(call: ActiveCall, nowMs: number): Step {
  const before = call.signaling;
  const signaling = before.state === 'lost' ? before : ({ state: 'lost', sinceMs: nowMs } as const);
  return stay({ ...without(call), signaling }, [{ type: 'clear-timer', timer: 'retry-join' }, ...dropped(call)]);
}

/** A refusal ends a call that never was in its room; who already is in a call keeps it and tries on. */
function signalingNotOpened(call: ActiveCall | LobbyCall, why: OpenFailure): Step {
  if (call.signaling.state !== 'lost') return stay(call);
  if (isRefusal(why) && (call.kind === 'lobby' || call.you === undefined)) {
    const fix = 'whoever runs it can start it with --allow-origin and the address of this page';
    return end(call, 'refused', { code: why, message: 'the server refused the WebSocket of this page', fix });
  }
  return stay({ ...call, signaling: { ...call.signaling, why } });
}

function signalingClosed(call: ActiveCall | LobbyCall, code: number): Step {
  if (code === 4001) return end(call, 'superseded');
  if (code === 1008) {
    return end(call, 'refused', { code: 'policy', message: `the server closed the connection with ${code}` });
  }
  return end(call, 'error', { code: 'client-fault', message: `the server closed the connection with ${code}` });
}

function message(call: ActiveCall, m: ServerMessage, nowMs: number): Step {
  switch (m.type) {
    case 'joined':
      return joined(call, m, nowMs);
    case 'full':
      return full(call, m, nowMs);
    case 'participant-joined':
      return participantJoined(call, m);
    case 'participant-back':
      // Only one other participant is shown: in a room for more the first one stays until he leaves.
      if (call.other.state === 'present' && call.other.participant.id !== m.participant.id) return stay(call);
      return otherPresent(call, m.participant, m.recovered);
    case 'participant-away':
      return otherAway(call, m.participant, m.reason, nowMs + m.graceMs);
    case 'participant-left':
      return otherLeft(call, m.participant, m.reason);
    case 'signal':
      return remoteSignal(call, m.from, bodyOf(m));
    case 'ended':
      return end(call, m.reason === 'removed' ? 'removed' : 'superseded');
    case 'error':
      return error(call, m, nowMs);
    case 'ice-servers':
      return iceServersCame(call, m, nowMs);
    case 'parked':
      return parkedAs(call, m.offer, m.lifeMs);
    case 'answered':
      return answered(call, m.offer, bodyOf(m));
    case 'offer-spent':
      return offerSpent(call, m.offer);
    case 'ack':
    case 'hello':
    case 'left':
    case 'look-ended':
    case 'looked':
    case 'moving':
    case 'pong':
      return stay(call);
    default:
      return never(m);
  }
}

/** Only one other participant is shown: in a room for more the first one stays until he leaves. */
function participantJoined(call: ActiveCall, { participant, offer }: ParticipantJoinedMessage): Step {
  if (call.other.state === 'present' && call.other.participant.id !== participant.id) return stay(call);
  const { parked } = call;
  if (parked === undefined || offer === undefined || parked.offer !== offer) {
    return otherPresent(call, participant, false);
  }
  const before = parkedTaken(call, parked, participant.instance);
  return after(otherAwaited(before.call, participant), ...before.effects);
}

/** The seat, and with it what was prepared for it; or that it was prepared in vain. */
function joined(before: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const { prepared } = before;
  if (prepared === undefined) return seated(before, m, nowMs);
  if (m.offer !== prepared.offer) return after(seated(without(before), m, nowMs), ...dropped(before));
  const { state, from } = prepared;
  const connection = { state, instance: from.instance, everConnected: state === 'connected' } as const;
  const { call, effects } = placed({ ...without(before), connection }, m, nowMs);
  const met = otherAwaited(call, m.participants.find(({ id }) => id === from.id) ?? from);
  const found = prepared.candidates.flatMap((body) => toOther(met.call as ActiveCall, body));
  return { call: met.call, effects: [...effects, ...met.effects, ...found] };
}

function seated(before: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const { call, effects: first } = placed(before, m, nowMs);
  const { connection, other } = call;
  const here = m.participants.some((p) => other.state !== 'none' && p.id === other.participant.id);
  const known = m.participants.find((p) => connection.state !== 'none' && p.instance === connection.instance);
  // In a room that is full again somebody else has their seat.
  const free = m.participants.length + 1 < m.capacity;
  if (m.othersMayReturnMs !== undefined && free && other.state !== 'none' && !here && known === undefined) {
    return after(otherMayReturn(call, m.othersMayReturnMs, nowMs), ...first);
  }
  const met = joinedOther(call, known ?? m.participants[0], m.recovered);
  const { description } = m;
  if (description !== undefined) {
    const body: Effect = { type: 'remote-signal', body: { description } };
    return after({ call: met.call, effects: [...met.effects, body] }, ...first);
  }
  if (m.participants.length > 0 || met.call.kind !== 'active') return after(met, ...first);
  const parking = parkAfterJoin(met.call);
  return { call: parking.call, effects: [...first, ...met.effects, ...parking.effects] };
}

/** With a seat, whoever else is there. */
function placed(call: ActiveCall, m: JoinedMessage, nowMs: number): { call: ActiveCall; effects: Effect[] } {
  const present: ActiveCall = {
    ...withIceServers(call, m, nowMs),
    signaling: { state: 'joined' },
    you: m.you,
    seat: m.seat,
    fullRetries: 0,
    unavailableRetries: 0,
  };
  const kept: Effect = { type: 'keep-seat', room: call.intent.room, token: m.seat.token, graceMs: m.seat.graceMs };
  const none = call.connection.state === 'none' && call.parked === undefined;
  return { call: present, effects: none ? [kept] : [kept, ...iceServersSettled(present).effects] };
}

/** Who went on with the old ones because these took too long has perhaps no relay now, and looks for a path again. */
function iceServersCame(call: ActiveCall, m: IceServersMessage, nowMs: number): Step {
  const settled = iceServersSettled(withIceServers(call, m, nowMs));
  const late = !call.askedIceServers && call.other.state === 'present' && call.connection.state !== 'connected';
  return late ? after(mediaLost(settled.call), ...settled.effects) : settled;
}

function full(call: ActiveCall, m: FullMessage, nowMs: number): Step {
  if (m.retryAfterMs === undefined || call.fullRetries >= FULL_RETRIES_MAX) return end(call, 'full');
  const next = { ...without(call), fullRetries: call.fullRetries + 1 };
  return after(delay(next, 'full', m.retryAfterMs + FULL_RETRY_SLACK_MS, nowMs), ...dropped(call));
}

function error(call: ActiveCall, m: ErrorMessage, nowMs: number): Step {
  if (m.id === ICE_SERVERS_ID && call.askedIceServers) return iceServersSettled(call);
  // In answer to anything else than the join an error changes nothing: what was lost is sent again when the other is back.
  if (call.signaling.state !== 'joining' || (m.id ?? JOIN_ID) !== JOIN_ID) return stay(call);
  const callError = { code: m.code, message: m.message, ...(m.fix === undefined ? {} : { fix: m.fix }) };
  switch (m.code) {
    case 'unavailable':
    case 'rate-limited': {
      if (call.unavailableRetries >= UNAVAILABLE_RETRIES_MAX) return end(call, 'error', callError);
      const next = { ...without(call), unavailableRetries: call.unavailableRetries + 1 };
      return after(delay(next, 'unavailable', m.retryAfterMs ?? UNAVAILABLE_RETRY_MS, nowMs), ...dropped(call));
    }
    case 'join-refused':
    case 'anonymous-refused':
      return end(call, 'refused', callError);
    default:
      return end(call, 'error', callError);
  }
}

function delay(call: ActiveCall, why: 'full' | 'unavailable', askedMs: number, nowMs: number): Step {
  const afterMs = Math.min(Math.max(askedMs, 0), RETRY_AFTER_MAX_MS);
  return stay({ ...call, signaling: { state: 'delayed', why, untilMs: nowMs + afterMs } }, [
    { type: 'set-timer', timer: 'retry-join', afterMs },
  ]);
}

function connectionChanged(call: ActiveCall, state: RTCPeerConnectionState): Step {
  if (call.prepared !== undefined) return stay({ ...call, prepared: { ...call.prepared, state } });
  if (call.parked !== undefined) return parkedChanged(call, call.parked, state);
  const before = call.connection;
  if (before.state === 'none') return stay(call);
  const everConnected = before.everConnected || state === 'connected';
  const next: ActiveCall = { ...call, connection: { state, instance: before.instance, everConnected } };
  const clear: Effect = { type: 'clear-timer', timer: 'disconnected' };
  switch (state) {
    case 'disconnected':
      return stay(next, [patience(next, DISCONNECTED_PATIENCE_MS)]);
    case 'failed':
    case 'closed': {
      const lost = mediaLost(next);
      return next.other.state === 'present' ? after(lost, patience(next, 0)) : after(lost, clear);
    }
    case 'connecting':
      // A new path is looked for. Should that come to nothing, another is.
      return stay(next, [everConnected ? patience(next, RESTART_PATIENCE_MS) : clear]);
    case 'connected':
    case 'new':
      return stay(next, [clear]);
    default:
      return never(state);
  }
}

/** Who has the lower order looks for a new path first; the other one does when nothing comes of that. */
function patience(call: ActiveCall, afterMs: number): Effect {
  const { you, other } = call;
  const first = you !== undefined && other.state !== 'none' && you.order < other.participant.order;
  const moreMs = first && afterMs > 0 ? 0 : RESTART_PATIENCE_MS;
  return { type: 'set-timer', timer: 'disconnected', afterMs: afterMs + moreMs };
}

function noPath(call: ActiveCall): Step {
  const { connection } = call;
  if (connection.state === 'none' || connection.state === 'connected' || connection.state === 'new') return stay(call);
  const lost = mediaLost(call, true);
  return lost.call.kind === 'active' && lost.call.other.state === 'present'
    ? after(lost, patience(call, RESTART_PATIENCE_MS))
    : lost;
}

function timer(call: ActiveCall, name: TimerName): Step {
  switch (name) {
    case 'retry-join':
      return call.signaling.state === 'delayed' ? sendJoin(call) : stay(call);
    case 'disconnected':
      return noPath(call);
    case 'ice-servers':
      return iceServersSettled(call);
    case 'others-return':
      return call.other.state === 'away' && call.other.mayReturn ? otherMissing(call, 'lost') : stay(call);
    case 'park':
      return parkAgain(call);
    case 'coming':
      return notComing(call);
    case 'look':
      return stay(call);
    default:
      return never(name);
  }
}
