/**
 * Records a call on this side: the other large, this side small in a corner, both voices mixed; a shared screen is large
 * when there is one. For `import()`.
 *
 * The voices are mixed by an AudioContext without an output where the browser has such a thing: it then needs no sound
 * card, and does not stop when the speaker is pulled. Where no context runs, only the other's voice is recorded, rather
 * than none. The picture is drawn at the beat of a worker, since a page's own timers nearly stop when it is not seen.
 */
import type { Recording } from './api.ts';
import { silentContext } from './audio-context.ts';
import { durationPatch, WEBM_HEAD_BYTES } from './webm.ts';

/** What is recorded; tracks may be others at every moment, see {@link CallRecording.update}. */
export interface Recorded {
  readonly here: { readonly audio?: MediaStreamTrack | null; readonly video?: MediaStreamTrack | null };
  readonly there: { readonly audio?: MediaStreamTrack | null; readonly video?: MediaStreamTrack | null };
  readonly screen?: MediaStreamTrack | null;
  /** The sound of the shared screen. */
  readonly screenAudio?: MediaStreamTrack | null;
}

const WIDTH = 1280;
const HEIGHT = 720;
const FRAMES_PER_SECOND = 25;
const SMALL = 0.22;
const MARGIN = 20;
/** Every browser has one of them; WebM comes first because its codecs cost least beside a call. */
const TYPES = [
  'video/webm;codecs=vp8,opus',
  'video/webm;codecs=vp9,opus',
  'video/mp4;codecs=avc1.42E01F,mp4a.40.2',
  'video/mp4',
];

/** What recordings are in this browser; nothing where it cannot record. */
export function recordingType(): string | undefined {
  return typeof MediaRecorder === 'undefined' ? undefined : TYPES.find((one) => MediaRecorder.isTypeSupported(one));
}

export class CallRecording implements Recording {
  readonly startedAtMs = Date.now();
  readonly #canvas = document.createElement('canvas');
  readonly #pictures = new Map<MediaStreamTrack, HTMLVideoElement>();
  readonly #voices = new Map<MediaStreamTrack, () => void>();
  readonly #parts: Blob[] = [];
  readonly #mix: MediaStreamAudioDestinationNode | undefined;
  readonly #recorder: MediaRecorder;
  readonly #stopBeat: () => void;
  #recorded: Recorded;
  #startedMs = 0;
  #stopped: Promise<Blob> | undefined;

  /** Resolves when it records. Rejects with `NotSupportedError` where the browser cannot. */
  static async start(recorded: Recorded): Promise<CallRecording> {
    const type = recordingType();
    if (type === undefined) throw new DOMException('this browser cannot record', 'NotSupportedError');
    const recording = new CallRecording(recorded, type, await silentContext());
    recording.#recorder.start(1000);
    recording.#startedMs = performance.now();
    return recording;
  }

  private constructor(recorded: Recorded, type: string, context: AudioContext | undefined) {
    this.#recorded = recorded;
    Object.assign(this.#canvas, { width: WIDTH, height: HEIGHT });
    this.#mix = context?.createMediaStreamDestination();
    const voices = this.#mix?.stream.getAudioTracks() ?? [recorded.there.audio ?? recorded.here.audio];
    const stream = this.#canvas.captureStream(FRAMES_PER_SECOND);
    for (const voice of voices) if (voice) stream.addTrack(voice);
    this.update(recorded);
    this.#draw();
    this.#recorder = new MediaRecorder(stream, {
      mimeType: type,
      videoBitsPerSecond: 2_500_000,
      audioBitsPerSecond: 96_000,
    });
    this.#recorder.ondataavailable = ({ data }) => this.#parts.push(data);
    this.#stopBeat = beat(FRAMES_PER_SECOND, () => this.#draw());
  }

  /** Tracks have come, gone or been exchanged. */
  update(recorded: Recorded): void {
    this.#recorded = recorded;
    const { here, there, screen, screenAudio } = recorded;
    const pictures = new Set([here.video, there.video, screen].filter((track) => track != null));
    for (const [track, video] of this.#pictures) {
      if (pictures.has(track)) continue;
      video.srcObject = null;
      this.#pictures.delete(track);
    }
    for (const track of pictures) if (!this.#pictures.has(track)) this.#pictures.set(track, playing(track));

    const voices = new Set([here.audio, there.audio, screenAudio].filter((track) => track != null));
    for (const [track, disconnect] of this.#voices) {
      if (voices.has(track)) continue;
      disconnect();
      this.#voices.delete(track);
    }
    for (const track of voices) {
      if (this.#mix === undefined || this.#voices.has(track) || track.readyState === 'ended') continue;
      this.#voices.set(track, connected(track, this.#mix));
    }
  }

  stop(): Promise<Blob> {
    return (this.#stopped ??= this.#finish());
  }

  async #finish(): Promise<Blob> {
    const durationMs = performance.now() - this.#startedMs;
    if (this.#recorder.state !== 'inactive') {
      const ended = new Promise((resolve) => this.#recorder.addEventListener('stop', resolve, { once: true }));
      this.#recorder.stop();
      await ended;
    }
    this.#stopBeat();
    this.update({ here: {}, there: {} });
    for (const track of this.#recorder.stream.getVideoTracks()) track.stop();
    void (this.#mix?.context as AudioContext | undefined)?.close();
    const type = this.#recorder.mimeType;
    const blob = new Blob(this.#parts, { type });
    if (!type.includes('webm')) return blob;
    const patch = durationPatch(new Uint8Array(await blob.slice(0, WEBM_HEAD_BYTES).arrayBuffer()), durationMs);
    return patch === undefined
      ? blob
      : new Blob([blob.slice(0, patch.from), patch.bytes, blob.slice(patch.to)], { type });
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (context === null) return;
    context.fillStyle = '#101418';
    context.fillRect(0, 0, WIDTH, HEIGHT);
    const { here, there, screen } = this.#recorded;
    const [large, ...small] = screen ? [screen, there.video, here.video] : [there.video, here.video];
    this.#fit(context, large, 0, 0, WIDTH, HEIGHT);
    const [width, height] = [WIDTH * SMALL, HEIGHT * SMALL];
    small.reverse().forEach((track, index) => {
      this.#fit(context, track, WIDTH - (width + MARGIN) * (index + 1), HEIGHT - height - MARGIN, width, height);
    });
  }

  /** The whole picture in this rectangle, against its right lower corner when it is small. */
  #fit(
    context: CanvasRenderingContext2D,
    track: MediaStreamTrack | null | undefined,
    ...[x, y, width, height]: readonly [number, number, number, number]
  ): void {
    const video = track && this.#pictures.get(track);
    if (!video || !video.videoWidth || track.muted || track.readyState === 'ended' || !track.enabled) return;
    const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
    const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
    const share = width === WIDTH ? 0.5 : 1;
    context.drawImage(video, x + (width - w) * share, y + (height - h) * share, w, h);
  }
}

/** Leads the sound of a track into the mix, until what it returns is called. */
function connected(track: MediaStreamTrack, mix: MediaStreamAudioDestinationNode): () => void {
  const node = (mix.context as AudioContext).createMediaStreamSource(new MediaStream([track]));
  node.connect(mix);
  // In Chromium what comes over a connection is silent here unless an element plays it too.
  const element = playing(track);
  return () => {
    node.disconnect();
    element.srcObject = null;
  };
}

function playing(track: MediaStreamTrack): HTMLVideoElement {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  video.play().catch(() => undefined);
  return video;
}

/** Calls so often, also while the page is hidden; the page's own timer is for where it may have no worker. */
function beat(perSecond: number, listener: () => void): () => void {
  const everyMs = 1000 / perSecond;
  try {
    const code = `setInterval(()=>postMessage(0),${everyMs})`;
    const source = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const worker = new Worker(source);
    URL.revokeObjectURL(source);
    let timer: ReturnType<typeof setInterval> | undefined;
    worker.onmessage = listener;
    worker.onerror = () => (timer ??= setInterval(listener, everyMs));
    return () => {
      worker.terminate();
      clearInterval(timer);
    };
  } catch {
    const timer = setInterval(listener, everyMs);
    return () => clearInterval(timer);
  }
}
