import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaErrorCode } from '../src/errors.ts';
import { readServerMessage } from '../src/protocol.ts';
import { SeatStore } from '../src/seat-store.ts';
import { startedOver } from '../src/sdp.ts';

const kindOf = (value: unknown): string => readServerMessage(JSON.stringify(value)).kind;

test('whatKeepsThePromiseIsAMessage', () => {
  assert.equal(kindOf({ type: 'pong' }), 'message');
  assert.equal(kindOf({ type: 'signal', from: 'p', candidate: null }), 'message');
  assert.equal(kindOf({ type: 'signal', from: 'p', data: null }), 'message');
  assert.equal(kindOf({ type: 'ended', reason: 'removed', invented: 'later' }), 'message');
  assert.equal(kindOf({ type: 'answered', offer: 7, description: { type: 'answer', sdp: '' } }), 'message');
  assert.equal(kindOf({ type: 'looking', visitors: 1 }), 'message');
  assert.equal(kindOf({ type: 'offered', offer: 7, from: 'q', description: { type: 'offer', sdp: '' } }), 'message');
});

test('anOfferThatIsHandedOutIsWhole', () => {
  const you = { id: 'p', order: 2, state: 'present' };
  const seat = { token: 't', graceMs: 30_000 };
  const joined = { type: 'joined', you, seat, participants: [], iceServers: [] };
  const description = { type: 'offer', sdp: 'v=0' };

  assert.equal(kindOf({ ...joined, offer: 7 }), 'message', 'it was shown before');
  assert.equal(kindOf({ ...joined, offer: 7, from: 'q', description }), 'message');
  assert.equal(kindOf({ ...joined, offer: 7, description }), 'bad');
  assert.equal(kindOf({ ...joined, from: 'q', description }), 'bad');
  assert.equal(kindOf({ ...joined, offer: '7' }), 'bad');
  assert.equal(kindOf({ ...joined, offer: 7, candidates: [{ candidate: 'c' }] }), 'message');
  assert.equal(kindOf({ ...joined, offer: 7, candidates: [null] }), 'bad');
});

test('unknownTypesAreNoFault', () => {
  assert.equal(kindOf({ type: 'invented-later' }), 'unknown');
  assert.equal(kindOf({ type: 'toString' }), 'unknown');
});

test('whatBreaksThePromiseIsBad', () => {
  assert.equal(readServerMessage('{').kind, 'bad');
  for (const value of [
    null,
    [],
    'pong',
    {},
    { type: 7 },
    { type: 'signal', from: 'p' },
    { type: 'signal', from: 'p', candidate: null, data: 1 },
    { type: 'signal', from: 'p', description: { type: 'offer' } },
    { type: 'participant-joined', participant: 'p' },
    { type: 'participant-joined', participant: { id: 'p', order: 1, state: 'present' }, offer: 'x' },
    { type: 'answered', candidate: null },
    { type: 'answered', offer: 7 },
    { type: 'answered', offer: 7, candidate: null },
    { type: 'offered', offer: 7, description: { type: 'offer', sdp: '' } },
    { type: 'looking', offer: 7 },
    { type: 'participant-joined', participant: { id: 'p', order: 1, state: 'present' }, offer: 7, answer: {} },
    { type: 'joined', you: { id: 'p', order: 1, state: 'present' } },
    { type: 'error', message: 'no code' },
  ]) {
    assert.equal(kindOf(value), 'bad', JSON.stringify(value));
  }
});

test('anotherFingerprintIsAnotherConnection', () => {
  const one = 'v=0\r\na=fingerprint:sha-256 AA:BB\r\nm=audio\r\n';
  const other = 'v=0\r\nm=audio\r\na=fingerprint:sha-256 CC:DD\r\n';

  assert.equal(startedOver(one, one.toLowerCase()), false);
  assert.equal(startedOver(one, other), true);
  assert.equal(startedOver(one, 'v=0\r\n'), false);
});

test('mediaErrorsHaveStableCodes', () => {
  assert.equal(mediaErrorCode('NotAllowedError'), 'permission-denied');
  assert.equal(mediaErrorCode('NotFoundError'), 'no-device');
  assert.equal(mediaErrorCode('NotReadableError'), 'device-busy');
  assert.equal(mediaErrorCode('TypeError'), 'device-failed');
});

function fakeStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  } as unknown as Storage;
}

test('aReloadWithinTheGraceFindsItsSeat', () => {
  const seats = new SeatStore(fakeStorage());
  seats.keep({ room: 'r', token: 't', graceMs: 30_000 });
  seats.markLeft('r', 1_000);

  assert.deepEqual(seats.takeOver('r', 3_000), { token: 't', fresh: true });
  assert.deepEqual(seats.takeOver('r', 3_000), { token: 't', fresh: false }, 'a duplicate of the page is no reload');
  assert.equal(seats.takeOver('another', 3_000), undefined);
});

test('aTabRestoredLaterDoesNotJoinByItself', () => {
  const seats = new SeatStore(fakeStorage());
  seats.keep({ room: 'r', token: 't', graceMs: 30_000 });
  seats.markLeft('r', 1_000);

  assert.deepEqual(seats.takeOver('r', 86_400_000), { token: 't', fresh: false });
});

test('whoWasElsewhereLongerThanAReloadIsAsked', () => {
  const seats = new SeatStore(fakeStorage());
  seats.keep({ room: 'r', token: 't', graceMs: 30_000 });
  seats.markLeft('r', 1_000);

  assert.deepEqual(seats.takeOver('r', 6_000), { token: 't', fresh: false }, 'by now the server has given the seat up');
});

test('aPageOutOfTheBackForwardCacheThatIsLoadedAnewWasLeftWhenItWentIn', () => {
  const seats = new SeatStore(fakeStorage());
  seats.keep({ room: 'r', token: 't', graceMs: 30_000 });
  seats.markLeft('r', 1_000);
  seats.markLeft('r', 600_000);

  assert.deepEqual(seats.takeOver('r', 600_100), { token: 't', fresh: false });

  seats.keep({ room: 'r', token: 'u', graceMs: 30_000 });
  seats.markLeft('r', 700_000);
  assert.deepEqual(seats.takeOver('r', 700_100), { token: 'u', fresh: true }, 'who has joined since then leaves anew');
});

test('seatsLiveWithoutStorage', () => {
  const seats = new SeatStore(undefined);
  seats.keep({ room: 'r', token: 't', graceMs: 1 });

  assert.equal(seats.takeOver('r', 0), undefined);
});
