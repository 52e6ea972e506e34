/**
 * Alone in a room: a complete offer is left there for whoever comes, so that the call begins with their answer. A part of
 * the call machine of call-state.ts. Pure.
 *
 * The connection behind it is of use once. Who has seen the offer and does not come has spent it: another connection makes
 * another. Until its visitor comes nothing of microphone and camera goes into it.
 */
import type { ActiveCall, Effect, Parked, Step } from './call-model.ts';
import { after, stay } from './call-step.ts';
import type { SessionDescription, SignalBody } from './protocol.ts';

/** What must be left of an offer's life when it is parked again. */
const PARK_BEFORE_MS = 10_000;
/** Before another connection is made in place of one that failed. */
const PARK_AGAIN_MS = 2_000;
/** How long after a visitor's word the server may take to say that they are in the room. */
const COMING_MS = 4_000;

/** Makes the offer, if there is nobody to talk to and none is made yet. */
export function park(call: ActiveCall): Step {
  const { other, signaling, capacity = 2 } = call;
  if (other.state !== 'none' || signaling.state !== 'joined' || call.parked !== undefined || capacity > 2) {
    return stay(call);
  }
  const parked: Parked = { state: 'new', answered: false, coming: false };
  const { iceServers } = call;
  return stay({ ...call, parked }, [
    { type: 'open-connection', offers: true, polite: false, iceServers, parked: true },
  ]);
}

/** After a step that has left this side alone. */
export function parkIfLeft(before: ActiveCall, step: Step): Step {
  const { call, effects } = step;
  if (call.kind !== 'active' || before.other.state === 'none') return step;
  const parking = park(call);
  return { call: parking.call, effects: [...effects, ...parking.effects] };
}

export function gathered(call: ActiveCall, description: SessionDescription): Step {
  if (call.parked === undefined) return stay(call);
  return sayPark({ ...call, parked: { ...call.parked, description } });
}

export function parkedAs(call: ActiveCall, offer: number, lifeMs: number): Step {
  if (call.parked === undefined) return stay(call);
  const afterMs = Math.max(lifeMs - PARK_BEFORE_MS, lifeMs / 2);
  return stay({ ...call, parked: { ...call.parked, offer } }, [{ type: 'set-timer', timer: 'park', afterMs }]);
}

/** Its time is over soon; or it is time for another try. */
export function parkAgain(call: ActiveCall): Step {
  if (call.parked === undefined) return park(call);
  return call.parked.answered ? stay(call) : sayPark(call);
}

/** The server may have forgotten it, and what a visitor had answered is over. */
export function parkAfterJoin(call: ActiveCall): Step {
  if (call.other.state !== 'none') return stay(call);
  return call.parked?.answered === true ? another(call) : parkAgain(call);
}

function sayPark(call: ActiveCall): Step {
  const { parked, signaling, other } = call;
  const description = parked?.description;
  if (description === undefined || signaling.state !== 'joined' || other.state !== 'none') return stay(call);
  return stay(call, [{ type: 'send', message: { type: 'park', description } }]);
}

/** The visitor has answered before they come. */
export function answered(call: ActiveCall, offer: number, body: SignalBody): Step {
  if (call.parked === undefined || call.parked.offer !== offer) return stay(call);
  return stay({ ...call, parked: { ...call.parked, answered: true } }, [{ type: 'remote-signal', body }]);
}

export function offerSpent(call: ActiveCall, offer: number): Step {
  return call.parked === undefined || call.parked.offer !== offer ? stay(call) : another(call);
}

/** The visitor says, over the connection, that they come: what they get of this side need not wait for the server. */
export function coming(call: ActiveCall): Step {
  if (call.parked?.answered !== true || call.parked.coming) return stay(call);
  return stay({ ...call, parked: { ...call.parked, coming: true } }, [
    { type: 'fill-connection' },
    { type: 'set-timer', timer: 'coming', afterMs: COMING_MS },
  ]);
}

export function notComing(call: ActiveCall): Step {
  return call.parked?.coming === true ? another(call) : stay(call);
}

export function parkedChanged(call: ActiveCall, parked: Parked, state: RTCPeerConnectionState): Step {
  if (state !== 'failed' && state !== 'closed') return stay({ ...call, parked: { ...parked, state } });
  return stay(discarded(call), [
    { type: 'close-connection' },
    { type: 'set-timer', timer: 'park', afterMs: PARK_AGAIN_MS },
  ]);
}

/** Somebody has come who answers this offer: the connection is that of the call. */
export function taken(
  call: ActiveCall,
  parked: Parked,
  instance: string | undefined,
): Step & { readonly call: ActiveCall } {
  const { state } = parked;
  const filling: Effect[] = parked.coming ? [] : [{ type: 'fill-connection' }];
  // What it has offered since it was answered, a screen for example, could not be said to anybody yet.
  const effects: Effect[] = parked.answered
    ? [...filling, { type: 'refresh-connection', resend: true, restartIce: false }]
    : filling;
  return {
    call: { ...discarded(call), connection: { state, instance, everConnected: state === 'connected' } },
    effects: [...effects, ...timersOff],
  };
}

export const timersOff: readonly Effect[] = [
  { type: 'clear-timer', timer: 'park' },
  { type: 'clear-timer', timer: 'coming' },
];

function another(call: ActiveCall): Step {
  return after(park(discarded(call)), { type: 'close-connection' }, ...timersOff);
}

export function discarded(call: ActiveCall): ActiveCall {
  const { parked: _, ...rest } = call;
  return rest;
}
