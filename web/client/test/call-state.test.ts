import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveCall, ConnectionName, Effect, Input } from '../src/call-model.ts';
import { FULL_RETRIES_MAX } from '../src/call-seat.ts';
import { phaseOf } from '../src/call-state.ts';
import type { JoinedMessage, Participant, ServerMessage, SessionDescription } from '../src/protocol.ts';
import { SteppedMachine } from './stepped-machine.ts';

class Machine extends SteppedMachine {
  did(type: Effect['type']): Effect[] {
    return this.effects().filter((effect) => effect.type === type);
  }

  get phase(): string {
    return phaseOf(this.call);
  }

  get active(): ActiveCall {
    assert.equal(this.call.kind, 'active');
    return this.call as ActiveCall;
  }
}

const person = (id: string, order: number, instance = `i-${id}`): Participant => ({
  id,
  order,
  name: id.toUpperCase(),
  instance,
  state: 'present',
});
const ann = person('ann', 2);
const bo = person('bo', 1);
const joined = (you: Participant, ...participants: Participant[]): ServerMessage => ({
  type: 'joined',
  id: 1,
  room: 'r',
  you,
  seat: { token: `seat-of-${you.id}`, graceMs: 30_000 },
  capacity: 2,
  recovered: false,
  participants,
  iceServers: [{ urls: 'stun:127.0.0.1:3478' }],
});
const lost = (id: string): ServerMessage => ({
  type: 'participant-away',
  participant: id,
  reason: 'connection-lost',
  graceMs: 30_000,
});

const offer = { type: 'offer', sdp: 'a=candidate:1 1 udp 1 192.0.2.1 1 typ host' } as const;
const answer = { type: 'answer', sdp: 'an answer' } as const;
const relayed = { type: 'answer', sdp: 'a=candidate:1 1 udp 1 192.0.2.1 1 typ relay' } as const;
const relay = [{ urls: 'turn:r', username: 'u', credential: 'c' }];
const looked = (number?: number): ServerMessage => ({
  type: 'looked',
  id: 0,
  room: 'r',
  capacity: 2,
  leaseMs: 60_000,
  participants: [bo],
  iceServers: relay,
  ...(number === undefined ? {} : { offer: number, from: 'bo', description: offer }),
});

function looking(): Machine {
  const machine = new Machine();
  return machine.take({ type: 'look', intent: { room: 'r', instance: 'i-ann' } }, { type: 'signaling-opened' });
}

function opened(you: Participant): Machine {
  const intent = { room: 'r', name: you.name ?? '', instance: you.instance ?? '' };
  return new Machine().take({ type: 'join', intent }, { type: 'signaling-opened' });
}

function inCall(you: Participant, other: Participant): Machine {
  const machine = opened(you).hear(joined(you, other)).take({ type: 'connection-changed', state: 'connected' });
  machine.effects();
  return machine;
}

test('joiningOpensTheConnectionAndSaysJoin', () => {
  const machine = opened(ann);

  assert.equal(machine.phase, 'connecting');
  const message = { type: 'join', id: 1, room: 'r', name: 'ANN', instance: 'i-ann', offer: 0 };
  assert.deepEqual(machine.effects(), [
    { type: 'open-signaling' },
    { type: 'send-ahead', message },
    { type: 'send', message },
  ]);
});

test('inAnotherSeatAConnectionThatCarriesNothingIsBegunAnew', () => {
  const machine = opened(bo).hear(joined(bo, ann)).take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  machine.effects();

  machine.hear(joined(person('bo2', 3, 'i-bo'), ann));

  const effects = machine.effects().filter(({ type }) => /connection$/.test(type));
  assert.deepEqual(effects.map(({ type }) => type), ['close-connection', 'open-connection']);
  assert.equal(effects[1]?.type === 'open-connection' && effects[1].offers, false);
});

test('whosePathFailedWhileTheOtherWasAwayDoesNotWaitForThemForEver', () => {
  const machine = inCall(ann, bo).hear(lost('bo')).take({ type: 'connection-changed', state: 'failed' });
  machine.effects();

  machine.hear({ type: 'participant-back', participant: bo, recovered: true });
  assert.equal(machine.did('set-timer').length, 1);

  machine.take({ type: 'timer', timer: 'disconnected' });
  assert.deepEqual(machine.did('refresh-connection'), [
    { type: 'refresh-connection', resend: true, restartIce: true },
  ]);
});

/** In the room before the socket is open. */
const ahead = (...others: Participant[]) =>
  new Machine()
    .take({ type: 'join', intent: { room: 'r', name: 'ANN', instance: 'i-ann', key: 'k' } })
    .hear(joined(ann, ...others));

test('whoHasJoinedAheadIsInTheRoomAndStaysThereWhenTheSocketOpens', () => {
  const machine = ahead();
  assert.equal(machine.phase, 'waiting');
  machine.effects();

  machine.take({ type: 'signaling-opened' });
  assert.equal(machine.phase, 'waiting');
  const named = { room: 'r', instance: 'i-ann', key: 'k', name: 'ANN' };
  const message = { type: 'join', id: 1, ...named, resume: 'seat-of-ann' } as const;
  assert.deepEqual(machine.effects(), [{ type: 'send', message }]);
});

test('theSeatTakenAheadGoesOnWithItsConnection', () => {
  const machine = ahead(bo).take({ type: 'signaling-opened' });
  const { connection } = machine.active;
  machine.effects();

  machine.hear({ ...joined(ann, bo), recovered: true } as ServerMessage);
  assert.equal(machine.active.connection, connection);
  assert.deepEqual(machine.did('open-connection'), []);
  assert.deepEqual(machine.did('refresh-connection'), []);
});

test('aSeatTakenAheadThatIsGoneWhenTheSocketOpensIsNoSeat', () => {
  const full = ahead().take({ type: 'signaling-opened' }).hear({ type: 'full', id: 1, room: 'r', capacity: 2 });
  assert.equal(full.phase, 'ended');
  const refused = ahead()
    .take({ type: 'signaling-opened' })
    .hear({ type: 'error', id: 1, code: 'join-refused', message: '' });
  assert.equal(refused.phase, 'ended');
});

test('aSocketThatDoesNotOpenAfterAJoinAheadIsALostOne', () => {
  assert.equal(ahead(bo).take({ type: 'signaling-lost' }).phase, 'reconnecting');
});

test('aSeatOfBeforeIsResumedByTheSocketOnly', () => {
  const machine = new Machine().take({ type: 'join', intent: { room: 'r', instance: 'i', resume: 'old' } });
  assert.deepEqual(machine.effects(), [{ type: 'open-signaling' }]);
});

test('theTokenOfTheLastPageLoadAsksForTheSameSeat', () => {
  const machine = new Machine().take(
    { type: 'join', intent: { room: 'r', instance: 'i', resume: 'old' } },
    { type: 'signaling-opened' },
  );

  assert.deepEqual(machine.did('send'), [
    { type: 'send', message: { type: 'join', id: 1, room: 'r', instance: 'i', resume: 'old', offer: 0 } },
  ]);
});

test('whoIsAloneInTheRoomWaitsAndKeepsHisSeat', () => {
  const machine = opened(bo).hear(joined(bo));

  assert.equal(machine.phase, 'waiting');
  assert.deepEqual(machine.did('keep-seat'), [
    { type: 'keep-seat', room: 'r', token: 'seat-of-bo', graceMs: 30_000 },
  ]);
});

test('theLowerOrderOffersWhenAParticipantJoins', () => {
  const machine = opened(bo).hear(joined(bo), { type: 'participant-joined', participant: ann });

  assert.deepEqual(machine.did('open-connection').at(-1), {
    type: 'open-connection', offers: true, polite: false, iceServers: [{ urls: 'stun:127.0.0.1:3478' }],
  });
  assert.equal(machine.phase, 'connecting');
});

test('theHigherOrderIsPoliteAndWaitsForTheOffer', () => {
  const machine = opened(ann).hear(joined(ann, bo));

  const [open] = machine.did('open-connection');
  assert.deepEqual(open && 'offers' in open && [open.offers, open.polite], [false, true]);
});

test('aConnectedConnectionIsAConnectedCall', () => {
  assert.equal(inCall(ann, bo).phase, 'connected');
});

test('losingSignalingLeavesTheMediaAlone', () => {
  const machine = inCall(bo, ann).take({ type: 'signaling-lost' });

  assert.equal(machine.phase, 'reconnecting');
  assert.deepEqual(machine.effects(), [{ type: 'clear-timer', timer: 'retry-join' }]);

  machine.take({ type: 'signaling-opened' }).hear(joined(bo, ann));

  assert.equal(machine.phase, 'connected');
  const effects = machine.effects();
  assert.equal(effects.some((effect) => effect.type === 'open-connection'), false);
  assert.deepEqual(effects.filter((effect) => effect.type === 'refresh-connection'), [
    { type: 'refresh-connection', resend: true, restartIce: false },
  ]);
  assert.deepEqual(effects[0], {
    type: 'send',
    message: { type: 'join', id: 1, room: 'r', name: 'BO', instance: 'i-bo', resume: 'seat-of-bo' },
  });
});

test('anotherInstanceGetsANewConnection', () => {
  const machine = inCall(bo, ann).hear(lost('ann'));
  assert.equal(machine.phase, 'connected');

  machine.hear({ type: 'participant-back', participant: person('ann', 2, 'reloaded'), recovered: false });

  assert.equal(machine.phase, 'reconnecting');
  assert.equal(machine.did('open-connection').length, 1);
});

test('theSameInstanceKeepsTheConnectionAndTheLowerOrderRestartsIceIfItIsBroken', () => {
  for (const [you, other, restartIce] of [[bo, ann, true], [ann, bo, false]] as const) {
    const machine = inCall(you, other).hear(lost(other.id)).take({ type: 'connection-changed', state: 'failed' });
    assert.deepEqual(machine.did('refresh-connection'), [], 'nobody is there to hear an offer');

    machine.hear({ type: 'participant-back', participant: other, recovered: false });

    assert.deepEqual(machine.did('refresh-connection'), [{ type: 'refresh-connection', resend: true, restartIce }]);
  }
});

test('aFailedConnectionIsRestartedByTheLowerOrderOnly', () => {
  const failed: Input = { type: 'connection-changed', state: 'failed' };

  assert.equal(inCall(bo, ann).take(failed).did('refresh-connection').length, 1);
  assert.equal(inCall(ann, bo).take(failed).did('refresh-connection').length, 0);
});

test('aShakyConnectionIsRestartedAfterSomePatience', () => {
  const machine = inCall(bo, ann).take({ type: 'connection-changed', state: 'disconnected' });
  assert.deepEqual(machine.effects(), [{ type: 'set-timer', timer: 'disconnected', afterMs: 1_500 }]);

  machine.take({ type: 'timer', timer: 'disconnected' });

  assert.deepEqual(machine.effects(), [
    { type: 'set-timer', timer: 'disconnected', afterMs: 3_000 },
    { type: 'refresh-connection', resend: true, restartIce: true },
  ]);
});

test('theHigherOrderRestartsWhenTheLowerDoesNot', () => {
  const machine = inCall(ann, bo).take({ type: 'connection-changed', state: 'disconnected' });
  assert.deepEqual(machine.effects(), [{ type: 'set-timer', timer: 'disconnected', afterMs: 4_500 }]);

  machine.take({ type: 'timer', timer: 'disconnected' });
  assert.equal(machine.did('refresh-connection').length, 1);

  machine.take({ type: 'connection-changed', state: 'connected' }, { type: 'timer', timer: 'disconnected' });
  assert.equal(machine.did('refresh-connection').length, 0);
});

test('aPathThatCarriesNothingIsReplacedByTheLowerOrderFirst', () => {
  assert.equal(inCall(bo, ann).take({ type: 'path-doubtful', here: false }).did('refresh-connection').length, 1);
  assert.equal(inCall(ann, bo).take({ type: 'path-doubtful', here: false }).did('refresh-connection').length, 0);
});

test('whoIsNotTheFirstAsksForAnotherPathInsteadOfOfferingAtTheSameTime', () => {
  const asked = inCall(ann, bo).take({ type: 'path-doubtful', here: true });
  const message = { type: 'signal', to: bo.id, data: { restart: true } };
  assert.deepEqual(asked.effects(), [{ type: 'send', message }]);

  const signal = (from: string): Input => ({
    type: 'message',
    message: { type: 'signal', from, data: { restart: true } },
  });
  assert.equal(inCall(bo, ann).take(signal(ann.id)).did('refresh-connection').length, 1);
  assert.equal(inCall(ann, bo).take(signal(bo.id)).did('refresh-connection').length, 0, 'whose turn it is not');
});

test('aConnectionThatRecoversByItselfIsNotRestarted', () => {
  const machine = inCall(bo, ann).take(
    { type: 'connection-changed', state: 'disconnected' },
    { type: 'connection-changed', state: 'connected' },
    { type: 'timer', timer: 'disconnected' },
  );

  assert.equal(machine.did('refresh-connection').length, 0);
});

test('theOthersAbsenceHasADeadlineToShow', () => {
  const machine = inCall(bo, ann).hear(lost('ann'));

  const { other } = machine.active;
  assert.equal(other.state === 'away' && other.untilMs, 31_000);
});

test('whoLeavesTakesTheConnectionWithHim', () => {
  const machine = inCall(bo, ann).hear({ type: 'participant-left', participant: 'ann', reason: 'left' });

  assert.equal(machine.phase, 'waiting');
  assert.equal(machine.did('close-connection').length, 1);
  assert.deepEqual(machine.active.other, { state: 'none', departed: { reason: 'left', name: 'ANN' } });
});

test('aSeatThatExpiresWhileMediaFlowsDoesNotEndTheCall', () => {
  const machine = inCall(bo, ann).hear(lost('ann'), {
    type: 'participant-left',
    participant: 'ann',
    reason: 'grace-ended',
  });

  assert.equal(machine.phase, 'connected');
  assert.equal(machine.did('close-connection').length, 0);

  machine.take({ type: 'connection-changed', state: 'disconnected' }, { type: 'timer', timer: 'disconnected' });

  assert.equal(machine.phase, 'waiting');
  assert.equal(machine.did('close-connection').length, 1);
});

test('aServerThatRestartedFindsTheCallStillGoing', () => {
  const machine = inCall(bo, ann).take({ type: 'signaling-lost' }, { type: 'signaling-opened' });

  machine.hear(joined(bo));
  assert.equal(machine.phase, 'connected');
  assert.equal(machine.active.other.state, 'away');
  machine.hear({ type: 'participant-back', participant: ann, recovered: false });

  assert.equal(machine.phase, 'connected');
  assert.equal(machine.active.other.state, 'present');
  assert.equal(machine.did('open-connection').length, 0);
});

test('whoeverIsAnotherParticipantByNowIsConnectedAfresh', () => {
  for (const [mine, theirs] of [[bo, person('ann2', 3, 'i-ann')], [person('bo2', 3, 'i-bo'), ann]] as const) {
    const machine = inCall(bo, ann).take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
    machine.effects();

    machine.hear(joined(mine, theirs));
    const connections = machine.effects().filter(({ type }) => type.endsWith('-connection'));
    assert.equal(connections.at(-1)?.type, 'open-connection', `${mine.id} with ${theirs.id}`);
    assert.notEqual(machine.phase, 'connected');
  }
});

test('aConnectionToSomebodyElseIsClosedWhenTheOtherIsAway', () => {
  const machine = inCall(bo, ann).take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  machine.effects();

  machine.hear(joined(bo, { ...person('cy', 3, 'i-ann'), state: 'away' }));
  assert.equal(machine.did('close-connection').length, 1);
});

test('aStrangerInTheSeatOfTheLostOneGetsAConnectionOfHisOwn', () => {
  const machine = inCall(bo, ann).hear(
    lost('ann'),
    { type: 'participant-left', participant: 'ann', reason: 'replaced' },
    { type: 'participant-joined', participant: person('cy', 3) },
  );

  assert.deepEqual(
    machine.effects().map((effect) => effect.type).filter((type) => type.endsWith('-connection')),
    // Those between are for a standing offer.
    ['close-connection', 'open-connection', 'close-connection', 'open-connection'],
  );
  assert.equal(machine.phase, 'connecting');
});

test('signalsGoToTheOtherOnlyWhileSomebodyHears', () => {
  const signal: Input = { type: 'local-signal', body: { candidate: null } };
  const machine = inCall(bo, ann).take(signal);
  assert.deepEqual(machine.effects(), [
    { type: 'send', message: { type: 'signal', to: 'ann', candidate: null } },
  ]);

  machine.hear(lost('ann')).take(signal);

  assert.deepEqual(machine.effects(), []);
});

test('signalsOfStrangersAreNotTaken', () => {
  const machine = inCall(bo, ann).hear(
    { type: 'signal', from: 'cy', candidate: null },
    { type: 'signal', from: 'ann', candidate: null },
  );

  assert.deepEqual(machine.effects(), [{ type: 'remote-signal', body: { candidate: null } }]);
});

test('eachSideTellsTheOtherWhatItSends', () => {
  const media = { microphone: true, camera: false, screen: false, audioOnly: false };
  const machine = inCall(bo, ann).take({ type: 'local-media', media });
  assert.deepEqual(machine.effects(), [
    { type: 'send', message: { type: 'signal', to: 'ann', data: { media } } },
  ]);

  machine.hear({ type: 'signal', from: 'ann', data: { media } }, { type: 'signal', from: 'ann', data: 'else' });

  const { other } = machine.active;
  assert.deepEqual(other.state === 'present' && other.media, media);
  machine.hear(lost('ann'), { type: 'participant-back', participant: ann, recovered: false });
  assert.equal(machine.did('send').length, 1, 'it is said again to somebody who may have missed it');
});

test('aFullRoomEndsTheCallAtOnceWhenNobodyIsAway', () => {
  const machine = opened(ann).hear({ type: 'full', id: 1, room: 'r', capacity: 2 });

  assert.deepEqual(machine.call, { kind: 'ended', reason: 'full' });
});

test('aFullRoomIsTriedAgainABoundedNumberOfTimes', () => {
  const machine = opened(ann);
  const full: ServerMessage = { type: 'full', id: 1, room: 'r', capacity: 2, retryAfterMs: 3_200 };

  for (let i = 0; i < FULL_RETRIES_MAX; i++) {
    machine.effects();
    machine.hear(full);
    assert.deepEqual(machine.effects(), [{ type: 'set-timer', timer: 'retry-join', afterMs: 3_400 }]);
    machine.take({ type: 'timer', timer: 'retry-join' });
    assert.equal(machine.did('send').length, 1);
  }
  machine.hear(full);

  assert.deepEqual(machine.call, { kind: 'ended', reason: 'full' });
});

test('anUnavailableServerIsAskedAgainWhenItSaysSo', () => {
  const machine = opened(ann);
  machine.effects();
  machine.hear({ type: 'error', id: 1, code: 'unavailable', message: 'm', retryAfterMs: 700 });

  assert.equal(machine.phase, 'connecting');
  assert.deepEqual(machine.effects(), [{ type: 'set-timer', timer: 'retry-join', afterMs: 700 }]);
});

test('aRefusedJoinEndsTheCallInTheServersWords', () => {
  const machine = opened(ann).hear({ type: 'error', id: 1, code: 'anonymous-refused', message: 'm', fix: 'f' });

  assert.deepEqual(machine.call, {
    kind: 'ended',
    reason: 'refused',
    error: { code: 'anonymous-refused', message: 'm', fix: 'f' },
  });
});

test('anErrorAboutASignalChangesNothing', () => {
  const machine = inCall(bo, ann).hear({ type: 'error', code: 'participant-away', message: 'm' });

  assert.equal(machine.phase, 'connected');
  assert.deepEqual(machine.effects(), []);
});

test('whatEndedIsNotResumed', () => {
  const machine = inCall(bo, ann).hear({ type: 'ended', reason: 'superseded' });

  assert.deepEqual(machine.call, { kind: 'ended', reason: 'superseded', participantId: 'bo' });
  assert.deepEqual(
    machine.effects().map((effect) => effect.type).filter((type) => type !== 'clear-timer'),
    ['forget-seat', 'close-connection', 'close-connection', 'close-connection', 'close-signaling'],
  );
  assert.deepEqual(machine.take({ type: 'signaling-closed', code: 4001 }).effects(), []);
});

test('finalCloseCodesEndTheCall', () => {
  for (const [code, reason] of [[4001, 'superseded'], [1008, 'refused'], [1009, 'error']] as const) {
    const machine = inCall(bo, ann).take({ type: 'signaling-closed', code });
    assert.equal(machine.call.kind === 'ended' && machine.call.reason, reason);
  }
});

test('leavingSaysSoFirstAndForgetsTheSeat', () => {
  const machine = inCall(bo, ann).take({ type: 'leave' });

  const effects = machine.effects();
  assert.deepEqual(effects[0], { type: 'send', message: { type: 'leave' } });
  assert.equal(effects.at(-1)?.type, 'close-signaling');
  assert.equal(effects.some((effect) => effect.type === 'forget-seat'), true);
});

test('aPageThatGoesAwaySaysThatItMayReturnAndKeepsTheSeat', () => {
  const machine = inCall(bo, ann).take({ type: 'page-hidden' });

  assert.deepEqual(machine.effects(), [{ type: 'send', message: { type: 'leave', returning: true } }]);
});

/** The same two where the server numbers. */
const numbered = (participant: Participant, epoch = 1): Participant => ({ ...participant, epoch });
const recovered = (you: Participant, ...participants: Participant[]): ServerMessage => ({
  ...(joined(you, ...participants) as JoinedMessage),
  recovered: true,
});

test('afterARecoveredResumeNothingIsSaidTwice', () => {
  const media = { microphone: true, camera: true, screen: false, audioOnly: false };
  const machine = inCall(numbered(bo), numbered(ann)).take(
    { type: 'local-media', media },
    { type: 'signaling-lost' },
    { type: 'signaling-opened' },
  );
  machine.effects();

  machine.hear(recovered(numbered(bo), numbered(ann)));
  assert.deepEqual(machine.effects().map((effect) => effect.type), ['keep-seat', 'clear-timer', 'use-ice-servers']);
  machine.hear({ type: 'participant-back', participant: numbered(ann), recovered: true });
  assert.deepEqual(machine.effects(), []);

  machine.hear({ type: 'participant-back', participant: numbered(ann, 2), recovered: false });
  assert.deepEqual(machine.effects(), [
    { type: 'refresh-connection', resend: true, restartIce: false },
    { type: 'send', message: { type: 'signal', to: 'ann', data: { media } } },
  ]);
});

test('aConnectionThatBrokeMeanwhileLooksForANewPathAfterARecoveredResume', () => {
  const machine = inCall(numbered(bo), numbered(ann)).take(
    { type: 'signaling-lost' },
    { type: 'connection-changed', state: 'failed' },
    { type: 'signaling-opened' },
  );
  machine.effects();

  machine.hear(recovered(numbered(bo), numbered(ann)));

  assert.deepEqual(machine.did('refresh-connection'), [
    { type: 'refresh-connection', resend: true, restartIce: true },
  ]);
});

test('whatWasNotDeliveredIsSaidAgainWhenTheOtherIsBack', () => {
  const machine = inCall(numbered(bo), numbered(ann)).take({
    type: 'undelivered',
    participant: 'ann',
    bodies: [{ candidate: null }],
    why: 'full',
  });
  const back: ServerMessage = { type: 'participant-back', participant: numbered(ann), recovered: true };

  assert.equal(machine.hear(back).did('refresh-connection').length, 1);
  assert.equal(machine.hear(back).did('refresh-connection').length, 0, 'once');
});

test('signalsAreKeptForWhoeverIsAwayAsLongAsTheSeatIsKept', () => {
  const signal: Input = { type: 'local-signal', body: { candidate: null } };
  const machine = inCall(numbered(bo), numbered(ann)).hear(lost('ann'));
  machine.take(signal, { type: 'signaling-lost' }, signal);
  assert.equal(machine.did('send').length, 2);

  machine.hear({ type: 'participant-left', participant: 'ann', reason: 'grace-ended' }).take(signal);

  assert.equal(machine.did('send').length, 0);
});

test('whoIsMissingFromARoomThatIsFullAgainDoesNotComeBack', () => {
  const cy = person('cy', 3);
  const machine = inCall(numbered(bo), numbered(ann)).take({ type: 'connection-changed', state: 'failed' });
  machine.effects();

  machine.hear({ ...(recovered(numbered(bo), cy) as JoinedMessage), othersMayReturnMs: 20_000 });

  const { other } = machine.active;
  assert.equal(other.state === 'present' && other.participant.id, 'cy');
  assert.equal(machine.did('open-connection').length, 1);
});

test('anOfferWithoutAConnectionIsSaidAgainToWhoComesBack', () => {
  const machine = opened(numbered(bo)).hear(joined(numbered(bo), numbered(ann)), lost('ann'));
  machine.effects();

  machine.hear({ type: 'participant-back', participant: numbered(ann), recovered: true });

  assert.deepEqual(machine.did('refresh-connection'), [
    { type: 'refresh-connection', resend: true, restartIce: false },
  ]);
});

test('whoIsMissingAfterARestartMayComeBack', () => {
  const restarted: ServerMessage = {
    ...(recovered(numbered(bo)) as JoinedMessage),
    othersMayReturnMs: 20_000,
  };
  const back: ServerMessage = { type: 'participant-back', participant: numbered(ann), recovered: true };
  const fired: Input = { type: 'timer', timer: 'others-return' };
  const machine = inCall(numbered(bo), numbered(ann)).take({ type: 'connection-changed', state: 'connecting' });

  machine.effects();
  machine.hear(restarted);
  assert.deepEqual(machine.did('set-timer'), [{ type: 'set-timer', timer: 'others-return', afterMs: 20_000 }]);
  const { other } = machine.active;
  assert.deepEqual(other.state === 'away' && [other.untilMs, other.seatGone], [21_000, false]);
  machine.hear(back).take(fired);
  assert.equal(machine.active.other.state, 'present', 'the timer is about nobody any more');

  machine.hear(restarted).take(fired);
  assert.equal(machine.phase, 'waiting');
});

test('anyOrderOfInputsKeepsTheRulesOfTheMachine', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = generator(seed);
    const machine = random() < 0.5 ? looking() : opened(random() < 0.5 ? bo : ann);
    const connections = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const input = anyInput(random);
      const before = machine.call;
      machine.take(input);
      for (const effect of machine.effects()) {
        if (effect.type === 'open-connection') connections.add(effect.of ?? 'call');
        if (effect.type === 'close-connection') connections.delete(effect.of ?? 'call');
        if (effect.type === 'name-connection') {
          assert.ok(connections.delete(effect.of), `seed ${seed} step ${i}: a connection is named that is not there`);
          connections.add('call');
          assert.equal(isNaming(input), true, `seed ${seed} step ${i}: only the server names`);
        }
        if (effect.type === 'send' && effect.message.type === 'signal') {
          const { other, signaling } = machine.active;
          const heard = other.state === 'present' && signaling.state === 'joined';
          const numbers = other.state !== 'none' && other.participant.epoch !== undefined;
          assert.ok(heard || numbers, `seed ${seed} step ${i}`);
        }
      }
      if (machine.call.kind === 'active') {
        const { connection, other, standing, preview, claim } = machine.call;
        const uses = new Set<string>([
          ...(connection.state === 'none' ? [] : ['call']),
          ...(standing === undefined ? [] : ['standing']),
          ...(preview === undefined || preview.state === 'held' ? [] : ['preview']),
          ...(claim === undefined ? [] : [claim.of]),
        ]);
        assert.deepEqual([...connections].sort(), [...uses].sort(), `seed ${seed} step ${i}: a connection has one use`);
        if (other.state === 'none') assert.equal(connection.state, 'none', `seed ${seed} step ${i}`);
        else assert.deepEqual([standing, preview], [undefined, undefined], `seed ${seed} step ${i}`);
        if (connection.state !== 'none' && other.state !== 'none') {
          assert.equal(connection.participant, other.participant.id, `seed ${seed} step ${i}: it leads to the other`);
        }
      } else if (machine.call.kind === 'lobby') {
        const { standing, preview } = machine.call;
        const uses = [...(standing === undefined ? [] : ['standing']), ...(preview === undefined ? [] : ['preview'])];
        assert.deepEqual([...connections].sort(), uses.sort(), `seed ${seed} step ${i}`);
      } else {
        assert.equal(connections.size, 0, `seed ${seed} step ${i}`);
        const begins = input.type === 'join' || input.type === 'look';
        if (before.kind === 'ended' && !begins) assert.equal(machine.call, before, `seed ${seed}`);
      }
    }
  }
});

/** What may name the other end of a connection: nothing but these words of the server. */
function isNaming(input: Input): boolean {
  return input.type === 'message' && /^(joined|participant-joined)$/.test(input.message.type);
}

/** Marsaglia's xorshift, 32 bits: the seed in a failure's message brings the failure back. */
function generator(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

function anyInput(random: () => number): Input {
  const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const people = [bo, ann, numbered(ann), numbered(bo), person('ann', 2, 'reloaded'), person('cy', 3)];
  const hear = (message: ServerMessage): Input => ({ type: 'message', message });
  return pick<() => Input>(
    () => ({ type: 'signaling-lost' }),
    () => ({ type: 'signaling-opened' }),
    () => hear(pick(joined(bo), joined(bo, ann), joined(ann, bo), joined(ann, { ...bo, state: 'away' }))),
    () => hear({ type: 'participant-joined', participant: pick(...people) }),
    () => hear({ type: 'participant-back', participant: pick(...people), recovered: random() < 0.5 }),
    () => hear({ ...(recovered(numbered(bo)) as JoinedMessage), othersMayReturnMs: 1_000 }),
    () => ({ type: 'undelivered', participant: pick('ann', 'bo'), bodies: [{ candidate: null }], why: 'full' }),
    () => hear(lost(pick('ann', 'bo', 'cy'))),
    () =>
      hear({
        type: 'participant-left',
        participant: pick('ann', 'bo', 'cy'),
        reason: pick('left', 'grace-ended', 'replaced'),
      }),
    () => ({ type: 'connection-changed', state: pick('connecting', 'connected', 'disconnected', 'failed') }),
    () => ({ type: 'local-signal', body: { candidate: null } }),
    () => ({ type: 'local-media', media: { microphone: random() < 0.5, camera: random() < 0.5 } }),
    () => ({ type: 'timer', timer: pick('retry-join', 'disconnected', 'others-return', 'look', 'park', 'preview') }),
    () => hear(pick<ServerMessage>(looked(), looked(7), looked(9), { type: 'look-ended' })),
    () => hear({ type: 'parked', offer: 7, lifeMs: 60_000 }),
    () => hear({ type: 'looking', visitors: 1, ...pick({}, { offer: 8, iceServers: relay }) }),
    () => hear({ type: 'offered', offer: 8, from: pick('bo', 'cy'), description: relayed }),
    () => hear({ type: 'answered', offer: pick(7, 8), description: relayed }),
    () => hear({ type: 'participant-joined', participant: pick(...people), offer: pick(7, 8), answer }),
    () => hear({ type: 'participant-joined', participant: pick(...people), offer: pick(7, 8) }),
    () => hear({ ...(joined(ann, bo) as JoinedMessage), offer: pick(7, 8), candidates: [] }),
    () => hear({ ...(joined(ann, bo) as JoinedMessage), offer: 7, from: 'bo', description: offer }),
    () => {
      const description = pick<SessionDescription>(answer, relayed);
      return { type: 'answer-prepared', of: pick('standing', 'preview'), description };
    },
    () => {
      const of = pick<ConnectionName>('standing', 'preview');
      const description = pick<SessionDescription>(offer, relayed);
      return { type: 'offer-gathered', of, description, candidates: [], instance: 'i' };
    },
    () => {
      const state = pick<RTCPeerConnectionState>('connecting', 'connected', 'disconnected', 'failed', 'closed');
      return { type: 'connection-changed', of: pick('standing', 'preview'), state };
    },
    () => ({ type: 'started-over', description: pick<SessionDescription>(offer, answer) }),
    () => ({ type: 'direct-changed', open: random() < 0.5 }),
    () => ({ type: 'path-doubtful', here: random() < 0.5 }),
    () => ({ type: 'look', intent: { room: 'r', instance: 'i' } }),
    () => hear({ type: 'full', room: 'r', capacity: 2, retryAfterMs: 100 }),
    () => (random() < 0.1 ? { type: 'leave' } : { type: 'page-hidden' }),
    () => ({ type: 'join', intent: { room: 'r', instance: 'i' } }),
  )();
}

test('aRefusedWebSocketEndsACallThatNeverBegan', () => {
  const intent = { room: 'r', instance: 'i' };
  const machine = new Machine().take({ type: 'join', intent }, { type: 'signaling-lost' });

  machine.take({ type: 'signaling-not-opened', why: 'origin-refused' });

  assert.equal(machine.call.kind === 'ended' && machine.call.error?.code, 'origin-refused');
  assert.equal(machine.did('close-signaling').length, 1);
});

test('whyTheServerIsNotReachedIsKeptUntilMoreIsKnown', () => {
  const intent = { room: 'r', instance: 'i' };
  const machine = new Machine().take({ type: 'join', intent }, { type: 'signaling-lost' });

  machine.take({ type: 'signaling-not-opened', why: 'stopping' }, { type: 'signaling-lost' });

  assert.deepEqual(machine.active.signaling, { state: 'lost', sinceMs: 1_000, why: 'stopping' });
});

test('whoIsInACallIsNotThrownOutByARefusal', () => {
  const machine = opened(ann).hear(joined(ann, bo)).take({ type: 'signaling-lost' });

  machine.take({ type: 'signaling-not-opened', why: 'origin-refused' });

  assert.equal(machine.active.other.state, 'present');
});
