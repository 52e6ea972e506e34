import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemoteCandidates, WAITING_CANDIDATES_MAX } from '../src/remote-candidates.ts';
import type { Candidate } from '../src/protocol.ts';

/** Takes candidates of the description it has, and throws at others, as a browser does. */
class FakeTaker {
  remoteDescription: { sdp: string } | null = null;
  readonly taken: (string | null)[] = [];

  describe(ufrag: string): void {
    this.remoteDescription = { sdp: `v=0\r\na=ice-ufrag:${ufrag}\r\n` };
  }

  async addIceCandidate(candidate: Candidate | null): Promise<void> {
    await Promise.resolve();
    if (candidate?.candidate === 'broken') throw new Error('no candidate');
    this.taken.push(candidate?.candidate ?? null);
  }
}

const of = (usernameFragment: string, candidate: string): Candidate => ({ candidate, usernameFragment });

function world(): { pc: FakeTaker; candidates: RemoteCandidates } {
  const pc = new FakeTaker();
  return { pc, candidates: new RemoteCandidates(pc) };
}

test('candidatesBeforeTheirDescriptionWaitForItInOrder', async () => {
  const { pc, candidates } = world();
  for (const one of [of('new', '1'), of('new', '2'), null]) await candidates.take(one);
  assert.deepEqual(pc.taken, []);

  pc.describe('new');
  await candidates.described();
  await candidates.take(of('new', '3'));
  assert.deepEqual(pc.taken, ['1', '2', null, '3']);
});

test('candidatesOfTheNextGenerationWaitWhileTheLastOneIsThere', async () => {
  const { pc, candidates } = world();
  pc.describe('old');
  await candidates.take(of('new', '1'));
  await candidates.take(of('old', '2'));
  await candidates.described();
  assert.deepEqual(pc.taken, ['2']);

  pc.describe('new');
  await candidates.described();
  assert.deepEqual(pc.taken, ['2', '1']);
});

test('aCandidateIsTakenOnce', async () => {
  const { pc, candidates } = world();
  await candidates.take(of('a', '1'));
  pc.describe('a');
  await candidates.described();
  await candidates.described();
  assert.deepEqual(pc.taken, ['1']);
});

test('oneThatIsRefusedDoesNotKeepTheOthers', async () => {
  const { pc, candidates } = world();
  for (const text of ['1', 'broken', '2']) await candidates.take(of('a', text));
  pc.describe('a');
  await candidates.described();
  assert.deepEqual(pc.taken, ['1', '2']);
});

test('ofTooManyTheLastWait', async () => {
  const { pc, candidates } = world();
  for (let i = 0; i < WAITING_CANDIDATES_MAX + 3; i++) await candidates.take(of('a', String(i)));
  pc.describe('a');
  await candidates.described();
  assert.equal(pc.taken.length, WAITING_CANDIDATES_MAX);
  assert.equal(pc.taken[0], '3');
});
