import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedIn, lostBetween, relayRoundTripMs, waysOf } from '../src/echo.ts';

const credentials = { username: 'u', credential: 'c' };

test('eachWayToTheRelayIsTriedWithOneAddressAndTheBestOneFirst', () => {
  const ways = waysOf([
    { urls: ['stun:a:3478'] },
    {
      urls: ['turns:a:5349?transport=tcp', 'turn:a:3478?transport=tcp', 'turn:a:3478?transport=udp', 'turn:b:3478'],
      ...credentials,
    },
  ]);

  assert.deepEqual(ways, [
    { over: 'udp', server: { urls: ['turn:a:3478?transport=udp'], ...credentials } },
    { over: 'tcp', server: { urls: ['turn:a:3478?transport=tcp'], ...credentials } },
    { over: 'tls', server: { urls: ['turns:a:5349?transport=tcp'], ...credentials } },
  ]);
});

test('aServerWithoutARelayHasNoWay', () => {
  assert.deepEqual(waysOf([]), []);
  assert.deepEqual(waysOf([{ urls: ['stun:a:3478'] }]), []);
});

test('whatIsLostIsAShareOfWhatWasSentBetweenTwoLooks', () => {
  const before = countedIn([
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: 0 },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: 50, packetsLost: 10 },
    { type: 'outbound-rtp', packetsReceived: 7, packetsLost: 7 },
  ]);
  assert.deepEqual(before, { received: 100, lost: 10 });

  assert.equal(lostBetween(before, { received: 190, lost: 20 }), 0.1);
  assert.equal(lostBetween(before, { received: 150, lost: 9 }), 0, 'what came late after all is not less than nothing');
  assert.equal(lostBetween(before, before), undefined);
});

test('aPacketThatComesBackHasPassedTheWayToTheRelayTwice', () => {
  const stats = [
    { type: 'candidate-pair', state: 'failed', currentRoundTripTime: 0.001 },
    { type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: 0.08 },
    { type: 'transport' },
  ];

  assert.equal(relayRoundTripMs(stats), 40);
  assert.equal(relayRoundTripMs(stats.slice(0, 1)), undefined);
});
