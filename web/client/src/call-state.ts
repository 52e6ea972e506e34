/**
 * The call machine: what one participant's page knows of the room, and what it does next. Pure: inputs and the time go
 * in, the next state and the effects come out; sockets, timers and RTCPeerConnections are elsewhere.
 *
 * A call is `idle`, `active` or `ended`. An active call has three regions that move independently, because a lost
 * signaling connection says nothing about the media: this side's signaling, the other participant, the connection
 * that carries the media. What a person calls the state of the call is their sum, {@link phaseOf}.
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
 * - the connection is `failed`, or `disconnected` for 1.5 s: the lower `order` restarts ICE
 * - what looks for a path while the ICE servers are old asks for fresh ones first: ice-servers.ts
 * - `full` and `unavailable` with a time to wait: the join is tried again, a bounded number of times
 * - `ended`, a final close code, an error in answer to `join`, or leaving: the call is ended
 */
import type {
  ActiveCall,
  Call,
  Effect,
  EndedCall,
  EndReason,
  Input,
  JoinIntent,
  Phase,
  Step,
  TimerName,
} from './call-model.ts';
import {
  bodyOf,
  joinedOther,
  mediaLost,
  mediaNews,
  otherAway,
  otherLeft,
  otherMayReturn,
  otherMissing,
  otherPresent,
  remoteSignal,
  toOther,
  unsaid,
} from './call-other.ts';
import { after, never, stay } from './call-step.ts';
import type { CallError } from './errors.ts';
import { ICE_SERVERS_ID, askFirst, iceServersSettled, withIceServers } from './ice-servers.ts';
import { isRefusal } from './open-failure.ts';
import type { OpenFailure } from './open-failure.ts';
import type {
  ClientMessage,
  ErrorMessage,
  FullMessage,
  IceServersMessage,
  JoinedMessage,
  ServerMessage,
} from './protocol.ts';

/** How long `disconnected` may last before ICE is restarted. It is often gone by itself. */
export const DISCONNECTED_PATIENCE_MS = 1_500;
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
  if (input.type === 'join') return call.kind === 'active' ? stay(call) : join(input.intent);
  if (call.kind !== 'active') return stay(call);
  switch (input.type) {
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
      return stay(call, toOther(call, input.body));
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

function join(intent: JoinIntent): Step {
  const call: ActiveCall = {
    kind: 'active',
    intent,
    signaling: { state: 'opening' },
    iceServers: [],
    askedIceServers: false,
    other: { state: 'none' },
    connection: { state: 'none' },
    unsaid: false,
    fullRetries: 0,
    unavailableRetries: 0,
  };
  return stay(call, [{ type: 'open-signaling' }]);
}

function sendJoin(call: ActiveCall): Step {
  const { room, name, instance, key } = call.intent;
  const resume = call.seat?.token ?? call.intent.resume;
  const message: ClientMessage = {
    type: 'join',
    id: JOIN_ID,
    room,
    instance,
    ...(key === undefined ? {} : { key }),
    ...(name === undefined ? {} : { name }),
    ...(resume === undefined ? {} : { resume }),
  };
  return stay({ ...call, signaling: { state: 'joining' } }, [{ type: 'send', message }]);
}

/** What was found out about an earlier try is kept until more is known: the words on the page do not flicker. */
function signalingLost(call: ActiveCall, nowMs: number): Step {
  const before = call.signaling;
  const signaling = before.state === 'lost' ? before : ({ state: 'lost', sinceMs: nowMs } as const);
  return stay({ ...call, signaling }, [{ type: 'clear-timer', timer: 'retry-join' }]);
}

/** A refusal ends a call that never was in its room; who already is in a call keeps it and tries on. */
function signalingNotOpened(call: ActiveCall, why: OpenFailure): Step {
  if (call.signaling.state !== 'lost') return stay(call);
  if (isRefusal(why) && call.you === undefined) {
    const fix = 'whoever runs it can start it with --allow-origin and the address of this page';
    return end(call, 'refused', { code: why, message: 'the server refused the WebSocket of this page', fix });
  }
  return stay({ ...call, signaling: { ...call.signaling, why } });
}

function signalingClosed(call: ActiveCall, code: number): Step {
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
    case 'participant-back':
      // Only one other participant is shown: in a room for more the first one stays until he leaves.
      if (call.other.state === 'present' && call.other.participant.id !== m.participant.id) return stay(call);
      return otherPresent(call, m.participant, m.type === 'participant-back' && m.recovered);
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
    case 'ack':
    case 'answered':
    case 'hello':
    case 'left':
    case 'look-ended':
    case 'looked':
    case 'moving':
    case 'offer-spent':
    case 'parked':
    case 'pong':
      return stay(call);
    default:
      return never(m);
  }
}

function joined(call: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const present: ActiveCall = {
    ...withIceServers(call, m, nowMs),
    signaling: { state: 'joined' },
    you: m.you,
    seat: m.seat,
    fullRetries: 0,
    unavailableRetries: 0,
  };
  const kept: Effect = { type: 'keep-seat', room: call.intent.room, token: m.seat.token, graceMs: m.seat.graceMs };
  const { connection, other } = call;
  const first = connection.state === 'none' ? [kept] : [kept, ...iceServersSettled(present).effects];
  const here = m.participants.some((p) => other.state !== 'none' && p.id === other.participant.id);
  const known = m.participants.find((p) => connection.state !== 'none' && p.instance === connection.instance);
  if (m.othersMayReturnMs !== undefined && other.state !== 'none' && !here && known === undefined) {
    return after(otherMayReturn(present, m.othersMayReturnMs, nowMs), ...first);
  }
  return after(joinedOther(present, known ?? m.participants[0], m.recovered), ...first);
}

/** Who went on with the old ones because these took too long has perhaps no relay now, and looks for a path again. */
function iceServersCame(call: ActiveCall, m: IceServersMessage, nowMs: number): Step {
  const settled = iceServersSettled(withIceServers(call, m, nowMs));
  const late = !call.askedIceServers && call.other.state === 'present' && call.connection.state !== 'connected';
  return late ? after(mediaLost(settled.call), ...settled.effects) : settled;
}

function full(call: ActiveCall, m: FullMessage, nowMs: number): Step {
  if (m.retryAfterMs === undefined || call.fullRetries >= FULL_RETRIES_MAX) return end(call, 'full');
  const next = { ...call, fullRetries: call.fullRetries + 1 };
  return delay(next, 'full', m.retryAfterMs + FULL_RETRY_SLACK_MS, nowMs);
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
      const next = { ...call, unavailableRetries: call.unavailableRetries + 1 };
      return delay(next, 'unavailable', m.retryAfterMs ?? UNAVAILABLE_RETRY_MS, nowMs);
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
  const before = call.connection;
  if (before.state === 'none') return stay(call);
  const everConnected = before.everConnected || state === 'connected';
  const next: ActiveCall = { ...call, connection: { state, instance: before.instance, everConnected } };
  const clear: Effect = { type: 'clear-timer', timer: 'disconnected' };
  switch (state) {
    case 'disconnected':
      return stay(next, [{ type: 'set-timer', timer: 'disconnected', afterMs: DISCONNECTED_PATIENCE_MS }]);
    case 'failed':
    case 'closed':
      return after(mediaLost(next), clear);
    case 'connected':
      return stay(next, [clear]);
    case 'new':
    case 'connecting':
      return stay(next, [clear]);
    default:
      return never(state);
  }
}

function timer(call: ActiveCall, name: TimerName): Step {
  switch (name) {
    case 'retry-join':
      return call.signaling.state === 'delayed' ? sendJoin(call) : stay(call);
    case 'disconnected':
      return call.connection.state === 'disconnected' ? mediaLost(call) : stay(call);
    case 'ice-servers':
      return iceServersSettled(call);
    case 'others-return':
      return call.other.state === 'away' && call.other.mayReturn ? otherMissing(call, 'lost') : stay(call);
    default:
      return never(name);
  }
}

function end(call: ActiveCall, reason: EndReason, error?: CallError, first: readonly Effect[] = []): Step {
  const ended: EndedCall = {
    kind: 'ended',
    reason,
    ...(error === undefined ? {} : { error }),
    ...(call.you === undefined ? {} : { participantId: call.you.id }),
  };
  return {
    call: ended,
    effects: [
      ...first,
      { type: 'clear-timer', timer: 'retry-join' },
      { type: 'clear-timer', timer: 'disconnected' },
      { type: 'clear-timer', timer: 'ice-servers' },
      { type: 'clear-timer', timer: 'others-return' },
      { type: 'forget-seat' },
      { type: 'close-connection' },
      { type: 'close-signaling' },
    ],
  };
}
