import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActiveCall, Effect, Input } from '../src/call-model.ts';
import { phaseOf } from '../src/call-state.ts';
import type { Machine } from './call-begun.ts';
import {
  ann, answer, bo, gathered, host, joined, offer, ofRelay, relay, relayed, stun, turn, waiting, wishes,
} from './call-begun.ts';

const named = (more: object = {}): Parameters<Machine['hear']>[0] =>
  ({ type: 'participant-joined', participant: ann, ...more }) as Parameters<Machine['hear']>[0];
const previewGathered: Input = {
  type: 'offer-gathered', of: 'preview', description: relayed('offer'), candidates: [], instance: 'unused',
};

/** Bo, with a connection to somebody who looks in. */
function preconnected(): Machine {
  const machine = waiting().hear(wishes()).take(previewGathered);
  machine.hear({ type: 'answered', offer: 8, description: relayed('answer') });
  return machine.take({ type: 'connection-changed', of: 'preview', state: 'connected' });
}

test('whoIsAlonePublishesAnOfferAndKeepsItsCandidatesApart', () => {
  const machine = waiting();
  const effects = machine.effects();

  assert.deepEqual(effects.find(({ type }) => type === 'open-connection'), {
    type: 'open-connection',
    of: 'standing',
    offers: true,
    polite: false,
    iceServers: [stun, turn('turn:r?transport=udp')],
  });
  const park = { type: 'park', instance: 'i-bo-2', description: offer, candidates: [host, ofRelay] };
  assert.deepEqual(effects.find((effect) => effect.type === 'send' && effect.message.type === 'park'), {
    type: 'send', message: park,
  });
});

test('itsInstanceIsThePagesFromThenOn', () => {
  const machine = waiting();
  machine.effects();

  machine.take({ type: 'signaling-lost' }, { type: 'signaling-opened' });
  const join = machine.effects().find((effect) => effect.type === 'send');
  assert.equal(join?.type === 'send' && join.message.type === 'join' && join.message.instance, 'i-bo-2');
});

test('whereUdpLeadsToNoRelayAnotherWayIsTriedAndThenPublishedAllTheSame', () => {
  const machine = waiting();
  machine.hear({ type: 'participant-left', participant: 'x', reason: 'left' });
  machine.effects();
  const again = waiting().take({ type: 'leave' });
  again.take({ type: 'join', intent: { room: 'r', instance: 'i-bo' } }, { type: 'signaling-opened' });
  again.hear(joined(bo, []));
  again.effects();

  again.take(gathered([host]));
  const [open] = again.effects();
  assert.deepEqual(open?.type === 'open-connection' && open.iceServers, [stun, turn('turns:r?transport=tcp')]);
  again.take(gathered([host]));
  assert.deepEqual(again.did(), ['park']);
});

test('anOfferIsPublishedAgainBeforeItsTimeIsOver', () => {
  const machine = waiting();
  assert.deepEqual(machine.effects().at(-1), { type: 'set-timer', timer: 'park', afterMs: 50_000 });

  machine.take({ type: 'timer', timer: 'park' });
  assert.deepEqual(machine.did(), ['park']);
});

test('whoClaimsTheOfferWithAnAnswerIsAtTheOtherEndOfItsConnection', () => {
  const machine = waiting();
  machine.effects();

  machine.hear(named({ offer: 7, answer }));
  assert.deepEqual(machine.effects().filter(({ type }) => /connection|signal/.test(type)), [
    { type: 'name-connection', of: 'standing', iceServers: relay, restartIce: false },
    { type: 'remote-signal', body: { description: answer } },
  ]);
  assert.deepEqual((machine.call as ActiveCall).connection, {
    state: 'new', participant: 'ann', instance: 'i-ann', everConnected: false,
  });
});

test('whoTookTheOfferWithTheSeatAnswersWithTheFirstSignal', () => {
  const machine = waiting();
  machine.effects();

  machine.hear(named({ offer: 7 }));
  assert.deepEqual(machine.did(), ['name-connection standing']);
  machine.hear({ type: 'signal', from: 'ann', description: answer });
  assert.deepEqual(machine.did(), ['remote-signal']);
});

for (const [how, message] of [
  ['withoutAnOffer', named()],
  ['withAnotherOffer', named({ offer: 6, answer })],
] as const) {
  test(`whoComes_${how}_getsAConnectionOfTheirOwn`, () => {
    const machine = preconnected();
    machine.did();

    machine.hear(message);
    assert.deepEqual(machine.did(), ['close-connection standing', 'close-connection preview', 'open-connection']);
    const { standing, preview } = machine.call as ActiveCall;
    assert.deepEqual([standing, preview], [undefined, undefined]);
  });
}

test('whoIsInAnotherNetworkPublishesAnotherOffer', () => {
  const machine = waiting();
  machine.did();

  machine.take({ type: 'path-doubtful', here: false });
  assert.deepEqual(machine.did(), []);
  machine.take({ type: 'path-doubtful', here: true });
  assert.deepEqual(machine.did(), ['close-connection standing', 'open-connection standing']);
  machine.take({ type: 'signaling-lost' }, { type: 'path-doubtful', here: true });
  assert.deepEqual(machine.did(), ['close-connection standing']);
  machine.take({ type: 'signaling-opened' }).hear(joined(bo, []));
  assert.deepEqual(machine.did(), ['join', 'open-connection standing']);
});

// ---- a connection before the click ----

test('whoLooksInAndWishesAConnectionIsOfferedOneByRelays', () => {
  const machine = waiting();
  machine.effects();

  machine.hear(wishes()).take(previewGathered);
  assert.deepEqual(machine.effects(), [
    {
      type: 'open-connection', of: 'preview', offers: true, polite: false,
      iceServers: [stun, turn('turn:r?transport=udp')],
    },
    { type: 'send', message: { type: 'offer', offer: 8, description: relayed('offer') } },
  ] satisfies Effect[]);
  assert.equal(phaseOf(machine.call), 'waiting');
});

test('whoIsThereIsNamedAndTheConnectionLooksForADirectPathAtOnce', () => {
  const machine = preconnected();
  machine.did();

  machine.hear(named({ offer: 8 }));
  assert.deepEqual(machine.effects().filter(({ type }) => type.endsWith('connection')), [
    { type: 'close-connection', of: 'standing' },
    { type: 'name-connection', of: 'preview', iceServers: relay, restartIce: true },
  ]);
  assert.equal(phaseOf(machine.call), 'connected');
});

test('beforeTheServerNamesAnybodyNothingIsMoreThanAWait', () => {
  const machine = preconnected();
  machine.did();

  const media = { microphone: true, camera: true };
  machine.take({ type: 'direct-changed', open: true }, { type: 'local-media', media });
  machine.hear({ type: 'signal', from: 'ann', description: offer });
  machine.take({ type: 'connection-changed', of: 'standing', state: 'connected' });
  assert.deepEqual(machine.did(), []);
  assert.equal(phaseOf(machine.call), 'waiting');
});

test('anAnswerIsTakenOnceAndUnderItsNumber', () => {
  const machine = waiting().hear(wishes()).take(previewGathered);
  machine.did();

  machine.hear({ type: 'answered', offer: 7, description: answer });
  assert.deepEqual(machine.did(), []);
  machine.hear({ type: 'answered', offer: 8, description: relayed('answer') });
  assert.deepEqual(machine.did(), ['remote-signal preview']);
  machine.hear({ type: 'answered', offer: 8, description: relayed('answer') });
  assert.deepEqual(machine.did(), []);
});

test('whatWasMadeForAPreviewThatGoesIsClosed', () => {
  const machine = preconnected();
  machine.did();

  machine.hear({ type: 'looking', visitors: 0 });
  assert.deepEqual(machine.did(), ['close-connection preview']);
  machine.hear(named({ offer: 8 }));
  assert.deepEqual(machine.did(), ['close-connection standing', 'open-connection'], 'too late');
});

test('previewsThatComeAndGoMakeOneConnectionInTwoSeconds', () => {
  const machine = waiting().hear(wishes(8));
  machine.effects();

  machine.nowMs += 500;
  machine.hear({ type: 'looking', visitors: 1, offer: 9, iceServers: relay });
  assert.deepEqual(machine.effects().at(-1), { type: 'set-timer', timer: 'preview', afterMs: 1_500 });
  machine.hear({ type: 'looking', visitors: 0 }, wishes(10));
  assert.equal(machine.did().includes('open-connection preview'), false);
  machine.nowMs += 1_500;
  machine.take({ type: 'timer', timer: 'preview' });
  assert.deepEqual(machine.did(), ['open-connection preview']);
});

test('whereNoWayLeadsToARelayNothingIsOfferedToAPreview', () => {
  const machine = waiting().hear(wishes());
  machine.effects();
  const bare: Input = { ...previewGathered, description: offer } as Input;

  machine.take(bare);
  assert.deepEqual(machine.did(), ['open-connection preview']);
  machine.take(bare);
  assert.deepEqual(machine.did(), ['close-connection preview']);
  const none = waiting();
  none.did();
  none.hear({ type: 'looking', visitors: 1, offer: 8, iceServers: [stun] });
  assert.deepEqual(none.did(), []);
});

test('whoWantsNoConnectionBeforeOffersNone', () => {
  const machine = waiting({ preconnect: false });
  machine.did();

  machine.hear(wishes());
  assert.deepEqual(machine.did(), []);
});

test('howManyLookInIsKnownWhileOneWaits', () => {
  const machine = waiting().hear({ type: 'looking', visitors: 2 });
  assert.equal((machine.call as ActiveCall).visitors, 2);

  machine.hear(named());
  assert.equal((machine.call as ActiveCall).visitors, 0);
});

test('whoLosesTheServerDropsWhatWasMadeForAPreviewAndKeepsTheStandingOffer', () => {
  const machine = preconnected();
  machine.did();

  machine.take({ type: 'signaling-lost' });
  assert.deepEqual(machine.did(), ['close-connection preview']);
  machine.take({ type: 'signaling-opened' }).hear(joined(bo, []));
  assert.deepEqual(machine.did(), ['join', 'park']);
});

test('whoIsLeftAlonePublishesAnotherOffer', () => {
  const machine = preconnected().hear(named({ offer: 8 }));
  machine.did();

  machine.hear({ type: 'participant-left', participant: 'ann', reason: 'left' });
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection standing']);
});

// ---- who is at the other end ----

test('aCopiedInstanceIsNotTheSameParticipant', () => {
  const machine = preconnected().hear(named({ offer: 8 }));
  machine.take({ type: 'connection-changed', state: 'connected' });
  machine.hear({ type: 'participant-away', participant: 'ann', reason: 'connection-lost', graceMs: 1 });
  machine.hear({ type: 'participant-left', participant: 'ann', reason: 'grace-ended' });
  machine.did();

  machine.hear({ type: 'participant-joined', participant: { ...ann, id: 'eve', order: 3 } });
  assert.deepEqual(machine.did(), ['open-connection']);
});

test('whatStartsOverAfterTheSeatIsGoneEndsTheCall', () => {
  const machine = preconnected().hear(named({ offer: 8 }));
  machine.take({ type: 'connection-changed', state: 'connected' });
  machine.hear({ type: 'participant-left', participant: 'ann', reason: 'grace-ended' });
  machine.did();

  machine.take({ type: 'started-over', description: offer });
  assert.deepEqual(machine.did(), ['close-connection', 'open-connection standing']);
  assert.equal(phaseOf(machine.call), 'waiting');
});

test('whoeverIsThereMayStartOver', () => {
  const machine = preconnected().hear(named({ offer: 8 }));
  machine.did();

  machine.take({ type: 'started-over', description: offer });
  assert.deepEqual(machine.did(), ['open-connection', 'remote-signal']);
});
