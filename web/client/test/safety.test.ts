import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { SafetyMessage } from '../src/direct.ts';
import { fingerprintsOf, SafetyExchange } from '../src/safety.ts';
import { safetyCode } from '../src/safety-code.ts';

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(createHash('sha256').update(bytes).digest());
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const fingerprint = (): string =>
  randomBytes(32).toString('hex').toUpperCase().match(/../g)!.join(':');
function sdpOf(value: string, algorithm = 'sha-256'): string {
  const section = (kind: string) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=fingerprint:${algorithm} ${value}\r\n`;
  return `v=0\r\n${section('audio')}${section('video')}`;
}

/** One end of an exchange, and what it said that nobody has taken yet. */
class End {
  readonly said: SafetyMessage[] = [];
  readonly states: string[] = [];
  readonly nonce: string;
  readonly exchange: SafetyExchange;

  constructor(first: boolean, localSdp: string, remoteSdp: string, nonce = randomBytes(32).toString('hex')) {
    this.nonce = nonce;
    this.exchange = new SafetyExchange({
      first,
      localSdp,
      remoteSdp,
      nonce: new Uint8Array(Buffer.from(nonce, 'hex')),
      hash: sha256,
      send: (message) => this.said.push(message),
      changed: (state) => this.states.push(state.name === 'failed' ? state.why : state.name),
    });
  }

  get code(): string {
    const { state } = this.exchange;
    return state.name === 'ready' ? Buffer.from(state.code).toString('hex') : state.name;
  }

  async hear(...messages: SafetyMessage[]): Promise<void> {
    for (const message of messages) this.exchange.receive(message);
    await settle();
  }

  take(): SafetyMessage {
    const message = this.said.shift();
    assert.ok(message !== undefined, 'there is nothing to take');
    return message;
  }
}

async function talk(a: End, b: End): Promise<void> {
  a.exchange.start();
  b.exchange.start();
  await settle();
  while (a.said.length + b.said.length > 0) {
    for (const [from, to] of [[a, b], [b, a]] as const) while (from.said.length > 0) await to.hear(from.take());
  }
}

test('twoWhoAreConnectedToEachOtherHaveTheSameCode', async () => {
  const [a, b] = [sdpOf(fingerprint()), sdpOf(fingerprint())];
  // The same certificate as another browser would write it.
  const [first, second] = [new End(true, a, b.toLowerCase()), new End(false, b, a.replaceAll('\r\n', '\n'))];

  await talk(first, second);

  assert.match(first.code, /^[0-9a-f]{8}$/);
  assert.equal(first.code, second.code);
  assert.deepEqual([first.states, second.states], [['ready'], ['ready']]);
});

test('theCodeIsOfBothCertificatesAndBothNonces', async () => {
  const code = async (a: string, b: string, nonces: readonly [string, string]): Promise<string> => {
    const [first, second] = [new End(true, a, b, nonces[0]), new End(false, b, a, nonces[1])];
    await talk(first, second);
    assert.equal(first.code, second.code);
    return first.code;
  };
  const print = (byte: string): string => `sha-256 ${Array(32).fill(byte).join(':')}`;
  const sdp = (byte: string): string => `v=0\r\na=fingerprint:${print(byte)}\r\n`;
  const nonces = ['01'.repeat(32), '02'.repeat(32)] as const;
  const parts = ['duet safety 1', 'code', print('AA'), print('BB'), ...nonces];
  const expected = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);

  assert.equal(await code(sdp('AA'), sdp('bb'), nonces), expected);
  const others = [
    await code(sdp('AC'), sdp('BB'), nonces),
    await code(sdp('AA'), sdp('BC'), nonces),
    await code(sdp('BB'), sdp('AA'), nonces),
    await code(sdp('AA'), sdp('BB'), ['03'.repeat(32), nonces[1]]),
    await code(sdp('AA'), sdp('BB'), [nonces[0], '03'.repeat(32)]),
  ];
  assert.equal(new Set([expected, ...others]).size, 6);
});

test('theNextConnectionHasAnotherCode', async () => {
  const [a, b] = [sdpOf(fingerprint()), sdpOf(fingerprint())];
  const codes = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const [first, second] = [new End(true, a, b), new End(false, b, a)];
    await talk(first, second);
    codes.add(first.code);
  }
  assert.equal(codes.size, 5);
});

/** Between A and B, with a certificate for each, and the power to tell each of them its role. */
function between(aFirst: boolean, bFirst: boolean) {
  const [a, b, toA, toB] = [0, 1, 2, 3].map(() => sdpOf(fingerprint())) as [string, string, string, string];
  return {
    a: new End(aFirst, a, toA),
    b: new End(bFirst, b, toB),
    /** What the one between can be to each. */
    towardsA: (nonce?: string) => new End(!aFirst, toA, a, nonce),
    towardsB: (nonce?: string) => new End(!bFirst, toB, b, nonce),
  };
}

test('whoHandsOnEveryMessageIsFound', async () => {
  const { a, b } = between(true, false);
  await talk(a, b);

  assert.deepEqual([a.states, b.states], [['ready'], ['commitment-broken']]);
});

test('whoHoldsTwoHonestExchangesHasTwoCodes', async () => {
  for (const roles of [[true, false], [false, true], [true, true], [false, false]] as const) {
    const world = between(roles[0], roles[1]);
    const [towardsA, towardsB] = [world.towardsA(), world.towardsB()];
    await talk(world.a, towardsA);
    await talk(world.b, towardsB);

    assert.equal(world.a.code, towardsA.code);
    assert.equal(world.b.code, towardsB.code);
    assert.notEqual(world.a.code, world.b.code);
  }
});

test('twoWhoAreToldThatBothAreFirstOrBothSecondHaveNoCode', async () => {
  for (const first of [true, false]) {
    const [a, b] = [sdpOf(fingerprint()), sdpOf(fingerprint())];
    const [one, two] = [new End(first, a, b), new End(first, b, a)];
    await talk(one, two);
    one.exchange.expire();
    two.exchange.expire();
    assert.deepEqual([one.code, two.code], ['failed', 'failed']);
  }
});

test('anotherNonceThanTheCommittedOneIsFound', async () => {
  const world = between(true, false);
  const towardsA = world.towardsA();
  await talk(world.a, towardsA);

  // Knows A's code, commits to something, and when it knows B's nonce looks for one of its own that gives the first 8 bits.
  const committed = world.towardsB();
  committed.exchange.start();
  await settle();
  await world.b.hear(committed.take());
  const nonceOfB = world.b.take();
  let found: string | undefined;
  for (let i = 0; found === undefined; i++) {
    const tried = world.towardsB(i.toString(16).padStart(64, '0'));
    tried.exchange.receive(nonceOfB);
    await settle();
    if (tried.code.slice(0, 1) === world.a.code.slice(0, 1)) found = tried.nonce;
  }
  await world.b.hear({ type: 'safety', step: 'reveal', bytes: found });

  assert.deepEqual(world.b.states, ['commitment-broken']);
});

test('theFirstShowsItsNonceToNobodyWhoHasNotChosenTheirs', async () => {
  const { a } = between(true, false);
  a.exchange.start();
  await settle();

  assert.deepEqual(a.said.map(({ step }) => step), ['commit']);
  assert.ok(!JSON.stringify(a.said).includes(a.nonce));
});

test('theSecondShowsItsNonceToNobodyWhoHasNotCommitted', async () => {
  for (const step of ['nonce', 'reveal'] as const) {
    const { b } = between(true, false);
    b.exchange.start();
    await b.hear({ type: 'safety', step, bytes: '00'.repeat(32) });

    assert.deepEqual(b.said, []);
    assert.deepEqual(b.states, ['out-of-order']);
  }
});

test('guessesHitNoMoreOftenThanChance', async () => {
  // Whatever role the one between has, it chooses before it knows: of 8 bits it hits one in 256.
  const rounds = 300;
  let hits = 0;
  for (let i = 0; i < rounds; i++) {
    const world = between(i % 2 === 0, i % 4 < 2);
    const [towardsA, towardsB] = [world.towardsA(), world.towardsB()];
    await talk(world.a, towardsA);
    await talk(world.b, towardsB);
    if (world.a.code.slice(0, 2) === world.b.code.slice(0, 2)) hits += 1;
  }
  assert.ok(hits <= 8, `${hits} of ${rounds}`);
});

test('noMixtureOfForwardedOwnAndOldMessagesMakesTheCodesEqual', async () => {
  let ready = 0;
  for (let seed = 1; seed <= 600; seed++) {
    let x = seed * 7919;
    const random = (below: number): number => (x = (x * 48271) % 2147483647) % below;
    const world = between(random(2) === 0, random(2) === 0);
    const own = { a: world.towardsA(), b: world.towardsB() };
    const ends = [world.a, world.b, own.a, own.b];
    for (const end of ends) end.exchange.start();
    await settle();
    const seen: SafetyMessage[] = [];
    for (let step = 0; step < 14; step++) {
      for (const end of ends) seen.push(...end.said.splice(0));
      const message = seen[random(seen.length)];
      if (message === undefined) break;
      const altered = random(6) === 0 ? { ...message, bytes: message.bytes.slice(2) + '00' } : message;
      // The newest most of the time, as somebody would who wants to get through.
      await ends[random(4)]!.hear(random(3) > 0 ? (seen.at(-1) as SafetyMessage) : altered);
    }
    const [a, b] = [world.a.code, world.b.code];
    if (a.length === 8 || b.length === 8) ready += 1;
    assert.ok(a === 'going' || a === 'failed' || a !== b, `seed ${seed}: ${a}`);
  }
  assert.ok(ready > 20, `only ${ready} came so far`);
});

test('aSecondCommitmentTakesTheCodeBack', async () => {
  const [a, b] = [sdpOf(fingerprint()), sdpOf(fingerprint())];
  for (const step of ['commit', 'nonce', 'reveal'] as const) {
    const [first, second] = [new End(true, a, b), new End(false, b, a)];
    await talk(first, second);
    for (const end of [first, second]) {
      await end.hear({ type: 'safety', step, bytes: '12'.repeat(32) });
      assert.deepEqual(end.states, ['ready', 'out-of-order']);
      await end.hear({ type: 'safety', step, bytes: '12'.repeat(32) });
      assert.equal(end.states.length, 2, 'failed is final');
    }
  }
});

test('anotherCommitmentBeforeTheRevealIsFound', async () => {
  const { b, towardsB } = between(true, false);
  const [one, two] = [towardsB(), towardsB()];
  for (const end of [one, two]) end.exchange.start();
  await settle();
  await b.hear(one.take(), two.take());

  assert.deepEqual(b.states, ['out-of-order']);
});

test('whatComesBackAsItWentIsAReflection', async () => {
  const { a } = between(true, false);
  a.exchange.start();
  await settle();
  await a.hear(a.take());
  assert.deepEqual(a.states, ['out-of-order']);

  const again = between(true, false);
  again.a.exchange.start();
  await again.a.hear({ type: 'safety', step: 'nonce', bytes: again.a.nonce });
  assert.deepEqual(again.a.states, ['out-of-order']);
});

test('whoNeverAnswersIsTooLate', async () => {
  const { a, b } = between(true, false);
  for (const end of [a, b]) {
    end.exchange.start();
    await settle();
    end.exchange.expire();
    assert.deepEqual(end.states, ['too-late']);
  }
  await b.hear({ type: 'safety', step: 'commit', bytes: '00'.repeat(32) });
  assert.deepEqual(b.said, []);
});

test('aCertificateThatIsAddedOrChangedLaterTakesTheCodeBack', async () => {
  const [a, b, other] = [fingerprint(), fingerprint(), fingerprint()];
  for (const changed of [sdpOf(other), sdpOf(b) + sdpOf(other), sdpOf(b, 'sha-512'), 'v=0\r\n']) {
    const [first, second] = [new End(true, sdpOf(a), sdpOf(b)), new End(false, sdpOf(b), sdpOf(a))];
    await talk(first, second);
    first.exchange.check(sdpOf(a), sdpOf(b));
    assert.deepEqual(first.states, ['ready']);
    first.exchange.check(sdpOf(a), changed);
    assert.deepEqual(first.states, ['ready', 'fingerprints-changed']);
  }
});

test('everyFingerprintABrowserMightAcceptCounts', () => {
  const [a, b] = [fingerprint(), fingerprint()];

  assert.equal(fingerprintsOf(sdpOf(a)), `sha-256 ${a}`);
  assert.equal(fingerprintsOf(sdpOf(b) + sdpOf(a)), fingerprintsOf(sdpOf(a) + sdpOf(b)));
  assert.notEqual(fingerprintsOf(sdpOf(a) + sdpOf(b)), fingerprintsOf(sdpOf(a)));
  for (const odd of [
    `a=fingerprint:sha-256  ${b}`,
    `a=fingerprint:sha-1 ${b}`,
    `a=fingerprint: sha-256 ${b}`,
    `a=fingerprint:sha-256 ${b} x`,
    'a=fingerprint:',
  ]) {
    assert.equal(fingerprintsOf(`${sdpOf(a)}${odd}\r\n`), undefined, odd);
  }
  assert.equal(fingerprintsOf('v=0\r\n'), undefined);
});

test('withoutClearFingerprintsNothingIsSaid', async () => {
  const a = sdpOf(fingerprint());
  for (const [local, remote] of [[a, ''], ['', a], [a, a], [a, `${a}a=fingerprint:x\r\n`]] as const) {
    const end = new End(true, local, remote);
    end.exchange.start();
    await settle();
    assert.deepEqual([end.said, end.states], [[], ['fingerprints-unclear']]);
  }
});

test('aCodeIsFourWordsAndFourEmojiOfThirtyTwoBits', () => {
  const seen = { words: new Set<string>(), emoji: new Set<string>() };
  for (let i = 0; i < 256; i++) {
    const { words, emoji } = safetyCode(new Uint8Array([i, 0, 255, i]));
    assert.equal(words.length, 4);
    assert.equal(emoji.length, 4);
    assert.equal(words[0], words[3]);
    seen.words.add(words[0]!);
    seen.emoji.add(emoji[0]!);
  }
  assert.equal(seen.words.size, 256);
  assert.equal(seen.emoji.size, 256);
  for (const word of seen.words) assert.match(word, /^[a-z]{3,8}$/);
  for (const one of seen.emoji) assert.match(one, /^\p{Emoji_Presentation}$/u);
});
