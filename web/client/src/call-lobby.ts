/**
 * Before the click: who looks into a room without a seat, and makes ready what can be. A part of the call machine of
 * call-state.ts. Pure.
 *
 * Where an offer waits, the connection of the call is made from it and answered at once. *Pre-connected*: with empty
 * senders, so that the click only puts the tracks in. *Warm*, where addresses are not shown before the click: the answer
 * has none, and this side looks for a path with the click; whoever waits knows it by then and takes part at once.
 * Nothing of it is needed: a join without it begins the call as usual.
 */
import type { ActiveCall, Effect, Input, JoinIntent, LobbyCall, Prepared, Step } from './call-model.ts';
import { lostSince, stay } from './call-step.ts';
import type { ErrorMessage, LookedMessage, SignalBody } from './protocol.ts';

/** The request id of `look`, and of what follows it in the lobby; `join` has 1. */
const LOOK_ID = 0;
/** How often it is looked again by itself: every minute for half an hour. Then only the click looks. */
const LOOKS_MAX = 30;
/** After `full`, and after an answer that is none. */
const LOOK_AGAIN_MS = 10_000;

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
  if (call.looks >= LOOKS_MAX || call.intent.resume !== undefined) {
    return stay({ ...without(call), signaling: { state: 'joined' } }, dropped(call));
  }
  const { room, name } = call.intent;
  const named = name === undefined ? {} : { name };
  return stay({ ...without(call), looks: call.looks + 1, signaling: { state: 'joining' } }, [
    ...dropped(call),
    { type: 'send', message: { type: 'look', id: LOOK_ID, room, ...named } },
  ]);
}

export function looked(call: LobbyCall, m: LookedMessage): Step {
  const next: LobbyCall = {
    ...without(call),
    signaling: { state: 'joined' },
    here: m.participants,
    full: false,
    iceServers: m.iceServers,
  };
  const from = m.participants.find((participant) => participant.id === m.from);
  if (m.capacity > 2 || m.offer === undefined || m.description === undefined || from === undefined) {
    return stay(next, dropped(call));
  }
  const { preconnect, relayOnly } = call.intent;
  const prepared: Prepared = {
    offer: m.offer,
    from,
    state: 'new',
    preconnects: preconnect !== false && relayOnly !== true && showsAddresses(m.description.sdp),
    answered: false,
    candidates: [],
  };
  const { iceServers, description: toAnswer } = m;
  return stay({ ...next, prepared }, [
    { type: 'open-connection', offers: false, polite: true, iceServers, toAnswer },
  ]);
}

/** An offer with relay candidates only comes from somebody who wants nobody to know more. */
function showsAddresses(sdp: string): boolean {
  return / typ (host|srflx)/.test(sdp);
}

export function lobbyFull(call: LobbyCall): Step {
  return stay({ ...without(call), signaling: { state: 'joined' }, full: true, here: [] }, [
    ...dropped(call),
    { type: 'set-timer', timer: 'look', afterMs: LOOK_AGAIN_MS },
  ]);
}

/** Whoever may not look may still try to join, and is told why not. */
export function lobbyError(call: LobbyCall, m: ErrorMessage): Step {
  if (m.id !== LOOK_ID && m.id !== undefined) return stay(call);
  return stay({ ...without(call), signaling: { state: 'joined' } }, [
    ...dropped(call),
    { type: 'set-timer', timer: 'look', afterMs: m.retryAfterMs ?? LOOK_AGAIN_MS },
  ]);
}

export function lobbyLost(call: LobbyCall, nowMs: number): Step {
  const signaling = lostSince(call.signaling, nowMs);
  return stay({ ...without(call), signaling }, [{ type: 'clear-timer', timer: 'look' }, ...dropped(call)]);
}

/** What happens to the connection that is being prepared. */
export function preparing(call: LobbyCall, input: Input): Step {
  const { prepared } = call;
  if (prepared === undefined) return stay(call);
  switch (input.type) {
    case 'answer-prepared': {
      const answer = input.description;
      const said = toAuthor(prepared, { description: answer });
      const used: Effect[] = prepared.preconnects ? [{ type: 'use-answer', answer }] : [];
      const ready = { ...prepared, answer, answered: prepared.preconnects };
      return stay({ ...call, prepared: ready }, [...said, ...used]);
    }
    case 'connection-changed':
      if (input.state === 'failed' || input.state === 'closed') return stay(without(call), dropped(call));
      return stay({ ...call, prepared: { ...prepared, state: input.state } });
    case 'local-signal':
      return stay(call, prepared.answered ? toAuthor(prepared, input.body) : []);
    default:
      return stay(call);
  }
}

/** What a click does before and after its join. */
interface Click {
  readonly call: ActiveCall;
  readonly before: Effect[];
  readonly after: Effect[];
}

/** What the click adds to the join, for the call that it begins. */
export function clicked(call: ActiveCall): Click {
  const { prepared, ...rest } = call;
  if (prepared === undefined) return { call, before: [], after: [] };
  if (prepared.answered) {
    // First of all what the other waits for: putting the tracks in keeps the browser busy for a while.
    const here: Effect = { type: 'send-direct', message: { type: 'here' } };
    return { call, before: [here, { type: 'fill-connection' }], after: [] };
  }
  const { answer } = prepared;
  if (answer === undefined) return { call: rest, before: [{ type: 'close-connection' }], after: [] };
  const next = { ...call, prepared: { ...prepared, answered: true } };
  return { call: next, before: [{ type: 'use-answer', answer }], after: [{ type: 'fill-connection' }] };
}

function toAuthor({ offer }: Prepared, body: SignalBody): Effect[] {
  return 'data' in body ? [] : [{ type: 'send', message: { type: 'answer', id: LOOK_ID, offer, ...body } }];
}

export function without<C extends LobbyCall | ActiveCall>(call: C): Omit<C, 'prepared'> & { prepared?: never } {
  const { prepared: _, ...rest } = call;
  return rest;
}

export function dropped(call: LobbyCall | ActiveCall): Effect[] {
  return call.prepared === undefined ? [] : [{ type: 'close-connection' }];
}
