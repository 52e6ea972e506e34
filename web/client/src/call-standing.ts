/**
 * Alone in a room: a standing offer is published there for whoever joins, and a connection is prepared with a preview that wishes one. A
 * part of the call machine of call-state.ts. Pure.
 *
 * The standing offer has two parts: its description, without an address, for previews; and its candidates, which the server keeps for who
 * has a seat. Its connection has no other end before that. The connection to a preview has one, and goes by relays on both sides. Both
 * are empty until the server names a participant for one of them; the other one is closed then.
 */
import type { ActiveCall, Effect, PreviewOffer, Standing, Step } from './call-model.ts';
import { after, stay } from './call-step.ts';
import type { AnsweredMessage, Candidate, LookingMessage, ParticipantJoinedMessage, SessionDescription } from './protocol.ts';
import { oneWay, waysToTry } from './relay-ways.ts';
import { isRelayed } from './sdp.ts';

/** What must be left of an offer's life when it is published again. */
const PARK_BEFORE_MS = 10_000;
/** Before another connection is made in place of one that failed. */
const PARK_AGAIN_MS = 2_000;
/** From one connection to a preview to the next: previews may come and go as they like. */
const PREVIEW_GAP_MS = 2_000;

// ---- the standing offer ----

/** Makes the offer, if there is nobody to talk to and none is made yet. */
export function park(call: ActiveCall): Step {
  const { other, signaling, capacity = 2 } = call;
  const alone = other.state === 'none' && signaling.state === 'joined' && capacity === 2;
  return alone && call.standing === undefined ? openStanding(call, 0) : stay(call);
}

/** After a step that has left this side alone. */
export function parkIfLeft(before: ActiveCall, step: Step): Step {
  const { call, effects } = step;
  if (call.kind !== 'active' || before.other.state === 'none') return step;
  const parking = park(call);
  return { call: parking.call, effects: [...effects, ...parking.effects] };
}

function openStanding(call: ActiveCall, tries: number): Step {
  const standing: Standing = { state: 'new', candidates: [], tries };
  const iceServers = oneWay(call.iceServers, tries);
  return stay({ ...call, standing }, [
    { type: 'open-connection', of: 'standing', offers: true, polite: false, iceServers },
  ]);
}

export function standingGathered(
  call: ActiveCall,
  description: SessionDescription,
  candidates: readonly Candidate[],
  instance: string,
): Step {
  const { standing, intent } = call;
  if (standing === undefined) return stay(call);
  const reached = candidates.some(({ candidate }) => isRelayed(candidate));
  if (!reached && standing.tries + 1 < waysToTry(call.iceServers).length) return openStanding(call, standing.tries + 1);
  return sayPark({ ...call, intent: { ...intent, instance }, standing: { ...standing, description, candidates } });
}

export function parkedAs(call: ActiveCall, offer: number, lifeMs: number): Step {
  if (call.standing === undefined) return stay(call);
  const afterMs = Math.max(lifeMs - PARK_BEFORE_MS, lifeMs / 2);
  return stay({ ...call, standing: { ...call.standing, offer } }, [{ type: 'set-timer', timer: 'park', afterMs }]);
}

/** Its time is over soon, or the server may have forgotten it; or it is time for another try. */
export function parkAgain(call: ActiveCall): Step {
  return call.standing === undefined ? park(call) : sayPark(call);
}

function sayPark(call: ActiveCall): Step {
  const { standing, signaling, other, intent } = call;
  const { description, candidates = [] } = standing ?? {};
  if (description === undefined || signaling.state !== 'joined' || other.state !== 'none') return stay(call);
  const { instance } = intent;
  return stay(call, [{ type: 'send', message: { type: 'park', instance, description, candidates } }]);
}

export function standingChanged(call: ActiveCall, state: RTCPeerConnectionState): Step {
  const { standing, ...rest } = call;
  if (standing === undefined) return stay(call);
  if (state !== 'failed' && state !== 'closed') return stay({ ...call, standing: { ...standing, state } });
  return stay(rest, [
    { type: 'close-connection', of: 'standing' },
    { type: 'set-timer', timer: 'park', afterMs: PARK_AGAIN_MS },
  ]);
}

/** This side is in another network: its candidates are of the one before. */
export function standingDoubtful(call: ActiveCall, here: boolean): Step {
  const { standing, ...rest } = call;
  if (standing === undefined || !here) return stay(call);
  return after(park(rest), { type: 'close-connection', of: 'standing' }, { type: 'clear-timer', timer: 'park' });
}

// ---- the connection to a preview ----

/** Previews come and go; one of them may wish a connection. */
export function looking(call: ActiveCall, { visitors, offer, iceServers = [] }: LookingMessage, nowMs: number): Step {
  const next: ActiveCall = { ...call, visitors };
  if (offer !== undefined && call.preview?.offer === offer) return stay(next);
  const { call: closed, effects } = withoutPreview(next);
  const alone = call.other.state === 'none' && call.signaling.state === 'joined';
  if (offer === undefined || !alone || call.intent.preconnect === false) return stay(closed, effects);
  const preview: PreviewOffer = { offer, iceServers, state: 'held', answered: false, tries: 0 };
  const waitMs = (call.previewedAtMs ?? -Infinity) + PREVIEW_GAP_MS - nowMs;
  return waitMs > 0
    ? stay({ ...closed, preview }, [...effects, { type: 'set-timer', timer: 'preview', afterMs: waitMs }])
    : after(openPreview(closed, preview, nowMs), ...effects);
}

/** It is no longer too early. */
export function previewDue(call: ActiveCall, nowMs: number): Step {
  return call.preview?.state === 'held' ? openPreview(call, call.preview, nowMs) : stay(call);
}

function openPreview(call: ActiveCall, preview: PreviewOffer, nowMs: number): Step {
  const direct = call.intent.preconnect === 'direct';
  if (!direct && waysToTry(preview.iceServers).length <= preview.tries) {
    const { call: closed, effects } = withoutPreview(call);
    return stay(closed, effects);
  }
  const iceServers = direct ? preview.iceServers : oneWay(preview.iceServers, preview.tries);
  return stay({ ...call, preview: { ...preview, state: 'new' }, previewedAtMs: nowMs }, [
    { type: 'open-connection', of: 'preview', offers: true, polite: false, iceServers },
  ]);
}

export function previewGathered(call: ActiveCall, description: SessionDescription, nowMs: number): Step {
  const { preview, intent } = call;
  if (preview === undefined || preview.state === 'held') return stay(call);
  const { offer } = preview;
  if (intent.preconnect === 'direct') {
    return stay(call, [{ type: 'send', message: { type: 'offer', offer, description, direct: true } }]);
  }
  return isRelayed(description.sdp)
    ? stay(call, [{ type: 'send', message: { type: 'offer', offer, description } }])
    : openPreview(call, { ...preview, tries: preview.tries + 1 }, nowMs);
}

export function answered(call: ActiveCall, { offer, description }: AnsweredMessage): Step {
  const { preview } = call;
  if (preview === undefined || preview.offer !== offer || preview.answered) return stay(call);
  return stay({ ...call, preview: { ...preview, answered: true } }, [
    { type: 'remote-signal', of: 'preview', body: { description } },
  ]);
}

export function previewChanged(call: ActiveCall, state: RTCPeerConnectionState): Step {
  const { preview } = call;
  if (preview === undefined || preview.state === 'held') return stay(call);
  if (state !== 'failed' && state !== 'closed') return stay({ ...call, preview: { ...preview, state } });
  const { call: closed, effects } = withoutPreview(call);
  return stay(closed, effects);
}

/** The server cannot be heard, and so not which preview it is. */
export function withoutPreview(call: ActiveCall): { readonly call: ActiveCall; readonly effects: readonly Effect[] } {
  const { preview, ...rest } = call;
  if (preview === undefined) return { call, effects: [] };
  const close: Effect[] = preview.state === 'held' ? [] : [{ type: 'close-connection', of: 'preview' }];
  return { call: rest, effects: [...close, { type: 'clear-timer', timer: 'preview' }] };
}

// ---- when somebody comes ----

/**
 * The server has named the participant at the other end of one of the two connections: that one is the call's. One by relays looks for a
 * direct path at once; this side does, since whoever waited has the lower order.
 */
export function named(
  call: ActiveCall,
  m: ParticipantJoinedMessage,
): (Step & { readonly call: ActiveCall }) | undefined {
  const { standing, preview, iceServers } = call;
  const { participant, offer, answer } = m;
  const { id, instance } = participant;
  if (offer === undefined) return undefined;
  if (preview?.offer === offer && preview.state !== 'held') {
    const { state } = preview;
    const connection = { state, participant: id, instance, everConnected: state === 'connected' } as const;
    return {
      call: { ...discarded(call), connection },
      effects: [
        ...closing(standing === undefined ? {} : { standing }),
        { type: 'name-connection', of: 'preview', iceServers, restartIce: true },
      ],
    };
  }
  if (standing?.offer !== offer) return undefined;
  const answers: Effect[] =
    answer === undefined ? [] : [{ type: 'remote-signal', body: { description: answer } }];
  return {
    call: {
      ...discarded(call),
      connection: { state: standing.state, participant: id, instance, everConnected: false },
    },
    effects: [
      ...closing(preview === undefined ? {} : { preview }),
      { type: 'name-connection', of: 'standing', iceServers, restartIce: false },
      ...answers,
    ],
  };
}

/** Closes what was made for somebody who would come. */
export function closing({ standing, preview }: Partial<Pick<ActiveCall, 'standing' | 'preview'>>): Effect[] {
  return [
    { type: 'clear-timer', timer: 'park' },
    { type: 'clear-timer', timer: 'preview' },
    ...(standing === undefined ? [] : [{ type: 'close-connection', of: 'standing' } as const]),
    ...(preview === undefined || preview.state === 'held'
      ? []
      : [{ type: 'close-connection', of: 'preview' } as const]),
  ];
}

export function discarded(call: ActiveCall): ActiveCall {
  const { standing: _, preview: _1, previewedAtMs: _2, ...rest } = call;
  return { ...rest, visitors: 0 };
}
