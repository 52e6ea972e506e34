/**
 * The call machine: what one participant's page knows of the room, and what it does next. Pure: inputs and the time go
 * in, the next state and the effects come out; sockets, timers and RTCPeerConnections are elsewhere.
 *
 * A call is `idle`, in the `lobby`, `active` or `ended`. An active call has three regions that move independently, because a lost
 * signaling connection says nothing about the media: this side's signaling, the other participant, the connection
 * that carries the media. What a person calls the state of the call is their sum, {@link phaseOf}.
 *
 * A connection is that of the call only when the server has *named* the participant at its other end. Before the click a preview makes ready
 * what it can (call-preview.ts); who waits alone publishes a standing offer (call-standing.ts); what the two have then is empty. call-seat.ts is
 * about the seat, call-path.ts about the media path, call-other.ts about the other participant.
 *
 * Transitions of an active call:
 * - `joined`: signaling is joined; the other is whoever the message names, or nobody; the seat token is kept
 * - `participant-joined`, `participant-back`: the other is present. Same participant and same `instance` as the connection's: the
 *   connection goes on, and when the streams between the two went on as well nothing is said again. Otherwise it is
 *   replaced. The lower `order` offers
 * - `participant-away`, or missing after a restart of the server: the other is away, the connection is not touched
 * - `participant-left`: the other is nobody and the connection closes, except after `grace-ended` while media still
 *   flows: then only the signaling was lost, and the call goes on until the media ends as well
 * - a try to open the signaling was refused before the first `joined`: the call is ended
 * - the connection is `failed`, or `disconnected` for 1.5 s, or nothing comes any more: the lower `order` restarts ICE, and
 *   when that does not help the other one asks it to, or does it
 * - what looks for a path while the ICE servers are old asks for fresh ones first: ice-servers.ts
 * - `full` and `unavailable` with a time to wait: the join is tried again, a bounded number of times
 * - `ended`, a final close code, an error in answer to `join`, or leaving: the call is ended
 */
import type {
  ActiveCall,
  Call,
  ConnectionName,
  Input,
  JoinIntent,
  LobbyCall,
  Phase,
  Step,
  TimerName,
} from './call-model.ts';
import {
  bodyOf,
  mediaNews,
  otherAway,
  otherLeft,
  otherMissing,
  otherPresent,
  remoteSignal,
  startedOver,
  toOther,
  unsaid,
} from './call-other.ts';
import { connectionChanged, noPath, pathDoubtful } from './call-path.ts';
import {
  claimed,
  lobbyError,
  lobbyFull,
  lobbyLost,
  look,
  lookEnded,
  looked,
  offered,
  preparing,
  sendLook,
  withoutClaim,
} from './call-preview.ts';
import { JOIN_ID, failed, full, iceServersCame, joined, participantJoined } from './call-seat.ts';
import {
  answered,
  looking,
  parkAgain,
  parkIfLeft,
  parkedAs,
  previewChanged,
  previewDue,
  previewGathered,
  standingChanged,
  standingDoubtful,
  standingGathered,
  withoutPreview,
} from './call-standing.ts';
import { after, end, lostSince, never, stay } from './call-step.ts';
import { askFirst, iceServersSettled } from './ice-servers.ts';
import type { OpenFailure } from './open-failure.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';

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
      if (input.type === 'join') return after(joinAhead(begun(input.intent)), { type: 'open-signaling' });
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
      return lookEnded(call);
    case 'offered':
      return offered(call, m);
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
  const { signaling, iceServers, media } = lobby;
  const { claim, effects } = claimed(lobby);
  const call: ActiveCall = {
    ...begun({ ...intent, room: lobby.intent.room }),
    signaling,
    iceServers,
    ...(claim === undefined ? {} : { claim }),
    ...(media === undefined ? {} : { media }),
  };
  const open = signaling.state === 'joined' || signaling.state === 'joining';
  const joining = open ? sendJoin(call) : joinAhead(call);
  // First of all the join: what is closed keeps the browser busy for a while.
  return { call: joining.call, effects: [...joining.effects, { type: 'clear-timer', timer: 'look' }, ...effects] };
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
    case 'signaling-opened': {
      const join = sendJoin(call);
      // Who has joined ahead of it is in the room already.
      return call.signaling.state === 'joined' ? { ...join, call } : join;
    }
    case 'signaling-lost':
      return signalingLost(call, nowMs);
    case 'signaling-not-opened':
      return signalingNotOpened(call, input.why);
    case 'signaling-closed':
      return signalingClosed(call, input.code);
    case 'message':
      return message(call, input.message, nowMs);
    case 'connection-changed':
      return changed(call, input.of ?? 'call', input.state);
    case 'local-signal':
      return stay(call, toOther(call, input.body));
    case 'started-over':
      return startedOver(call, input.description);
    case 'offer-gathered':
      return input.of === 'preview'
        ? previewGathered(call, input.description, nowMs)
        : standingGathered(call, input.description, input.candidates, input.instance);
    case 'answer-prepared':
      return stay(call);
    case 'direct-changed':
      return stay({ ...call, direct: input.open });
    case 'path-doubtful':
      return call.connection.state === 'none' ? standingDoubtful(call, input.here) : pathDoubtful(call, input.here);
    case 'undelivered':
      return unsaid(call, input);
    case 'local-media': {
      const next: ActiveCall = { ...call, media: input.media };
      return stay(next, mediaNews(next));
    }
    case 'timer':
      return timer(call, input.timer, nowMs);
    default:
      return never(input);
  }
}

function changed(call: ActiveCall, of: ConnectionName, state: RTCPeerConnectionState): Step {
  switch (of) {
    case 'call':
      return connectionChanged(call, state);
    case 'standing':
    case 'preview':
      if (call.claim?.of === of) return stay({ ...call, claim: { ...call.claim, state } });
      return of === 'standing' ? standingChanged(call, state) : previewChanged(call, state);
    default:
      return never(of);
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
    visitors: 0,
    direct: false,
    unsaid: false,
    fullRetries: 0,
    unavailableRetries: 0,
  };
}

function sendJoin(call: ActiveCall): Step {
  return stay({ ...call, signaling: { state: 'joining' } }, [{ type: 'send', message: joinOf(call) }]);
}

/** Only who is new in the room joins ahead of their connection: a seat is resumed by the connection that keeps it. */
function joinAhead(call: ActiveCall): Step {
  const { intent, signaling } = call;
  if (signaling.state !== 'opening' || intent.resume !== undefined) return stay(call);
  return stay(call, [{ type: 'send-ahead', message: joinOf(call) }]);
}

function joinOf({ intent, seat, claim }: ActiveCall): ClientMessage {
  const { room, name, instance, key, token } = intent;
  const resume = seat?.token ?? intent.resume;
  const offer = claim?.offer ?? (seat === undefined ? 0 : undefined);
  return {
    type: 'join',
    id: JOIN_ID,
    room,
    instance,
    ...(key === undefined ? {} : { key }),
    ...(name === undefined ? {} : { name }),
    ...(resume === undefined ? {} : { resume }),
    ...(token === undefined ? {} : { token }),
    ...(offer === undefined ? {} : { offer }),
    ...(claim?.answer === undefined ? {} : { answer: claim.answer }),
  };
}

/** What was claimed was claimed by this connection; and which preview is which is not known any more. */
function signalingLost(call: ActiveCall, nowMs: number): Step {
  const signaling = lostSince(call.signaling, nowMs);
  const unclaimed = withoutClaim(call);
  const waiting = withoutPreview(unclaimed.call);
  return stay({ ...waiting.call, visitors: 0, signaling }, [
    { type: 'clear-timer', timer: 'retry-join' },
    ...unclaimed.effects,
    ...waiting.effects,
  ]);
}

/** Whether trying again is of no use before somebody changes a setting. */
export function isRefusal(failure: OpenFailure): boolean {
  return failure === 'origin-refused' || failure === 'host-refused';
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
      // As in `participantJoined`.
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
      return failed(call, m, nowMs);
    case 'ice-servers':
      return iceServersCame(call, m, nowMs);
    case 'parked':
      return parkedAs(call, m.offer, m.lifeMs);
    case 'looking':
      return looking(call, m, nowMs);
    case 'answered':
      return answered(call, m);
    case 'offered':
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

function timer(call: ActiveCall, name: TimerName, nowMs: number): Step {
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
    case 'preview':
      return previewDue(call, nowMs);
    case 'look':
      return stay(call);
    default:
      return never(name);
  }
}
