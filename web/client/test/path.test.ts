import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathOf } from '../src/path.ts';

/** What two candidates of these types look like to Chromium, whose transport names the pair. */
function stats(local: object, remote: object): Record<string, unknown>[] {
  return [
    { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
    { id: 'X', type: 'candidate-pair', localCandidateId: 'none', remoteCandidateId: 'R' },
    { id: 'P', type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R' },
    { id: 'L', type: 'local-candidate', ...local },
    { id: 'R', type: 'remote-candidate', ...remote },
  ];
}

test('twoOrdinaryCandidatesAreADirectPath', () => {
  for (const candidateType of ['host', 'srflx', 'prflx']) {
    assert.deepEqual(pathOf(stats({ candidateType }, { candidateType: 'host' }), ''), { relayed: 'no' });
  }
});

test('aRelayOfThisSideComesWithItsProtocol', () => {
  for (const protocol of ['udp', 'tcp', 'tls'] as const) {
    const local = { candidateType: 'relay', relayProtocol: protocol, protocol: 'udp' };
    assert.deepEqual(pathOf(stats(local, { candidateType: 'relay' }), ''), { relayed: 'here', protocol });
  }
});

test('aRelayOfTheOtherSideOnlyIsThere', () => {
  assert.deepEqual(pathOf(stats({ candidateType: 'host' }, { candidateType: 'relay' }), ''), { relayed: 'there' });
});

test('aRelayThatWasMetBeforeItWasNamedIsARelay', () => {
  const met = stats({ candidateType: 'host' }, { candidateType: 'prflx', address: '10.0.0.1', port: 50_000 });
  const sdp = (port: number, type: string) =>
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n' +
    `a=candidate:1 1 udp 8265727 10.0.0.1 ${port} typ ${type} raddr 0.0.0.0 rport 0\r\n`;

  assert.deepEqual(pathOf(met, sdp(50_000, 'relay')), { relayed: 'there' });
  assert.deepEqual(pathOf(met, sdp(50_001, 'relay')), { relayed: 'no' });
  assert.deepEqual(pathOf(met, sdp(50_000, 'srflx')), { relayed: 'no' });
});

test('withoutATransportThePairSaysThatItIsSelected', () => {
  const older = stats({ candidateType: 'host' }, { candidateType: 'relay' })
    .filter(({ type }) => type !== 'transport')
    .map((one) => (one['id'] === 'P' ? { ...one, selected: true } : one));

  assert.deepEqual(pathOf(older, ''), { relayed: 'there' });
});

test('thereIsNoPathBeforeAPairIsSelected', () => {
  assert.equal(pathOf([], ''), undefined);
  assert.equal(pathOf([{ id: 'T', type: 'transport' }], ''), undefined);
  assert.equal(pathOf([{ id: 'T', type: 'transport', selectedCandidatePairId: 'gone' }], ''), undefined);
});
