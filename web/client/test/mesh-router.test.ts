import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LINKS_MAX, Router } from '../src/mesh-router.ts';
import type { RouterOutput } from '../src/mesh-router.ts';
import type { JoinedMessage, Participant, ServerMessage } from '../src/protocol.ts';

const person = (id: string, order: number, instance = `i-${id}`): Participant => ({
  id,
  order,
  instance,
  state: 'present',
});
const ann = person('ann', 1);
const bo = person('bo', 2);
const cy = person('cy', 3);
const di = person('di', 4);

const joined = (you: Participant, participants: readonly Participant[], more: Partial<JoinedMessage> = {}) =>
  ({
    type: 'joined',
    id: 1,
    room: 'r',
    you,
    seat: { token: 'a secret', graceMs: 30_000 },
    capacity: 4,
    recovered: false,
    participants,
    iceServers: [{ urls: 'stun:192.0.2.1' }],
    ...more,
  }) as const;
const came = (participant: Participant): ServerMessage => ({ type: 'participant-joined', participant });
const back = (participant: Participant): ServerMessage => ({ type: 'participant-back', participant, recovered: true });
const left = (participant: string, reason: 'left' | 'grace-ended' = 'left'): ServerMessage => ({
  type: 'participant-left',
  participant,
  reason,
});
const signal = (from: string): ServerMessage => ({ type: 'signal', from, data: from });

/** What is told to which link, in short. */
function told(outputs: readonly RouterOutput[]): string[] {
  return outputs.map((output) => {
    if (output.type === 'send') return `server ${output.message.type}`;
    const who = (m: ServerMessage) => (m.type === 'joined' ? m.participants.map(({ id }) => id).join() : m.type);
    return `${output.link} ${output.type}${'message' in output ? ` ${who(output.message)}` : ''}`;
  });
}

/** Ann with everybody of these in the room. */
function inRoom(...others: Participant[]): Router {
  const router = new Router();
  router.heard(joined(ann, others), 0);
  return router;
}

test('everyOtherHasALinkThatBelievesItselfInARoomOfTwo', () => {
  const router = new Router();

  assert.deepEqual(told(router.heard(joined(ann, [bo, cy, di]), 0)), [
    '1 open',
    '1 joined bo',
    '2 open',
    '2 joined cy',
    '3 open',
    '3 joined di',
  ]);
});

test('whoComesLaterIsTheOnlyOneInWhatTheirLinkIsTold', () => {
  const router = inRoom(bo);

  const outputs = router.heard(came(cy), 0);

  assert.deepEqual(told(outputs), ['2 open', '2 joined cy']);
  const [, output] = outputs;
  assert.equal(output?.type === 'joined' && output.message.you.id, 'ann');
  assert.equal(output?.type === 'joined' && output.message.recovered, false);
});

test('whatIsSaidOfOneIsForTheirLinkAlone', () => {
  const router = inRoom(bo, cy);
  const away: ServerMessage = { type: 'participant-away', participant: 'cy', reason: 'silent', graceMs: 1 };

  assert.deepEqual(told(router.heard(away, 0)), ['2 message participant-away']);
  assert.deepEqual(told(router.heard(back(cy), 0)), ['2 message participant-back']);
  assert.deepEqual(told(router.heard(signal('bo'), 0)), ['1 message signal']);
  assert.deepEqual(told(router.heard(left('bo'), 0)), ['1 message participant-left']);
  assert.deepEqual(
    told(router.undelivered({ type: 'undelivered', participant: 'cy', bodies: [], why: 'full' })),
    ['2 undelivered'],
  );
});

test('aSignalOfAStrangerIsForNobody', () => {
  assert.deepEqual(inRoom(bo).heard(signal('di'), 0), []);
});

test('whoseLinkIsOverMayComeAgain', () => {
  const router = inRoom(bo, cy);
  router.heard(left('bo'), 0);
  router.closed(1);

  assert.deepEqual(told(router.heard(came(person('bo2', 5)), 0)), ['3 open', '3 joined bo2']);
});

test('whoLostTheSeatAndIsTheSamePageHasTheSameLink', () => {
  const router = inRoom(bo, cy);
  router.heard(left('bo', 'grace-ended'), 0);

  assert.deepEqual(told(router.heard(came(person('bo2', 5, 'i-bo')), 0)), ['1 message participant-joined']);
  assert.deepEqual(told(router.heard(signal('bo2'), 0)), ['1 message signal']);
});

test('aSecondPageWithTheInstanceOfSomebodySeatedIsSomebodyElse', () => {
  assert.deepEqual(told(inRoom(bo).heard(came(person('cy', 3, 'i-bo')), 0)), ['2 open', '2 joined cy']);
});

test('theRoomAsItIsAfterALostConnectionIsToldToEachLink', () => {
  const router = inRoom(bo, cy);

  assert.deepEqual(told(router.lost()), ['1 lost', '2 lost']);
  assert.deepEqual(told(router.heard(joined(ann, [cy, di]), 0)), ['1 joined ', '2 joined cy', '3 open', '3 joined di']);
});

test('whoCameBackAsSomebodyElseMeanwhileKeepsTheLink', () => {
  const router = inRoom(bo, cy);
  router.lost();

  assert.deepEqual(told(router.heard(joined(ann, [cy, person('bo2', 5, 'i-bo')]), 0)), ['1 joined bo2', '2 joined cy']);
});

test('afterARestartWhoIsMissingMayReturnUnlessTheRoomIsFull', () => {
  const mayReturn = (capacity: number) => {
    const router = inRoom(bo, cy);
    router.lost();
    const [first] = router.heard(joined(ann, [cy], { capacity, othersMayReturnMs: 20_000 }), 0);
    return first?.type === 'joined' ? first.message.othersMayReturnMs : 'not told';
  };

  assert.equal(mayReturn(3), 20_000);
  assert.equal(mayReturn(2), undefined);
});

test('aParkedOfferIsForTheLinkWithItsAuthor', () => {
  const description = { type: 'offer', sdp: 'v=0' } as const;
  const outputs = new Router().heard(joined(ann, [bo, cy], { offer: 7, from: 'cy', description }), 0);
  const offers = outputs.map((output) => (output.type === 'joined' ? output.message.offer : undefined));

  assert.deepEqual(offers, [undefined, undefined, undefined, 7]);
});

test('aLinkSaysSignalsAndNothingAboutTheSeat', () => {
  const router = inRoom(bo);

  assert.deepEqual(told(router.says(1, { type: 'signal', to: 'bo', data: 1 })), ['server signal']);
  assert.deepEqual(router.says(1, { type: 'join', id: 1, room: 'r' }), []);
  assert.deepEqual(router.says(1, { type: 'leave' }), []);
});

test('freshIceServersAreAskedForOnceAndGivenToWhoWaits', () => {
  const router = inRoom(bo, cy, di);
  const fresh = { type: 'ice-servers', id: 0, iceServers: [] } as const;

  assert.deepEqual(told(router.says(1, { type: 'ice-servers', id: 0 })), ['server ice-servers']);
  assert.deepEqual(router.says(3, { type: 'ice-servers', id: 0 }), []);
  assert.deepEqual(told(router.heard(fresh, 0)), ['1 message ice-servers', '3 message ice-servers']);
  assert.deepEqual(router.heard(fresh, 0), []);
});

test('whoComesLateIsToldHowLongTheIceServersStillLive', () => {
  const router = new Router();
  router.heard(joined(ann, [], { iceServersLifeMs: 600_000 }), 1_000);

  const [, output] = router.heard(came(bo), 401_000);

  assert.equal(output?.type === 'joined' && output.message.iceServersLifeMs, 200_000);
});

test('thereAreNeverMoreLinksThanTheirMaximum', () => {
  const router = new Router();
  router.heard(joined(ann, []), 0);
  const outputs: string[] = [];
  for (let i = 1; i <= LINKS_MAX + 2; i++) {
    outputs.push(...told(router.heard(came(person(`p${i}`, i)), 0)));
    router.heard(left(`p${i}`, 'grace-ended'), 0);
  }

  assert.deepEqual(
    outputs.filter((one) => one.endsWith('close')),
    ['1 close', '2 close'],
  );
});

test('whereEverybodyIsSeatedNobodyIsGivenUpForOneTooMany', () => {
  const many = Array.from({ length: LINKS_MAX }, (_, i) => person(`p${i}`, i));

  assert.deepEqual(inRoom(...many).heard(came(cy), 0), []);
});
