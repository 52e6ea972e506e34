/**
 * Before the click: who looks into a room without a seat, and makes ready what can be. A part of the call machine of
 * call-state.ts. Pure.
 *
 * To the standing offer of a participant who waits an answer is made ready, which goes with the join: both sides know enough then to look for
 * a path as soon as the server has named them to each other. Where the application allows it the two prepare a connection besides, by
 * relays on both sides and empty, so that the click only puts the tracks in. Nothing of it is needed: a join without it begins the call
 * as usual.
 */
import type { ActiveCall, Claim, Effect, Input, JoinIntent, LobbyCall, PreviewAnswer, Step } from './call-model.ts';
import { lostSince, stay } from './call-step.ts';
import type { ErrorMessage, LookedMessage, OfferedMessage } from './protocol.ts';
import { oneWay, waysToTry } from './relay-ways.ts';
import { isRelayed } from './sdp.ts';

/** The request id of `look`; `join` has 1. */
const LOOK_ID = 0;
/** How often it is looked again by itself: every minute for half an hour. Then only the click looks. */
const LOOKS_MAX = 30;
/** After `full`, and after an answer that is none. */
const LOOK_AGAIN_MS = 10_000;
/** Of a look's time, when the next one goes on with it. */
const LOOK_ON = 0.9;

export function look(intent: JoinIntent): Step {
  const call: LobbyCall = {
    kind: 'lobby',
    intent,
    signaling: { state: 'opening' },
    here: [],
    full: false,
    looks: 0,
    iceServers: [],
  };
  return stay(call, [{ type: 'open-signaling' }]);
}

/** Who still has a seat there would only learn that the room is full: of themselves. */
export function sendLook(call: LobbyCall): Step {
  const { room, name, preconnect, resume } = call.intent;
  if (call.looks >= LOOKS_MAX || resume !== undefined) {
    return stay({ ...unprepared(call), signaling: { state: 'joined' } }, dropped(call));
  }
  const named = name === undefined ? {} : { name };
  return stay({ ...call, looks: call.looks + 1, signaling: { state: 'joining' } }, [
    { type: 'send', message: { type: 'look', id: LOOK_ID, room, preconnect: preconnect !== false, ...named } },
  ]);
}

/** The server has forgotten the look, and with it what was prepared. */
export function lookEnded(call: LobbyCall): Step {
  const next = sendLook(unprepared(call));
  return { call: next.call, effects: [...dropped(call), ...next.effects] };
}

export function looked(call: LobbyCall, m: LookedMessage): Step {
  const { standing, ...rest } = call;
  const next: LobbyCall = {
    ...rest,
    signaling: { state: 'joined' },
    here: m.participants,
    full: false,
    iceServers: m.iceServers,
  };
  const again: Effect = { type: 'set-timer', timer: 'look', afterMs: m.leaseMs * LOOK_ON };
  const { offer, from, description: toAnswer } = m;
  if (standing !== undefined && standing.offer === offer) return stay({ ...next, standing }, [again]);
  const close: Effect[] = standing === undefined ? [] : [{ type: 'close-connection', of: 'standing' }];
  if (m.capacity > 2 || offer === undefined || toAnswer === undefined || from === undefined) {
    return stay(next, [...close, again]);
  }
  return stay({ ...next, standing: { offer, from } }, [
    again,
    { type: 'open-connection', of: 'standing', offers: false, polite: true, iceServers: m.iceServers, toAnswer },
  ]);
}

/** Whoever waits offers a connection. */
export function offered(call: LobbyCall, { offer, from, description }: OfferedMessage): Step {
  const { preview: _, ...rest } = call;
  if (call.intent.preconnect === false) return stay(call);
  return openPreview(rest, { offer, from, description, state: 'new', answered: false, tries: 0 });
}

function openPreview(call: LobbyCall, preview: PreviewAnswer): Step {
  const { preconnect } = call.intent;
  const direct = preconnect === 'direct';
  if (!direct && waysToTry(call.iceServers).length <= preview.tries) {
    return stay(withoutPreview(call), [{ type: 'close-connection', of: 'preview' }]);
  }
  const iceServers = direct ? call.iceServers : oneWay(call.iceServers, preview.tries);
  const toAnswer = preview.description;
  return stay({ ...call, preview }, [
    { type: 'open-connection', of: 'preview', offers: false, polite: true, iceServers, toAnswer },
  ]);
}

export function lobbyFull(call: LobbyCall): Step {
  return stay({ ...unprepared(call), signaling: { state: 'joined' }, full: true, here: [] }, [
    ...dropped(call),
    { type: 'set-timer', timer: 'look', afterMs: LOOK_AGAIN_MS },
  ]);
}

/** Whoever may not look may still try to join, and is told why not. What comes of an answer too late is no matter. */
export function lobbyError(call: LobbyCall, m: ErrorMessage): Step {
  const ofLook = (m.id === LOOK_ID || m.id === undefined) && call.signaling.state === 'joining';
  if (!ofLook) return stay(call);
  return stay({ ...unprepared(call), signaling: { state: 'joined' } }, [
    ...dropped(call),
    { type: 'set-timer', timer: 'look', afterMs: m.retryAfterMs ?? LOOK_AGAIN_MS },
  ]);
}

export function lobbyLost(call: LobbyCall, nowMs: number): Step {
  const signaling = lostSince(call.signaling, nowMs);
  return stay({ ...unprepared(call), signaling }, [{ type: 'clear-timer', timer: 'look' }, ...dropped(call)]);
}

/** What happens to the connections that are prepared. */
export function preparing(call: LobbyCall, input: Input): Step {
  const { standing, preview } = call;
  switch (input.type) {
    case 'answer-prepared': {
      const answer = input.description;
      if (input.of === 'standing' && standing !== undefined) {
        return stay({ ...call, standing: { ...standing, answer } });
      }
      return input.of === 'preview' && preview !== undefined ? previewAnswered(call, preview, input) : stay(call);
    }
    case 'connection-changed': {
      const over = input.state === 'failed' || input.state === 'closed';
      if (input.of === 'preview' && preview !== undefined) {
        return over
          ? stay(withoutPreview(call), [{ type: 'close-connection', of: 'preview' }])
          : stay({ ...call, preview: { ...preview, state: input.state } });
      }
      const { standing: _, ...rest } = call;
      return over && input.of === 'standing' && standing !== undefined
        ? stay(rest, [{ type: 'close-connection', of: 'standing' }])
        : stay(call);
    }
    default:
      return stay(call);
  }
}

/** Without an address in it but relayed ones; where this way leads to no relay another is tried. */
function previewAnswered(
  call: LobbyCall,
  preview: PreviewAnswer,
  { description }: Extract<Input, { type: 'answer-prepared' }>,
): Step {
  const direct = call.intent.preconnect === 'direct' ? { direct: true } : {};
  if (call.intent.preconnect !== 'direct' && !isRelayed(description.sdp)) {
    return openPreview(call, { ...preview, tries: preview.tries + 1 });
  }
  const { offer } = preview;
  return stay({ ...call, preview: { ...preview, answered: true } }, [
    { type: 'send', message: { type: 'answer', offer, description, ...direct } },
  ]);
}

/**
 * What the click makes of what is prepared: a connection that is there is claimed, or the standing offer with the answer to it, or nothing.
 * The rest is closed.
 */
export function claimed({ standing, preview }: LobbyCall): {
  readonly claim?: Claim;
  readonly effects: readonly Effect[];
} {
  const close = (of: Claim['of'], what: unknown): Effect[] =>
    what === undefined ? [] : [{ type: 'close-connection', of }];
  if (preview?.answered === true && preview.state === 'connected') {
    const { offer, from } = preview;
    return { claim: { of: 'preview', state: 'connected', offer, from }, effects: close('standing', standing) };
  }
  if (standing?.answer !== undefined) {
    const { offer, from, answer } = standing;
    return { claim: { of: 'standing', state: 'new', offer, from, answer }, effects: close('preview', preview) };
  }
  return { effects: [...close('standing', standing), ...close('preview', preview)] };
}

/** The claim came to nothing. */
export function withoutClaim(call: ActiveCall): { readonly call: ActiveCall; readonly effects: readonly Effect[] } {
  const { claim, ...rest } = call;
  return claim === undefined
    ? { call, effects: [] }
    : { call: rest, effects: [{ type: 'close-connection', of: claim.of }] };
}

function withoutPreview(call: LobbyCall): LobbyCall {
  const { preview: _, ...rest } = call;
  return rest;
}

function unprepared(call: LobbyCall): LobbyCall {
  const { standing: _, preview: _1, ...rest } = call;
  return rest;
}

function dropped({ standing, preview }: LobbyCall): Effect[] {
  return [
    ...(standing === undefined ? [] : [{ type: 'close-connection', of: 'standing' } as const]),
    ...(preview === undefined ? [] : [{ type: 'close-connection', of: 'preview' } as const]),
  ];
}
