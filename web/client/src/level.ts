/** How loud a microphone is: for a meter, and for the hint that somebody speaks while muted. */
import { silentContext } from './audio-context.ts';

const QUIET_DB = -60;
const LOUD_DB = -10;
const ASK_MS = 150;

/** From the mean square of samples between -1 and 1 to a length between 0 and 1 that looks as loud as it sounds. */
export function levelOf(meanSquare: number): number {
  if (meanSquare <= 0) return 0;
  const decibels = 10 * Math.log10(meanSquare);
  return Math.min(1, Math.max(0, (decibels - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Measures one track at a time. */
export class LevelMeter {
  /** `audioLevel` of the `media-source` of the connection that sends it, for browsers whose contexts do not run. */
  readonly #audioLevel: () => Promise<number | undefined>;
  #context: Promise<AudioContext | undefined> | undefined;
  #analyser: AnalyserNode | undefined;
  #samples = new Float32Array(0);
  #asked = 0;
  #stop = (): void => {};
  #generation = 0;

  constructor(audioLevel: () => Promise<number | undefined> = async () => undefined) {
    this.#audioLevel = audioLevel;
  }

  /** From 0 to 1. */
  get level(): number {
    if (this.#analyser === undefined) return this.#asked;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples.reduce((sum, one) => sum + one * one, 0) / this.#samples.length);
  }

  /** Measures this one from now on, also while it is muted: a copy of it is listened to, which goes nowhere. */
  async use(track: MediaStreamTrack | null): Promise<void> {
    const generation = ++this.#generation;
    this.#stop();
    this.#stop = () => {};
    this.#analyser = undefined;
    this.#asked = 0;
    if (track === null || track.readyState === 'ended') return;
    const context = await (this.#context ??= silentContext());
    // Another one has been chosen meanwhile.
    if (generation !== this.#generation) return;
    if (context === undefined) this.#ask();
    else this.#listen(context, track);
  }

  close(): void {
    void this.use(null);
    void this.#context?.then((context) => context?.close());
    this.#context = undefined;
  }

  #listen(context: AudioContext, track: MediaStreamTrack): void {
    const copy = track.clone();
    copy.enabled = true;
    const source = context.createMediaStreamSource(new MediaStream([copy]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    this.#samples = new Float32Array(analyser.fftSize);
    source.connect(analyser);
    this.#analyser = analyser;
    // Where the device is gone, there is nothing to copy any more.
    track.addEventListener('ended', () => copy.stop(), { once: true });
    this.#stop = () => {
      source.disconnect();
      copy.stop();
    };
  }

  #ask(): void {
    const timer = setInterval(() => {
      void this.#audioLevel().then((level) => (this.#asked = levelOf((level ?? 0) ** 2)));
    }, ASK_MS);
    this.#stop = () => clearInterval(timer);
  }
}
