import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quality } from '../src/api.ts';
import { audioScore, QualityMeter, SAMPLES, videoScore } from '../src/quality.ts';

interface World {
  concealed: number;
  silent: number;
  frames: number;
  width: number;
  height: number;
  roundTripMs: number;
  frozen: number;
  bytes: number;
  lost: number;
}

const GOOD: World = {
  concealed: 0,
  silent: 0,
  frames: 30,
  width: 1280,
  height: 720,
  roundTripMs: 40,
  frozen: 0,
  bytes: 100_000,
  lost: 0,
};
const BOTH = { audio: true, video: true };

/** A call second by second: what a browser's counters would say. */
class FakeCall {
  readonly meter = new QualityMeter();
  atMs = 1_000;
  connection = 1;
  firefox = false;
  #count: Record<string, number> = {};

  #grow(name: string, by: number): number {
    return (this.#count[name] = (this.#count[name] ?? 0) + by);
  }

  second(world: Partial<World> = {}, expected = BOTH): Quality | undefined {
    const w = { ...GOOD, ...world };
    this.atMs += 1000;
    const flowing = w.bytes > 0;
    const id = (name: string) => `${name}${this.connection}`;
    const pair = { id: id('P'), type: 'candidate-pair', currentRoundTripTime: w.roundTripMs / 1000 };
    const stats = [
      this.firefox
        ? { ...pair, selected: true }
        : { id: id('T'), type: 'transport', selectedCandidatePairId: id('P') },
      ...(this.firefox ? [] : [pair]),
      {
        id: id('A'),
        type: 'inbound-rtp',
        kind: 'audio',
        bytesReceived: this.#grow('audio', flowing ? 5_000 : 0),
        packetsReceived: this.#grow('audioPackets', flowing ? 50 : 0),
        packetsLost: this.#grow('audioLost', w.lost),
        totalSamplesReceived: this.#grow('samples', 48_000),
        concealedSamples: this.#grow('concealed', flowing ? w.concealed * 48_000 : 48_000),
        silentConcealedSamples: this.#grow('silent', w.silent * 48_000),
        jitterBufferDelay: this.#grow('delay', 48_000 * 0.05),
        jitterBufferEmittedCount: this.#grow('emitted', 48_000),
        jitter: 0.004,
      },
      {
        id: id('V'),
        type: 'inbound-rtp',
        kind: 'video',
        bytesReceived: this.#grow('video', w.bytes),
        packetsReceived: this.#grow('videoPackets', w.bytes / 1000),
        packetsLost: 0,
        framesDecoded: this.#grow('frames', flowing ? w.frames : 0),
        totalFreezesDuration: this.#grow('frozen', w.frozen),
        frameWidth: w.width,
        frameHeight: w.height,
      },
      { id: id('O'), type: 'outbound-rtp', kind: 'video', bytesSent: this.#grow('sent', 50_000) },
    ];
    return this.meter.add(stats, this.atMs, expected);
  }

  seconds(count: number, world: Partial<World> = {}, expected = BOTH): Quality | undefined {
    let last: Quality | undefined;
    for (let i = 0; i < count; i++) last = this.second(world, expected);
    return last;
  }

  /** As a new RTCPeerConnection: other ids, counters from nothing. */
  replaceConnection(sameIds = false): void {
    if (!sameIds) this.connection += 1;
    this.#count = {};
  }
}

test('aGoodCallHasThreeBarsInBothBrowsers', () => {
  for (const firefox of [false, true]) {
    const call = new FakeCall();
    call.firefox = firefox;

    const quality = call.seconds(5);

    assert.equal(quality?.bars, 3);
    assert.ok((quality?.audio ?? 0) > 90 && (quality?.video ?? 0) > 95, JSON.stringify(quality));
    assert.equal(call.meter.samples.at(-1)?.roundTripMs, 40);
  }
});

test('nothingIsKnownFromOneReport', () => {
  assert.equal(new FakeCall().second(), undefined);
});

test('aSampleIsWhatHappenedInItsSecond', () => {
  const call = new FakeCall();
  call.seconds(2);
  call.second({ lost: 5 });

  const sample = call.meter.samples.at(-1);
  assert.deepEqual({ ...sample, lost: undefined }, {
    atMs: call.atMs,
    sentBps: 400_000,
    receivedBps: 840_000,
    roundTripMs: 40,
    lost: undefined,
    jitterMs: 4,
    framesPerSecond: 30,
    width: 1280,
    height: 720,
  });
  assert.ok(Math.abs((sample?.lost ?? 0) - 5 / 155) < 1e-9);
});

test('theWorseOfSoundAndPictureDecides', () => {
  const sound = new FakeCall().seconds(10, { concealed: 0.2 });
  assert.equal(sound?.bars, 1);
  assert.ok((sound?.video ?? 0) > 95);

  const picture = new FakeCall().seconds(10, { width: 160, height: 90 });
  assert.equal(picture?.bars, 1);
  assert.ok((picture?.audio ?? 0) > 90);
});

test('silenceThatIsInventedDoesNotHurt', () => {
  assert.equal(new FakeCall().seconds(10, { concealed: 0.3, silent: 0.3 })?.bars, 3);
});

test('aLongWayIsHeardInTheSound', () => {
  const near = new FakeCall().seconds(5, { roundTripMs: 20 })?.audio ?? 0;
  const far = new FakeCall().seconds(5, { roundTripMs: 700 })?.audio ?? 0;
  assert.ok(near > 95 && far < 70, `${near} ${far}`);
});

test('aFreezeIsSeenWhileItLastsAndAfterwards', () => {
  const call = new FakeCall();
  call.seconds(10);
  const during = call.seconds(4, { frames: 0 });
  assert.ok((during?.video ?? 100) < 60, JSON.stringify(during));

  const after = call.second({ frozen: 4 });
  assert.ok((after?.video ?? 100) < 50, JSON.stringify(after));
});

test('aCameraOfFifteenFramesIsNotABadOne', () => {
  assert.equal(new FakeCall().seconds(10, { frames: 15 })?.bars, 3);
});

test('whenNothingComesForThreeSecondsThereAreNoBars', () => {
  const call = new FakeCall();
  call.seconds(5);
  assert.notEqual(call.seconds(2, { bytes: 0 })?.bars, 0);
  assert.deepEqual(call.second({ bytes: 0 }), { bars: 0 });
  assert.ok((call.seconds(2)?.bars ?? 0) > 0);
});

test('whatHasNeverComeIsMissedToo', () => {
  const meter = new QualityMeter();
  for (let i = 0; i < 3; i++) assert.equal(meter.add([], i * 1000, BOTH), undefined);
  assert.deepEqual(meter.add([], 3000, BOTH), { bars: 0 });
});

test('whatIsNotSentIsNotMissed', () => {
  const call = new FakeCall();
  call.seconds(5);

  assert.equal(call.seconds(10, { bytes: 0 }, { audio: false, video: false }), undefined);
  const audioOnly = call.seconds(5, { frames: 0, width: 0 }, { audio: true, video: false });
  assert.equal(audioOnly?.bars, 3);
  assert.equal(audioOnly?.video, undefined);
});

test('theBarsDoNotFlickerAtAThreshold', () => {
  const call = new FakeCall();
  call.seconds(10);
  let changes = 0;
  let before = 3;
  for (let i = 0; i < 100; i++) {
    const bars = call.second({ concealed: i % 2 === 0 ? 0.025 : 0.045 })?.bars ?? 0;
    if (bars !== before) changes += 1;
    before = bars;
  }
  assert.ok(changes <= 1, `${changes} changes`);
});

test('oneBadSecondIsNotShownAndARecoveryIs', () => {
  const call = new FakeCall();
  call.seconds(10);
  assert.equal(call.second({ concealed: 0.5 })?.bars, 3);
  assert.equal(call.second()?.bars, 3);
  assert.equal(call.seconds(8, { concealed: 0.3 })?.bars, 1);
  assert.equal(call.seconds(12)?.bars, 3);
});

test('aReplacedConnectionHasNoNegativeRates', () => {
  for (const sameIds of [false, true]) {
    const call = new FakeCall();
    call.seconds(5);
    call.replaceConnection(sameIds);

    assert.ok((call.second()?.bars ?? 3) > 0);
    for (const sample of call.meter.samples) {
      for (const [name, value] of Object.entries(sample)) assert.ok(value >= 0, `${name} ${value}`);
    }
    assert.equal(call.meter.samples.at(-1)?.receivedBps, 0);
    call.second();
    assert.equal(call.meter.samples.at(-1)?.receivedBps, 840_000);
  }
});

test('packetsThatWereOnlyLateAreNotANegativeLoss', () => {
  const call = new FakeCall();
  call.seconds(3, { lost: 3 });
  call.second({ lost: -3 });
  assert.equal(call.meter.samples.at(-1)?.lost, 0);
});

test('twoMinutesAreKept', () => {
  const call = new FakeCall();
  call.seconds(SAMPLES + 30);
  assert.equal(call.meter.samples.length, SAMPLES);
  assert.equal(call.meter.samples.at(-1)?.atMs, call.atMs);
});

test('theScoresFallWithEachFault', () => {
  assert.ok(audioScore(100, 0) > audioScore(400, 0) && audioScore(100, 0) > audioScore(100, 0.05));
  assert.equal(audioScore(5_000, 1), 0);
  assert.equal(videoScore(1920 * 1080, 2, 0), 100);
  assert.equal(videoScore(640 * 360, 1, 0), 80);
  assert.equal(videoScore(1280 * 720, 1, 0.5), 0);
});
