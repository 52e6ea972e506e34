import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RelayEcho, countedIn, lostBetween, relayRoundTripMs } from '../src/echo.ts';
import { waysOf } from '../src/relay-ways.ts';
import { FakeStream, FakeTrack } from './fake-rtc.ts';

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

/** As much of an RTCPeerConnection as two ends in one page need to reach each other. */
class End {
  connectionState = 'new';
  onconnectionstatechange = () => {};
  ontrack = (_: object) => {};
  readonly #places: { readonly sender: Sender; readonly receiver: { readonly track: FakeTrack } }[] = [];
  addTransceiver(kind: string): void {
    this.#places.push({ sender: new Sender(), receiver: { track: new FakeTrack(kind) } });
  }
  getTransceivers(): readonly object[] {
    return this.#places;
  }
  async setLocalDescription(): Promise<void> {}
  async setRemoteDescription(): Promise<void> {
    // The far end offers nothing of its own.
    if (this.#places.length > 0) return;
    for (const kind of ['audio', 'video']) this.ontrack({ track: new FakeTrack(kind) });
    this.connectionState = 'connected';
    this.onconnectionstatechange();
  }
  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }
  close(): void {}
}

class Sender {
  track: unknown = null;
  async replaceTrack(track: unknown): Promise<void> {
    this.track = track;
  }
}

test('aCameraThatAnswersAfterTheClickComesBackAsWell', async () => {
  Object.assign(globalThis, { MediaStream: FakeStream, RTCPeerConnection: End });
  let tracks: (FakeTrack | null)[] = [null, null];
  let changes = 0;
  const servers = [{ urls: ['turn:a:3478'], ...credentials }];
  const echo = new RelayEcho(servers, () => tracks as unknown as MediaStreamTrack[], () => (changes += 1));
  const kinds = () => echo.stream.getTracks().map(({ kind }) => kind);
  while (echo.state.state !== 'back') await new Promise(setImmediate);
  assert.deepEqual(kinds(), [], 'nothing is sent, so nothing comes back');

  const before = changes;
  tracks = [new FakeTrack('audio'), new FakeTrack('video')];
  echo.mediaChanged();
  assert.deepEqual(kinds(), ['audio', 'video']);
  assert.equal(changes, before + 1, 'and it is drawn at once');

  tracks = [new FakeTrack('audio'), null];
  echo.mediaChanged();
  assert.deepEqual(kinds(), ['audio'], 'a camera that is off is not shown');
  echo.stop();
  assert.deepEqual(kinds(), []);
});
