import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveCall, Input, LobbyCall } from '../src/call-model.ts';
import { phaseOf } from '../src/call-state.ts';
import {
  Machine, ann, answer, atTheDoor, bo, host, joined, looked, offer, ofRelay, preconnected, relay, relayed, stun, turn,
} from './call-begun.ts';

const intent = { room: 'r', instance: 'i-ann' };
const click: Input = { type: 'join', intent };

test('aPreviewMakesAnAnswerReadyAndSaysNothingOfIt', () => {
  const machine = atTheDoor();

  assert.deepEqual(machine.did(), ['open-signaling', 'look', 'open-connection standing']);
  assert.equal(phaseOf(machine.call), 'lobby');
});

test('theAnswerGoesWithTheJoinAndTheSeatBringsTheCandidates', () => {
  const machine = atTheDoor();
  machine.did();

  machine.take(click);
  const join = { type: 'join', id: 1, room: 'r', instance: 'i-ann', offer: 7, answer };
  assert.deepEqual(machine.effects()[0], { type: 'send', message: join });
  machine.hear(joined(ann, [bo], { offer: 7, candidates: [host, ofRelay] }));
  assert.deepEqual(machine.effects().filter(({ type }) => /connection|signal/.test(type)), [
    { type: 'name-connection', of: 'standing', iceServers: relay, restartIce: false },
    { type: 'remote-signal', body: { candidate: host } },
    { type: 'remote-signal', body: { candidate: ofRelay } },
  ]);
  assert.deepEqual((machine.call as ActiveCall).connection, {
    state: 'new', participant: 'bo', instance: 'i-bo', everConnected: false,
  });
});

test('aConnectionThatIsOfferedIsAnsweredByRelaysOnly', () => {
  const machine = atTheDoor();
  machine.did();

  machine.hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  assert.deepEqual(machine.effects(), [
    {
      type: 'open-connection', of: 'preview', offers: false, polite: true,
      iceServers: [stun, turn('turn:r?transport=udp')], toAnswer: relayed('offer'),
    },
  ]);
  machine.take({ type: 'answer-prepared', of: 'preview', description: relayed('answer') });
  assert.deepEqual(machine.effects(), [
    { type: 'send', message: { type: 'answer', offer: 8, description: relayed('answer') } },
  ]);
});

test('whereUdpLeadsToNoRelayTheWayThatPassesMostNetworksIsTriedThenNone', () => {
  const machine = atTheDoor().hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  machine.effects();

  machine.take({ type: 'answer-prepared', of: 'preview', description: answer });
  const [again] = machine.effects();
  assert.deepEqual(again?.type === 'open-connection' && again.iceServers, [stun, turn('turns:r?transport=tcp')]);
  machine.take({ type: 'answer-prepared', of: 'preview', description: answer });
  assert.deepEqual(machine.did(), ['close-connection preview']);
  assert.equal((machine.call as LobbyCall).preview, undefined);
});

test('withoutARelayNothingIsConnectedBeforeTheClick', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' });
  machine.hear(looked({ iceServers: [stun] }));
  machine.did();

  machine.hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  assert.deepEqual(machine.did(), ['close-connection preview']);
});

test('anApplicationThatWantsNoConnectionBeforeAsksForNoneAndTakesNone', () => {
  const machine = atTheDoor({ preconnect: false });
  const look = machine.effects().find((effect) => effect.type === 'send');
  assert.deepEqual(look, { type: 'send', message: { type: 'look', id: 0, room: 'r', preconnect: false } });

  machine.hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  assert.deepEqual(machine.did(), []);
});

test('theClickOfWhoIsConnectedClaimsThatAndTheSeatNamesIt', () => {
  const machine = preconnected();
  machine.did();

  machine.take(click);
  assert.deepEqual(machine.did(), ['join', 'close-connection standing']);
  assert.equal(phaseOf(machine.call), 'connecting', 'the server has not named anybody yet');
  machine.hear(joined(ann, [bo], { offer: 8 }));
  assert.deepEqual(machine.effects().find(({ type }) => type === 'name-connection'), {
    type: 'name-connection', of: 'preview', iceServers: relay, restartIce: false,
  });
  assert.equal(phaseOf(machine.call), 'connected');
});

test('whoClicksWhileTheConnectionIsMadeClaimsTheStandingOffer', () => {
  const machine = atTheDoor().hear({ type: 'offered', offer: 8, from: 'bo', description: relayed('offer') });
  machine.take({ type: 'answer-prepared', of: 'preview', description: relayed('answer') });
  machine.did();

  machine.take(click);
  const [join] = machine.effects();
  assert.equal(join?.type === 'send' && join.message.type === 'join' && join.message.offer, 7);
});

for (const [why, more] of [
  ['theOfferIsNoMore', {}],
  ['anotherOneIsNamed', { offer: 9 }],
  ['itsAuthorIsNotThere', { offer: 8, participants: [{ ...bo, id: 'cy' }] }],
] as const) {
  test(`whatWasClaimedIsDroppedWhen_${why}`, () => {
    const machine = preconnected().take(click);
    machine.did();

    machine.hear(joined(ann, [bo], more));
    assert.deepEqual(machine.did(), ['close-connection preview', 'open-connection']);
    assert.equal(phaseOf(machine.call), 'connecting');
  });
}

test('whoClicksBeforeTheAnswerIsReadyTakesWhateverOfferThereIs', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' }).hear(looked());
  machine.did();

  machine.take(click);
  assert.deepEqual(machine.did(), ['join', 'close-connection standing']);
  machine.hear(joined(ann, [bo], { offer: 7, from: 'bo', description: offer, candidates: [host] }));
  assert.deepEqual(machine.did(), ['open-connection', 'remote-signal', 'remote-signal']);
});

test('aJoinWithoutALookGetsTheOfferWithTheSeat', () => {
  const machine = new Machine().take(click, { type: 'signaling-opened' });
  machine.did();

  machine.hear(joined(ann, [bo], { offer: 7, from: 'bo', description: offer, candidates: [host] }));
  assert.deepEqual(machine.did(), ['open-connection', 'remote-signal', 'remote-signal']);
});

test('aLookIsGoneOnWithBeforeItsTimeIsOverAndWhatIsPreparedStays', () => {
  const machine = preconnected();
  const timers = machine.effects().filter(({ type }) => type === 'set-timer');
  assert.deepEqual(timers.at(-1), { type: 'set-timer', timer: 'look', afterMs: 54_000 });

  machine.take({ type: 'timer', timer: 'look' }).hear(looked());
  assert.deepEqual(machine.did(), ['look']);
  machine.take(click);
  assert.deepEqual(machine.did(), ['join', 'close-connection standing']);
});

test('anotherStandingOfferIsAnsweredInPlaceOfTheOneBefore', () => {
  const machine = atTheDoor();
  machine.did();

  machine.hear(looked({ offer: 9 }));
  assert.deepEqual(machine.did(), ['open-connection standing']);
  machine.take(click);
  assert.deepEqual(machine.did(), ['join', 'close-connection standing'], 'its answer was not ready');
});

test('anotherConnectionTakesThePlaceOfTheOneBefore', () => {
  const machine = preconnected();
  machine.did();

  machine.hear({ type: 'offered', offer: 9, from: 'bo', description: relayed('offer') });
  assert.deepEqual(machine.did(), ['open-connection preview']);
  assert.equal((machine.call as LobbyCall).preview?.answered, false);
});

test('aConnectionThatFailsBeforeTheClickIsDropped', () => {
  const machine = preconnected();
  machine.did();

  machine.take({ type: 'connection-changed', of: 'preview', state: 'failed' });
  assert.deepEqual(machine.did(), ['close-connection preview']);
  machine.take(click);
  assert.deepEqual(machine.did(), ['join', 'close-connection preview'].slice(0, 1), 'the standing offer is claimed');
});

test('aConnectionThatIsLostBetweenTheClickAndTheSeatIsNoConnectedCall', () => {
  const machine = preconnected().take(click, { type: 'connection-changed', of: 'preview', state: 'disconnected' });
  machine.hear(joined(ann, [bo], { offer: 8 }));

  assert.equal(phaseOf(machine.call), 'connecting');
});

test('aLookThatEndsBeginsAgainWithoutWhatWasPrepared', () => {
  const machine = preconnected();
  machine.did();

  machine.hear({ type: 'look-ended' });
  assert.deepEqual(machine.did(), ['close-connection standing', 'close-connection preview', 'look']);
});

test('whoLosesTheServerInTheLobbyLooksAgain', () => {
  const machine = preconnected();
  machine.did();

  machine.take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  assert.deepEqual(machine.did(), ['close-connection standing', 'close-connection preview', 'look']);
});

test('whoLosesTheServerBetweenTheClickAndTheSeatHasClaimedNothing', () => {
  const machine = preconnected().take(click);
  machine.did();

  machine.take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  assert.deepEqual(machine.did(), ['close-connection preview', 'join']);
});

test('aFullRoomIsSaidInTheLobbyAndLookedIntoAgain', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' });
  machine.hear({ type: 'full', room: 'r', capacity: 2 });

  assert.equal((machine.call as LobbyCall).full, true);
  machine.did();
  assert.deepEqual(machine.take({ type: 'timer', timer: 'look' }).did(), ['look']);
});

test('inARoomForMoreNothingIsPrepared', () => {
  const machine = new Machine().take({ type: 'look', intent }, { type: 'signaling-opened' });
  machine.did();

  machine.hear(looked({ capacity: 3 }));
  assert.deepEqual(machine.did(), []);
});

test('whoStillHasASeatIsNotToldThatTheRoomIsFullOfThemselves', () => {
  const look: Input = { type: 'look', intent: { ...intent, resume: 'seat' } };
  const machine = new Machine().take(look, { type: 'signaling-opened' });
  assert.deepEqual(machine.did(), ['open-signaling']);

  machine.take({ type: 'join', intent: { ...intent, resume: 'seat' } });
  assert.deepEqual(machine.did(), ['join']);
});

test('whatIsWrongWithAnAnswerEndsNoLook', () => {
  const machine = preconnected();
  machine.did();

  machine.hear({ type: 'error', code: 'offer-stale', message: '' });
  assert.deepEqual(machine.did(), []);
});

test('whoLeavesTheLobbyWasNeverInACall', () => {
  const machine = atTheDoor();
  machine.did();

  machine.take({ type: 'leave' });
  assert.equal(machine.call.kind, 'idle');
  const closed = ['close-connection', 'close-connection standing', 'close-connection preview'];
  assert.deepEqual(machine.did(), ['leave', 'forget-seat', ...closed, 'close-signaling']);
});

test('directConnectionsBeforeTheClickAreForWhoAsksForThem', () => {
  const machine = atTheDoor({ preconnect: 'direct' });
  machine.did();

  machine.hear({ type: 'offered', offer: 8, from: 'bo', description: offer });
  const [open] = machine.effects();
  assert.deepEqual(open?.type === 'open-connection' && open.iceServers, relay);
  machine.take({ type: 'answer-prepared', of: 'preview', description: answer });
  assert.deepEqual(machine.effects(), [
    { type: 'send', message: { type: 'answer', offer: 8, description: answer, direct: true } },
  ]);
});
