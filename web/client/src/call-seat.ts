/**
 * The seat in the room: what the server answers to a join, and what comes of it. A part of the call machine of
 * call-state.ts. Pure.
 */
import { withoutClaim } from './call-preview.ts';
import type { ActiveCall, Claim, Effect, Step } from './call-model.ts';
import { joinedOther, mediaLost, otherAwaited, otherMayReturn, otherPresent } from './call-other.ts';
import { named, parkAgain, withoutPreview } from './call-standing.ts';
import { after, end, stay } from './call-step.ts';
import { ICE_SERVERS_ID, iceServersSettled, withIceServers } from './ice-servers.ts';
import type {
  ErrorMessage,
  FullMessage,
  IceServersMessage,
  JoinedMessage,
  Participant,
  ParticipantJoinedMessage,
  ServerMessage,
} from './protocol.ts';

/** The request id of `join`, the only request whose answer matters; pings have higher ones. */
export const JOIN_ID = 1;
/** How often a join is tried again after `full`, and after `unavailable`. */
export const FULL_RETRIES_MAX = 3;
export const UNAVAILABLE_RETRIES_MAX = 5;
/** The longest wait a server can ask for before the join is tried again. */
export const RETRY_AFTER_MAX_MS = 35_000;
const UNAVAILABLE_RETRY_MS = 2_000;
/** Beyond the named time, so that the seat is surely free when the join arrives. */
const FULL_RETRY_SLACK_MS = 200;

/** What is left of a message for a call that has a seat among several, and is with none of them: mesh.ts. */
export function withoutOthers(m: ServerMessage): ServerMessage | undefined {
  if (m.type === 'joined') return { ...m, participants: [] };
  return /^(participant|signal)/.test(m.type) ? undefined : m;
}

/** This call is with one other: whoever else is in the room has a call of their own, which mesh.ts makes. */
export function participantJoined(call: ActiveCall, m: ParticipantJoinedMessage): Step {
  const { participant } = m;
  if (call.other.state === 'present' && call.other.participant.id !== participant.id) return stay(call);
  const before = call.other.state === 'none' ? named(call, m) : undefined;
  if (before === undefined) return otherPresent(call, participant, false);
  return after(otherAwaited(before.call, participant), ...before.effects);
}

/** The seat, and with it what was claimed; or that it was claimed in vain. What earlier previews were told is said again. */
export function joined(before: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const { claim } = before;
  const author = m.participants.find(({ id }) => id === claim?.from);
  if (claim !== undefined && author !== undefined && m.offer === claim.offer) {
    return claimed(before, claim, author, m, nowMs);
  }
  const unclaimed = withoutClaim(before);
  const waiting = withoutPreview(unclaimed.call);
  const next = seated({ ...waiting.call, visitors: 0 }, m, nowMs);
  return after(next, ...unclaimed.effects, ...waiting.effects);
}

/** The server has named the author of the offer to this side, which has the seat that it claimed the offer with. */
function claimed(before: ActiveCall, claim: Claim, author: Participant, m: JoinedMessage, nowMs: number): Step {
  const { claim: _, ...rest } = before;
  const { of, state } = claim;
  const { id: participant, instance } = author;
  const connection = { state, participant, instance, everConnected: state === 'connected' };
  const { call, effects } = placed({ ...rest, connection }, m, nowMs);
  const met = otherAwaited(call, author);
  const name: Effect = { type: 'name-connection', of, iceServers: m.iceServers, restartIce: false };
  return { call: met.call, effects: [...effects, name, ...candidatesOf(m), ...met.effects] };
}

function candidatesOf({ candidates = [] }: JoinedMessage): Effect[] {
  return candidates.map((candidate) => ({ type: 'remote-signal', body: { candidate } }));
}

/** To the others this side is somebody else in another seat: none of its connections leads to who has that seat. */
function seated(before: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const { you, connection } = before;
  if (you === undefined || you.id === m.you.id || connection.state === 'none') return seatedAs(before, m, nowMs);
  return after(seatedAs({ ...before, connection: { state: 'none' } }, m, nowMs), { type: 'close-connection' });
}

function seatedAs(before: ActiveCall, m: JoinedMessage, nowMs: number): Step {
  const { call, effects: first } = placed(before, m, nowMs);
  const { connection, other } = call;
  const here = m.participants.some((p) => other.state !== 'none' && p.id === other.participant.id);
  const known = m.participants.find((p) => connection.state !== 'none' && p.id === connection.participant);
  // In a room that is full again somebody else has their seat.
  const free = m.participants.length + 1 < m.capacity;
  if (m.othersMayReturnMs !== undefined && free && other.state !== 'none' && !here && known === undefined) {
    return after(otherMayReturn(call, m.othersMayReturnMs, nowMs), ...first);
  }
  const met = joinedOther(call, known ?? m.participants[0], m.recovered);
  const { description } = m;
  if (description !== undefined) {
    const body: Effect = { type: 'remote-signal', body: { description } };
    return after({ call: met.call, effects: [...met.effects, body, ...candidatesOf(m)] }, ...first);
  }
  if (m.participants.length > 0 || met.call.kind !== 'active' || met.call.other.state !== 'none') {
    return after(met, ...first);
  }
  const parking = parkAgain(met.call);
  return { call: parking.call, effects: [...first, ...met.effects, ...parking.effects] };
}

/** With a seat, whoever else is there. */
function placed(call: ActiveCall, m: JoinedMessage, nowMs: number): { call: ActiveCall; effects: Effect[] } {
  const present: ActiveCall = {
    ...withIceServers(call, m, nowMs),
    signaling: { state: 'joined' },
    you: m.you,
    capacity: m.capacity,
    seat: m.seat,
    fullRetries: 0,
    unavailableRetries: 0,
  };
  const kept: Effect = { type: 'keep-seat', room: call.intent.room, token: m.seat.token, graceMs: m.seat.graceMs };
  const none = call.connection.state === 'none' && call.standing === undefined;
  return { call: present, effects: none ? [kept] : [kept, ...iceServersSettled(present).effects] };
}

/** Who went on with the old ones because these took too long has perhaps no relay now, and looks for a path again. */
export function iceServersCame(call: ActiveCall, m: IceServersMessage, nowMs: number): Step {
  const settled = iceServersSettled(withIceServers(call, m, nowMs));
  const late = !call.askedIceServers && call.other.state === 'present' && call.connection.state !== 'connected';
  return late ? after(mediaLost(settled.call), ...settled.effects) : settled;
}

export function full(call: ActiveCall, m: FullMessage, nowMs: number): Step {
  if (m.retryAfterMs === undefined || call.fullRetries >= FULL_RETRIES_MAX) return end(call, 'full');
  const { call: unclaimed, effects } = withoutClaim(call);
  const next = { ...unclaimed, fullRetries: call.fullRetries + 1 };
  return after(delay(next, 'full', m.retryAfterMs + FULL_RETRY_SLACK_MS, nowMs), ...effects);
}

export function failed(call: ActiveCall, m: ErrorMessage, nowMs: number): Step {
  if (m.id === ICE_SERVERS_ID && call.askedIceServers) return iceServersSettled(call);
  // In answer to anything else than the join an error changes nothing: what was lost is sent again when the other is back.
  const ofJoin = m.id === JOIN_ID || (m.id === undefined && call.signaling.state === 'joining');
  if (!ofJoin) return stay(call);
  const callError = { code: m.code, message: m.message, ...(m.fix === undefined ? {} : { fix: m.fix }) };
  switch (m.code) {
    case 'unavailable':
    case 'rate-limited': {
      if (call.unavailableRetries >= UNAVAILABLE_RETRIES_MAX) return end(call, 'error', callError);
      const { call: unclaimed, effects } = withoutClaim(call);
      const next = { ...unclaimed, unavailableRetries: call.unavailableRetries + 1 };
      return after(delay(next, 'unavailable', m.retryAfterMs ?? UNAVAILABLE_RETRY_MS, nowMs), ...effects);
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
