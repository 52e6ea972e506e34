/**
 * What one RTCPeerConnection sends: microphone and camera in its first two places, a screen in further ones. Tracks come and go by
 * `replaceTrack`, without another offer; only a place for a screen is offered, the first time.
 */
import { notTaken } from './not-taken.ts';
import type { Content, Picture } from './preferences.ts';
import { preferCodecs, tuneSender } from './tuning.ts';

/** What this side sends. A track may be missing or be exchanged at any time. */
export interface LocalTracks {
  readonly stream: MediaStream;
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

export class Sending {
  readonly #pc: RTCPeerConnection;
  #tracks: LocalTracks;
  /** Whether the tracks are in it. */
  #filled: boolean;
  #screen: readonly MediaStreamTrack[] = [];
  /** Places for it are made one after the other: two for one track would show it twice. */
  #showing: Promise<void> = Promise.resolve();
  /** What each sender was last asked to send. */
  readonly #asked = new WeakMap<RTCRtpSender, MediaStreamTrack | null>();
  #picture: Picture = 'full';

  constructor(pc: RTCPeerConnection, tracks: LocalTracks, filled: boolean) {
    this.#pc = pc;
    this.#tracks = tracks;
    this.#filled = filled;
  }

  get filled(): boolean {
    return this.#filled;
  }

  /** For the side that offers: one place for sound and one for pictures, whether or not there is anything to send. */
  makePlaces(): void {
    for (const kind of ['audio', 'video'] as const) {
      const how: RTCRtpTransceiverInit = { direction: 'sendrecv', streams: [this.#tracks.stream] };
      preferCodecs(this.#pc.addTransceiver(this.#own(kind) ?? kind, how), contentOf(kind));
    }
  }

  /** Exchanges what is sent. */
  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (this.#filled) void this.fillMains();
  }

  /** From now on microphone and camera are in it, and the screen if it is shown. */
  fill(): void {
    this.#filled = true;
    void this.fillMains();
    void this.showScreen();
  }

  /** What is shown beside microphone and camera; nothing more with an empty list. It is offered the first time only. */
  setScreen(tracks: readonly MediaStreamTrack[]): void {
    this.#screen = tracks;
    void this.#placeScreenNext();
  }

  /** How much of the camera's picture is sent. */
  setPicture(picture: Picture): void {
    this.#picture = picture;
    this.tune();
  }

  /** Whether it is the place of microphone or camera. */
  isMain(transceiver: RTCRtpTransceiver): boolean {
    return this.#mains().includes(transceiver);
  }

  fillMains(): Promise<unknown> {
    // A transceiver the other side has stopped takes no track.
    return Promise.all(this.#mains().map((transceiver) => this.#fill(transceiver).catch(notTaken('track'))));
  }

  /** If there is one. */
  async showScreen(): Promise<void> {
    if (this.#screen.length > 0) await this.#placeScreenNext();
  }

  tune(): void {
    for (const transceiver of this.#pc.getTransceivers()) {
      const content = contentOf(transceiver.receiver.track.kind, this.isMain(transceiver));
      void tuneSender(transceiver.sender, content, content === 'camera' ? this.#picture : 'full');
    }
  }

  /** Not before the places of microphone and camera are taken, nor before these are sent. */
  #placeScreenNext(): Promise<void> {
    // A place the other side has stopped takes no track.
    return (this.#showing = this.#showing.then(() => this.#placeScreen()).catch(notTaken('screen')));
  }

  async #placeScreen(): Promise<void> {
    const tracks = this.#screen;
    const mains = this.#mains();
    if (this.#pc.signalingState === 'closed' || mains.length < 2 || !this.#filled) return;
    const others = this.#pc.getTransceivers().filter((transceiver) => !mains.includes(transceiver));
    for (const kind of ['video', 'audio']) {
      const track = tracks.find((shown) => shown.kind === kind);
      const places = others.filter(({ receiver }) => receiver.track.kind === kind);
      // Both sides may have made a place at once; what is shown keeps its own, and is sent in no other.
      const place = places.find(({ sender }) => sender.track) ?? places[0];
      for (const other of places) if (other !== place) await this.#send(other.sender, null);
      if (place) {
        if (track) place.direction = 'sendrecv';
        await this.#send(place.sender, track ?? null);
      } else if (track) {
        this.#pc.addTransceiver(track, { direction: 'sendrecv', streams: [new MediaStream([track])] });
      }
    }
  }

  /** The first for sound and the first for pictures are for microphone and camera, on both sides. */
  #mains(): RTCRtpTransceiver[] {
    const all = this.#pc.getTransceivers();
    const first = (kind: string) => all.find(({ receiver }) => receiver.track.kind === kind) ?? [];
    return [first('audio'), first('video')].flat();
  }

  #own(kind: 'audio' | 'video'): MediaStreamTrack | null {
    return this.#filled ? this.#tracks[kind] : null;
  }

  async #fill(transceiver: RTCRtpTransceiver): Promise<void> {
    const { sender, receiver } = transceiver;
    const kind = receiver.track.kind as 'audio' | 'video';
    if (transceiver.direction === 'recvonly') {
      transceiver.direction = 'sendrecv';
      sender.setStreams(this.#tracks.stream);
      preferCodecs(transceiver, contentOf(kind));
    }
    await this.#send(sender, this.#own(kind));
  }

  /** What was asked for last is what is sent, however long the browser takes for what was asked before. */
  async #send(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
    if (this.#asked.has(sender) ? this.#asked.get(sender) === track : sender.track === track) return;
    this.#asked.set(sender, track);
    try {
      await sender.replaceTrack(track);
    } catch (error) {
      this.#asked.delete(sender);
      throw error;
    }
  }
}

function contentOf(kind: string, main = true): Content {
  return kind === 'audio' ? 'voice' : main ? 'camera' : 'screen';
}
