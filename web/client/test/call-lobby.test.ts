import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveCall, Call, Effect, Input, JoinIntent, LobbyCall } from '../src/call-model.ts';
import { phaseOf, step } from '../src/call-state.ts';
import type { Participant, ServerMessage, SessionDescription } from '../src/protocol.ts';

/** The machine, and what it did since it was last asked. */
class Machine {
  call: Call = { kind: 'idle' };
  #effects: Effect[] = [];

  take(...inputs: Input[]): this {
    for (const input of inputs) {
      const { call, effects } = step(this.call, input, 1_000);
      this.call = call;
      this.#effects.push(...effects);
    }
    return this;
  }

  hear(...messages: ServerMessage[]): this {
    return this.take(...messages.map((message): Input => ({ type: 'message', message })));
  }

  /** What it did, in one word each; messages by their type. */
  did(): string[] {
    return this.effects()
      .filter(({ type }) => !type.endsWith('-timer') && type !== 'keep-seat' && type !== 'use-ice-servers')
      .map((effect) => (effect.type === 'send' ? effect.message.type : effect.type));
  }

  effects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

const ann: Participant = { id: 'ann', order: 2, instance: 'i-ann', state: 'present' };
const bo: Participant = { id: 'bo', order: 1, instance: 'i-bo', state: 'present' };
const offer: SessionDescription = { type: 'offer', sdp: 'a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n' };
const answer: SessionDescription = { type: 'answer', sdp: 'answer' };
const candidate = { candidate: { candidate: 'candidate:1', sdpMid: '0' } };
const intent = { room: 'r', instance: 'i-ann' };
const looked = (description: SessionDescription = offer): ServerMessage => ({
  type: 'looked', id: 0, room: 'r', capacity: 2, leaseMs: 60_000, participants: [bo], iceServers: [],
  offer: 7, from: 'bo', description,
});
const nobody: ServerMessage = {
  type: 'looked', id: 0, room: 'r', capacity: 2, leaseMs: 60_000, participants: [], iceServers: [],
};
const joined = (you: Participant, others: Participant[], more: object = {}): ServerMessage => ({
  type: 'joined', id: 1, room: 'r', you, seat: { token: 't', graceMs: 30_000 }, capacity: 2, recovered: false,
  participants: others, iceServers: [], ...more,
});

/** Ann before the door, with Bo's offer. */
function atTheDoor(wishes: Partial<JoinIntent> = {}): Machine {
  const machine = new Machine().take({ type: 'look', intent: { ...intent, ...wishes } }, { type: 'signaling-opened' });
  machine.hear(looked()).take({ type: 'answer-prepared', description: answer });
  return machine;
}

/** Bo alone, with his offer in the room. */
function waiting(): Machine {
  const join: Input = { type: 'join', intent: { room: 'r', instance: 'i-bo' } };
  const machine = new Machine().take(join, { type: 'signaling-opened' });
  machine.hear(joined(bo, [])).take({ type: 'offer-gathered', description: offer });
  machine.hear({ type: 'parked', offer: 7, lifeMs: 60_000 });
  return machine;
}

test('aVisitorAnswersInTheLobbyWithEmptyHands', () => {
  const machine = atTheDoor();

  assert.deepEqual(machine.did(), ['open-signaling', 'look', 'open-connection', 'answer', 'use-answer']);
  assert.equal(phaseOf(machine.call), 'lobby');

  machine.take({ type: 'local-signal', body: candidate });
  assert.deepEqual(machine.effects(), [{ type: 'send', message: { type: 'answer', id: 0, offer: 7, ...candidate } }]);
});

test('theClickOfWhoIsPreConnectedOnlyFillsTheConnection', () => {
  const machine = atTheDoor().take({ type: 'connection-changed', state: 'connected' });
  machine.did();

  machine.take({ type: 'join', intent });
  assert.deepEqual(machine.did(), ['send-direct', 'fill-connection', 'join']);

  machine.hear(joined(ann, [bo], { offer: 7 }));
  assert.equal(phaseOf(machine.call), 'connected');
  assert.equal(machine.did().includes('open-connection'), false);
});

for (const [why, machine] of [
  ['theVisitorIsRelayOnly', () => atTheDoor({ relayOnly: true })],
  ['theApplicationWantsNoConnectionBefore', () => atTheDoor({ preconnect: false })],
  ['theOfferShowsARelayOnly', () => {
    const relayed = { ...offer, sdp: offer.sdp.replace('host', 'relay') };
    return new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' }).hear(looked(relayed))
      .take({ type: 'answer-prepared', description: answer });
  }],
] as const) {
  test(`theAnswerIsSaidButNoPathIsLookedForBeforeTheClickWhen_${why}`, () => {
    const visitor = machine();
    assert.deepEqual(visitor.did(), ['open-signaling', 'look', 'open-connection', 'answer']);

    visitor.take({ type: 'join', intent });
    assert.deepEqual(visitor.did(), ['use-answer', 'join', 'fill-connection']);
  });
}

test('whatIsFoundBetweenTheClickAndTheSeatIsSaidWithTheSeat', () => {
  const found: Input = { type: 'local-signal', body: candidate };
  const machine = atTheDoor({ relayOnly: true }).take({ type: 'join', intent }, found);
  assert.equal(machine.did().includes('signal'), false);

  machine.hear(joined(ann, [bo], { offer: 7 }));
  assert.deepEqual(machine.effects().filter(({ type }) => type === 'send'), [
    { type: 'send', message: { type: 'signal', to: 'bo', ...candidate } },
  ]);
});

test('aStaleOfferFallsBackToAnOrdinaryCall', () => {
  const machine = atTheDoor().take({ type: 'join', intent });
  machine.did();

  machine.hear(joined(ann, [bo]));
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection']);
  assert.equal(phaseOf(machine.call), 'connecting');
});

test('whoClicksBeforeTheAnswerIsReadyJoinsWithoutIt', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' }).hear(looked());
  machine.did();

  machine.take({ type: 'join', intent });
  assert.deepEqual(machine.did(), ['close-connection', 'join']);
});

test('aJoinWithoutALookGetsTheOfferWithTheSeat', () => {
  const machine = new Machine().take({ type: 'join', intent }, { type: 'signaling-opened' });
  machine.did();

  machine.hear(joined(ann, [bo], { offer: 7, from: 'bo', description: offer }));
  assert.deepEqual(machine.did(), ['open-connection', 'remote-signal']);
});

test('whoIsAloneParksACompleteOffer', () => {
  assert.deepEqual(waiting().did(), ['open-signaling', 'send-ahead', 'join', 'open-connection', 'park']);
});

test('aParkedOfferIsParkedAgainBeforeItsTimeIsOver', () => {
  const machine = waiting();
  assert.deepEqual(machine.effects().at(-1), { type: 'set-timer', timer: 'park', afterMs: 50_000 });

  machine.take({ type: 'timer', timer: 'park' });
  assert.deepEqual(machine.did(), ['park']);
});

test('theOneWhoComesWithTheOfferGetsItsConnection', () => {
  const machine = waiting();
  machine.did();

  machine.hear({ type: 'answered', offer: 7, description: answer });
  assert.deepEqual(machine.did(), ['remote-signal']);
  machine.take({ type: 'connection-changed', state: 'connected' });
  machine.hear({ type: 'participant-joined', participant: ann, offer: 7 });
  // An offer that was made meanwhile is said now; there is nobody else who could say it.
  assert.deepEqual(machine.did(), ['fill-connection', 'refresh-connection']);
  assert.equal(phaseOf(machine.call), 'connected');
});

test('whoComesWithoutTheOfferGetsAConnectionOfTheirOwn', () => {
  const machine = waiting();
  machine.did();

  machine.hear({ type: 'participant-joined', participant: ann });
  assert.deepEqual(machine.did(), ['open-connection']);
  assert.equal((machine.call as ActiveCall).parked, undefined);
});

test('aVisitorWhoSaysThatTheyComeIsSentPicturesAtOnceButNotForLong', () => {
  const machine = waiting().hear({ type: 'answered', offer: 7, description: answer });
  machine.did();

  machine.take({ type: 'direct-here' });
  assert.deepEqual(machine.did(), ['fill-connection']);
  assert.equal(phaseOf(machine.call), 'waiting', 'only the server says who is in the room');

  machine.take({ type: 'timer', timer: 'coming' });
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection']);
});

test('whatWasOfferedToAVisitorOnTheirWayInIsSaidWhenTheyAreThere', () => {
  const machine = waiting().hear({ type: 'answered', offer: 7, description: answer });
  machine.take({ type: 'direct-here' }, { type: 'local-signal', body: { description: offer } });
  machine.did();

  machine.hear({ type: 'participant-joined', participant: ann, offer: 7 });
  assert.deepEqual(machine.did(), ['refresh-connection']);
});

test('whoNeverAnsweredCannotSayThatTheyCome', () => {
  const machine = waiting();
  machine.did();
  assert.deepEqual(machine.take({ type: 'direct-here' }).did(), []);
});

test('aSpentOfferIsReplacedByOneOfAnotherConnection', () => {
  const machine = waiting().hear({ type: 'answered', offer: 7, description: answer });
  machine.did();

  machine.hear({ type: 'offer-spent', offer: 7 });
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection']);
  machine.hear({ type: 'offer-spent', offer: 6 });
  assert.deepEqual(machine.did(), []);
});

test('whoIsLeftAloneParksAgain', () => {
  const machine = waiting().hear({ type: 'participant-joined', participant: ann, offer: 7 });
  machine.did();

  machine.hear({ type: 'participant-left', participant: 'ann', reason: 'left' });
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection']);
});

test('aLookThatEndsBeginsAgainWithoutTheOldOffer', () => {
  const machine = atTheDoor();
  machine.did();

  machine.hear({ type: 'look-ended' }, nobody);
  assert.deepEqual(machine.did(), ['close-connection', 'look']);
  assert.deepEqual((machine.call as LobbyCall).here, []);
});

test('whoLosesTheServerInTheLobbyLooksAgain', () => {
  const machine = atTheDoor();
  machine.did();

  machine.take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  assert.deepEqual(machine.did(), ['close-connection', 'look']);
});

test('aFullRoomIsSaidInTheLobbyAndLookedIntoAgain', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' });
  machine.hear({ type: 'full', room: 'r', capacity: 2 });

  assert.equal((machine.call as LobbyCall).full, true);
  machine.did();
  assert.deepEqual(machine.take({ type: 'timer', timer: 'look' }).did(), ['look']);
});

test('whoStillHasASeatIsNotToldThatTheRoomIsFullOfThemselves', () => {
  const look: Input = { type: 'look', intent: { ...intent, resume: 'seat' } };
  const machine = new Machine().take(look, { type: 'signaling-opened' });
  assert.deepEqual(machine.did(), ['open-signaling']);

  machine.take({ type: 'join', intent: { ...intent, resume: 'seat' } });
  assert.deepEqual(machine.did(), ['join']);
});

test('whoLeavesTheLobbyWasNeverInACall', () => {
  const machine = atTheDoor();
  machine.did();

  machine.take({ type: 'leave' });
  assert.equal(machine.call.kind, 'idle');
  assert.deepEqual(machine.did(), ['leave', 'forget-seat', 'close-connection', 'close-signaling']);
});
