/**
 * How good the call is for this side, from what it receives, and a sample of each second for graphs. Pure: it is fed the
 * browser's statistics about once a second. Firefox knows less than Chromium; nothing here needs what it lacks.
 */
import type { Quality, Sample } from './api.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the other side says that it sends. */
export interface Expected {
  readonly audio: boolean;
  readonly video: boolean;
}

export const SAMPLES = 120;
const NOTHING_MS = 3_000;
/** From these scores on two and three bars; a score must be better than that by the margin to add a bar. */
const BARS = [50, 75] as const;
const MARGIN = 5;
/** For so many samples in a row the bars must be wrong before they change. */
const WORSE_AFTER = 2;
const BETTER_AFTER = 3;
const SMOOTHING = 0.4;
/** A freeze is counted by browsers only when it is over. */
const FREEZE_WINDOW = 5;

interface Point {
  readonly atMs: number;
  readonly byId: ReadonlyMap<string, Fields>;
}

const numberOf = (fields: Fields | undefined, name: string): number | undefined => {
  const value = fields?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};
const clamp = (value: number): number => Math.min(100, Math.max(0, value));
const sum = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
};

/**
 * Sound by a simplified E-model (ITU-T G.107): delay and the share that had to be invented make it worse. Codec and
 * echo are taken to be good.
 */
export function audioScore(delayMs: number, concealed: number): number {
  const delayed = 0.024 * delayMs + Math.max(0, 0.11 * (delayMs - 177.3));
  const damaged = (95 * concealed) / (concealed + 0.1);
  return clamp(((93.2 - delayed - damaged) * 100) / 93.2);
}

/** The picture by its size (20 less for each halving of both sides below 720p), its steadiness and its freezes. */
export function videoScore(pixels: number, framesRatio: number, frozen: number): number {
  const size = clamp(100 + 10 * Math.log2(pixels / (1280 * 720)));
  return clamp(size * (0.4 + 0.6 * Math.min(1, framesRatio)) * (1 - Math.min(1, 2 * frozen)));
}

/** Collects the samples of one call; connections may come and go meanwhile. */
export class QualityMeter {
  #points: Point[] = [];
  #samples: Sample[] = [];
  #audio: number | undefined;
  #video: number | undefined;
  #bars: Quality['bars'] | undefined;
  #wrongFor = 0;
  #silentSinceMs: number | undefined;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Takes a report, and gives the quality if anything is known about it. */
  add(stats: readonly Fields[], atMs: number, expected: Expected): Quality | undefined {
    const point: Point = { atMs, byId: new Map(stats.map((one) => [String(one['id']), one])) };
    const before = this.#points.at(-1);
    this.#points.push(point);
    if (this.#points.length > FREEZE_WINDOW) this.#points.shift();
    if (before === undefined || atMs <= before.atMs) return undefined;

    const now = new Second(before, point);
    this.#samples.push(now.sample);
    if (this.#samples.length > SAMPLES) this.#samples.shift();

    this.#audio = smooth(this.#audio, expected.audio ? now.audio() : undefined, expected.audio);
    const framesBest = Math.max(...this.#samples.slice(-20).map((one) => one.framesPerSecond ?? 0));
    const video = expected.video ? now.video(framesBest, this.#frozen(now.picture)) : undefined;
    this.#video = smooth(this.#video, video, expected.video);
    return this.#judge(now, expected);
  }

  #judge(now: Second, expected: Expected): Quality | undefined {
    // Firefox has no report of what has never come.
    const nothing = (expected.audio || expected.video) && !now.received;
    this.#silentSinceMs = nothing ? (this.#silentSinceMs ?? now.from.atMs) : undefined;
    if (this.#silentSinceMs !== undefined && now.to.atMs - this.#silentSinceMs >= NOTHING_MS) {
      this.#audio = this.#video = undefined;
      this.#wrongFor = 0;
      return { bars: (this.#bars = 0) };
    }
    const scores = [this.#audio, this.#video].filter((score) => score !== undefined);
    if (scores.length === 0) {
      this.#bars = undefined;
      return undefined;
    }
    this.#bars = this.#steady(Math.min(...scores));
    return {
      bars: this.#bars,
      ...(this.#audio !== undefined && { audio: Math.round(this.#audio) }),
      ...(this.#video !== undefined && { video: Math.round(this.#video) }),
    };
  }

  #steady(score: number): Quality['bars'] {
    const bars = this.#bars;
    if (bars === undefined || bars === 0) return barsOf(score, 0);
    const better = barsOf(score, MARGIN);
    const should = better > bars ? better : Math.min(bars, barsOf(score, 0));
    this.#wrongFor = should === bars ? 0 : this.#wrongFor + 1;
    if (this.#wrongFor < (should > bars ? BETTER_AFTER : WORSE_AFTER)) return bars;
    this.#wrongFor = 0;
    return should as Quality['bars'];
  }

  /** The share of the last seconds for which this picture stood still. */
  #frozen(picture: Fields | undefined): number {
    const first = this.#points.find(({ byId }) => byId.has(String(picture?.['id'])));
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || first === last) return 0;
    const before = numberOf(first.byId.get(String(picture?.['id'])), 'totalFreezesDuration');
    const seconds = (numberOf(picture, 'totalFreezesDuration') ?? 0) - (before ?? 0);
    return before === undefined ? 0 : Math.max(0, (seconds * 1000) / (last.atMs - first.atMs));
  }
}

function smooth(before: number | undefined, now: number | undefined, expected: boolean): number | undefined {
  if (!expected) return undefined;
  return before === undefined || now === undefined ? (now ?? before) : before + SMOOTHING * (now - before);
}

function barsOf(score: number, margin: number): 1 | 2 | 3 {
  return score >= BARS[1] + margin ? 3 : score >= BARS[0] + margin ? 2 : 1;
}

/** What happened between two reports. Counters that went back, or are new, belong to another connection: no rate. */
class Second {
  readonly from: Point;
  readonly to: Point;
  /** The camera's picture: the one with the most new frames that is not a shared screen, if there is any other. */
  readonly picture: Fields | undefined;
  readonly received: number | undefined;
  readonly sample: Sample;
  readonly #inbound: readonly Fields[];

  constructor(from: Point, to: Point) {
    this.from = from;
    this.to = to;
    this.#inbound = this.#all('inbound-rtp');
    const pictures = this.#inbound.filter((one) => one['kind'] === 'video');
    const frames = (one: Fields): number =>
      (one['contentType'] === 'screenshare' ? 0 : 1e6) + (this.#grown(one, 'framesDecoded') ?? 0);
    this.picture = pictures.sort((a, b) => frames(b) - frames(a))[0];
    this.received = this.#sum(this.#inbound, 'bytesReceived');
    this.sample = this.#sample();
  }

  audio(): number | undefined {
    const sound = this.#inbound.find((one) => one['kind'] === 'audio');
    const samples = sound && this.#grown(sound, 'totalSamplesReceived');
    if (sound === undefined || !samples) return undefined;
    const concealed = this.#grown(sound, 'concealedSamples') ?? 0;
    const silent = this.#grown(sound, 'silentConcealedSamples') ?? 0;
    const emitted = this.#grown(sound, 'jitterBufferEmittedCount');
    const buffered = emitted ? ((this.#grown(sound, 'jitterBufferDelay') ?? 0) / emitted) * 1000 : 0;
    return audioScore(
      (this.sample.roundTripMs ?? 0) / 2 + buffered,
      Math.min(1, Math.max(0, concealed - silent) / samples),
    );
  }

  video(framesBest: number, frozen: number): number | undefined {
    const { framesPerSecond, width, height } = this.sample;
    if (framesPerSecond === undefined || !width || !height) return undefined;
    // A shared screen is drawn only when it changes.
    const screen = this.picture?.['contentType'] === 'screenshare';
    const ratio = screen ? 1 : framesPerSecond / Math.min(30, Math.max(10, framesBest));
    return videoScore(width * height, ratio, screen ? 0 : frozen);
  }

  #sample(): Sample {
    const lost = this.#sum(this.#inbound, 'packetsLost');
    const packets = this.#sum(this.#inbound, 'packetsReceived') ?? 0;
    const share = lost === undefined || lost + packets <= 0 ? undefined : Math.max(0, lost) / (lost + packets);
    const roundTrip = this.#roundTripMs();
    const jitter = numberOf(this.#inbound.find((one) => one['kind'] === 'audio') ?? this.picture, 'jitter');
    const frames = this.picture && this.#grown(this.picture, 'framesDecoded');
    const width = numberOf(this.picture, 'frameWidth');
    const height = numberOf(this.picture, 'frameHeight');
    return {
      atMs: this.to.atMs,
      sentBps: this.#perSecond(this.#sum(this.#all('outbound-rtp'), 'bytesSent')) * 8,
      receivedBps: this.#perSecond(this.received) * 8,
      ...(roundTrip !== undefined && { roundTripMs: roundTrip }),
      ...(share !== undefined && { lost: Math.min(1, share) }),
      ...(jitter !== undefined && { jitterMs: jitter * 1000 }),
      ...(frames !== undefined && { framesPerSecond: this.#perSecond(frames) }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
    };
  }

  /** Of the pair in use; else what the other side measured last. */
  #roundTripMs(): number | undefined {
    const chosen = this.#all('transport')[0]?.['selectedCandidatePairId'];
    const pair =
      this.to.byId.get(String(chosen)) ?? this.#all('candidate-pair').find((one) => one['selected'] === true);
    const seconds =
      numberOf(pair, 'currentRoundTripTime') ?? numberOf(this.#all('remote-inbound-rtp')[0], 'roundTripTime');
    return seconds === undefined ? undefined : seconds * 1000;
  }

  #all(type: string): Fields[] {
    return [...this.to.byId.values()].filter((one) => one['type'] === type);
  }

  #sum(all: readonly Fields[], name: string): number | undefined {
    return sum(all.map((one) => this.#grown(one, name)));
  }

  #perSecond(amount: number | undefined): number {
    return ((amount ?? 0) * 1000) / (this.to.atMs - this.from.atMs);
  }

  /** `packetsLost` may go back when what was late arrives; nothing else may. */
  #grown(one: Fields, name: string): number | undefined {
    const before = numberOf(this.from.byId.get(String(one['id'])), name);
    const now = numberOf(one, name);
    if (before === undefined || now === undefined) return undefined;
    return now < before && name !== 'packetsLost' ? undefined : now - before;
  }
}
