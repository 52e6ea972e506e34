/**
 * What two people have once they are connected: chat, values, files, how good the call is, the safety code, recordings. No
 * call needs it to begin, so it comes by `import()` meanwhile.
 */
import { FULL, adapt } from './adapt.ts';
import type { Call, CallEvents, CallStats, Quality, Recording } from './api.ts';
import type { DirectMessage } from './direct.ts';
import { FILE_LABEL, Files } from './files.ts';
import { PathWatch } from './path-watch.ts';
import type { Picture } from './preferences.ts';
import { QualityMeter } from './quality.ts';
import type { Expected } from './quality.ts';
import { pathOf } from './path.ts';
import { randomHex } from './hex.ts';
import type { CallRecording, Recorded } from './recording.ts';
import { Talk } from './talk.ts';
import type { Descriptions } from './talk.ts';

const SAMPLE_MS = 1_000;

export interface TogetherWorld {
  /** Over the data channel, if it is open. */
  say(text: string): void;
  /** A channel for a file; throws when nobody is there. */
  open(label: string): RTCDataChannel;
  maxMessageBytes(): number;
  told<E extends keyof CallEvents>(event: E, value: CallEvents[E]): void;
}

/** Whose pictures and sounds are recorded. */
export type Scene = Pick<Call, 'mic' | 'camera' | 'screen' | 'remote' | 'remoteScreen' | 'remoteMedia'>;

export class Together {
  readonly #world: TogetherWorld;
  readonly talk: Talk;
  readonly files: Files;
  readonly #meter = new QualityMeter();
  readonly #watch = new PathWatch();
  #sampledAtMs = -Infinity;
  #here: Quality | undefined;
  #adapted = FULL;
  #recording: { readonly of: CallRecording; readonly scene: Scene } | undefined;

  /** @param prefix of the ids of what this page load says */
  constructor(prefix: string, world: TogetherWorld) {
    this.#world = world;
    this.talk = new Talk(prefix, {
      say: (text) => world.say(text),
      message: (value) => world.told('message', value),
      chat: () => world.told('chat', this.talk.chat),
      quality: () => world.told('quality', this.quality),
      safety: () => world.told('safety', this.talk.safety),
      recording: () => this.#consented(),
    });
    this.files = new Files({
      open: () => world.open(FILE_LABEL),
      maxMessageSize: () => world.maxMessageBytes(),
      changed: (transfer) => world.told('file', transfer),
    });
  }

  get quality(): { readonly here?: Quality; readonly there?: Quality } {
    const { there } = this.talk;
    return { ...(this.#here === undefined ? {} : { here: this.#here }), ...(there === undefined ? {} : { there }) };
  }

  /** How much of the camera's picture this network carries. */
  get picture(): Picture {
    return this.#adapted.picture;
  }

  /** @param remoteSdp the other's description, with the candidates they have named */
  stats(stats: readonly Record<string, unknown>[], remoteSdp: string): CallStats {
    const path = pathOf(stats, remoteSdp);
    return { samples: this.#meter.samples, ...(path === undefined ? {} : { path }), codecs: {} };
  }

  opened(descriptions: Descriptions, first: boolean, before: readonly DirectMessage[]): void {
    this.talk.opened(descriptions, first);
    for (const message of before) this.talk.heard(message);
  }

  channel(channel: RTCDataChannel): void {
    if (channel.label === FILE_LABEL) this.files.receive(channel);
    else channel.close();
  }

  /** Takes the browser's statistics, one in a second for the quality; says how much the path is doubted. */
  look(stats: readonly Readonly<Record<string, unknown>>[], nowMs: number, expected: Expected): number {
    this.#adapt(nowMs);
    this.#sample(stats, nowMs, expected);
    return this.#watch.look(stats, nowMs, expected.audio || expected.video);
  }

  #sample(stats: readonly Readonly<Record<string, unknown>>[], nowMs: number, expected: Expected): void {
    if (nowMs - this.#sampledAtMs < 0.75 * SAMPLE_MS) return;
    this.#sampledAtMs = nowMs;
    this.#here = this.#meter.add(stats, nowMs, expected);
    if (this.#here !== undefined) this.talk.quality(this.#here);
    this.#world.told('quality', this.quality);
  }

  /** Sound before the picture, where the network does not carry both. */
  #adapt(atMs: number): void {
    const { there } = this.talk;
    const roundTripMs = this.#meter.samples.at(-1)?.roundTripMs;
    const known = { ...(there === undefined ? {} : { there }), ...(roundTripMs === undefined ? {} : { roundTripMs }) };
    this.#adapted = adapt(this.#adapted, { atMs, ...known });
  }

  /** Both sides, once the other has agreed; undefined when they have not, or are gone before it begins. */
  async record(scene: Scene): Promise<Recording | undefined> {
    const { consent } = this.talk;
    if (!(await consent.ask(randomHex(9)))) return undefined;
    try {
      const { CallRecording } = await import('./recording.ts');
      const recording = await CallRecording.start(this.#agreed(scene));
      this.#recording = { of: recording, scene };
      const stop = () => {
        consent.stop();
        return recording.stop();
      };
      if (this.#consented()) return { startedAtMs: recording.startedAtMs, stop };
    } catch (why) {
      consent.stop();
      throw why;
    }
    return undefined;
  }

  /** Tracks have come or gone. */
  recordNow(): void {
    if (this.#recording === undefined) return;
    const { of: recording, scene } = this.#recording;
    recording.update(this.#agreed(scene));
  }

  /** This side alone, while the other is away. */
  #agreed(scene: Scene): Recorded {
    const all = seen(scene);
    if (this.talk.consent.state === 'here') return all;
    return { here: all.here, there: {}, screen: scene.screen.track };
  }

  /** Takes up what has been agreed to, and says whether a recording goes on at all. */
  #consented(): boolean {
    const { state } = this.talk.consent;
    this.recordNow();
    if (state === 'none') {
      void this.#recording?.of.stop();
      this.#recording = undefined;
    }
    this.#world.told('recording', state);
    return state !== 'none';
  }

  close(): void {
    this.files.close();
  }
}

function seen({ mic, camera, screen, remote, remoteScreen, remoteMedia }: Scene): Recorded {
  const there = (kind: string) => remote.getTracks().find((track) => track.kind === kind) ?? null;
  return {
    here: { audio: mic.track, video: camera.track },
    there: { audio: there('audio'), video: remoteMedia?.camera === false ? null : there('video') },
    screen: remoteScreen?.getVideoTracks()[0] ?? screen.track,
    screenAudio: remoteScreen?.getAudioTracks()[0] ?? null,
  };
}
