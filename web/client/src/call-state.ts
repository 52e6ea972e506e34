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
 *   connection goes on. Another: it is replaced. The lower `order` offers
 * - `participant-away`: the other is away, the connection is not touched
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
  MediaState,
  Phase,
  Step,
  TimerName,
} from './call-model.ts';
import type { CallError } from './errors.ts';
import { ICE_SERVERS_ID, askFirst, iceServersSettled, withIceServers } from './ice-servers.ts';
import { isRefusal } from './open-failure.ts';
import type { OpenFailure } from './open-failure.ts';
import type {
  AwayReason,
  ClientMessage,
  ErrorMessage,
  FullMessage,
  IceServersMessage,
  JoinedMessage,
  LeftReason,
  Participant,
  ServerMessage,
  SignalBody,
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
    fullRetries: 0,
    unavailableRetries: 0,
  };
  return stay(call, [{ type: 'open-signaling' }]);
}

function sendJoin(call: ActiveCall): Step {
  const { room, name, instance } = call.intent;
  const resume = call.seat?.token ?? call.intent.resume;
  const message: ClientMessage = {
    type: 'join',
    id: JOIN_ID,
    room,
    instance,
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
      return otherPresent(call, m.participant);
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
    case 'hello':
    case 'left':
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
  const { connection } = call;
  const known = m.participants.find((p) => connection.state !== 'none' && p.instance === connection.instance);
  const first = connection.state === 'none' ? [kept] : [kept, ...iceServersSettled(present).effects];
  return after(joinedOther(present, known ?? m.participants[0]), ...first);
}

/** The room's whole state replaces what this side believed of the other. */
function joinedOther(call: ActiveCall, other: Participant | undefined): Step {
  if (other === undefined) return otherMissing(call, 'lost');
  if (other.state === 'present') return otherPresent(call, other);
  const media = knownMedia(call);
  return stay({
    ...call,
    other: { state: 'away', participant: other, reason: 'connection-lost', seatGone: false, ...media },
  });
}

function otherPresent(call: ActiveCall, participant: Participant): Step {
  const { you, connection } = call;
  if (you === undefined) return stay(call);
  const current = call.other;
  const offers = you.order < participant.order;
  const same = connection.state !== 'none' && connection.instance === participant.instance;
  if (same && connection.state !== 'closed') {
    const next: ActiveCall = { ...call, other: { state: 'present', participant, ...knownMedia(call) } };
    const restartIce = offers && connection.state !== 'connected';
    return stay(next, [{ type: 'refresh-connection', restartIce }, ...mediaNews(next)]);
  }
  const returning = current.state !== 'none' && connection.state !== 'none' && connection.everConnected;
  const next: ActiveCall = {
    ...call,
    other: { state: 'present', participant },
    connection: { state: 'new', instance: participant.instance, everConnected: returning },
  };
  return stay(next, [
    { type: 'clear-timer', timer: 'disconnected' },
    { type: 'open-connection', offers, polite: !offers, iceServers: call.iceServers },
    ...mediaNews(next),
  ]);
}

function otherAway(call: ActiveCall, id: string, reason: AwayReason, untilMs: number): Step {
  if (call.other.state === 'none' || call.other.participant.id !== id) return stay(call);
  const { participant } = call.other;
  return stay({
    ...call,
    other: { state: 'away', participant, reason, untilMs, seatGone: false, ...knownMedia(call) },
  });
}

function otherLeft(call: ActiveCall, id: string, reason: LeftReason): Step {
  if (call.other.state === 'none' || call.other.participant.id !== id) return stay(call);
  return reason === 'grace-ended' ? otherMissing(call, reason) : otherGone(call, reason);
}

/** The other has no seat any more. While media flows it is only the signaling that was lost, so the call goes on. */
function otherMissing(call: ActiveCall, reason: 'grace-ended' | 'lost'): Step {
  const { other, connection } = call;
  if (other.state === 'none') return stay(call);
  if (connection.state !== 'connected') return otherGone(call, reason);
  const { participant } = other;
  return stay({
    ...call,
    other: { state: 'away', participant, reason: 'connection-lost', seatGone: true, ...knownMedia(call) },
  });
}

function otherGone(call: ActiveCall, reason: LeftReason | 'lost'): Step {
  const name = call.other.state === 'none' ? undefined : call.other.participant.name;
  const departed = { reason, ...(name === undefined ? {} : { name }) };
  return stay({ ...call, other: { state: 'none', departed }, connection: { state: 'none' } }, [
    { type: 'clear-timer', timer: 'disconnected' },
    { type: 'close-connection' },
  ]);
}

function remoteSignal(call: ActiveCall, from: string, body: SignalBody): Step {
  const { other } = call;
  if (other.state === 'none' || other.participant.id !== from) return stay(call);
  if (!('data' in body)) return stay(call, [{ type: 'remote-signal', body }]);
  const media = readMediaState(body.data);
  return stay(media === undefined ? call : { ...call, other: { ...other, media } });
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

/** The media path is broken, not only shaky. Who is not in the room any more is now really gone. */
function mediaLost(call: ActiveCall): Step {
  const { other, you } = call;
  if (other.state === 'away' && other.seatGone) return otherGone(call, 'lost');
  if (other.state !== 'present' || you === undefined || call.signaling.state !== 'joined') return stay(call);
  const offers = you.order < other.participant.order;
  return stay(call, offers ? [{ type: 'refresh-connection', restartIce: true }] : []);
}

function timer(call: ActiveCall, name: TimerName): Step {
  switch (name) {
    case 'retry-join':
      return call.signaling.state === 'delayed' ? sendJoin(call) : stay(call);
    case 'disconnected':
      return call.connection.state === 'disconnected' ? mediaLost(call) : stay(call);
    case 'ice-servers':
      return iceServersSettled(call);
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
      { type: 'forget-seat' },
      { type: 'close-connection' },
      { type: 'close-signaling' },
    ],
  };
}

/** Signals are sent only to somebody who hears them; `refresh-connection` later says again what was left out. */
function toOther(call: ActiveCall, body: SignalBody): Effect[] {
  const { other, signaling } = call;
  if (other.state !== 'present' || signaling.state !== 'joined') return [];
  return [{ type: 'send', message: { type: 'signal', to: other.participant.id, ...body } }];
}

function mediaNews(call: ActiveCall): Effect[] {
  if (call.media === undefined) return [];
  const { microphone, camera } = call.media;
  return toOther(call, { data: { media: { microphone, camera } } });
}

function readMediaState(data: unknown): MediaState | undefined {
  const media = (data as { media?: Partial<Record<keyof MediaState, unknown>> } | null)?.media;
  if (typeof media?.microphone !== 'boolean' || typeof media.camera !== 'boolean') return undefined;
  return { microphone: media.microphone, camera: media.camera };
}

function knownMedia(call: ActiveCall): { media?: MediaState } {
  return call.other.state !== 'none' && call.other.media !== undefined ? { media: call.other.media } : {};
}

function bodyOf(m: SignalBody): SignalBody {
  if ('description' in m) return { description: m.description };
  if ('candidate' in m) return { candidate: m.candidate };
  return { data: m.data };
}

function stay(call: Call, effects: readonly Effect[] = []): Step {
  return { call, effects };
}

function after(rest: Step, ...first: readonly Effect[]): Step {
  return { call: rest.call, effects: [...first, ...rest.effects] };
}

function never(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
