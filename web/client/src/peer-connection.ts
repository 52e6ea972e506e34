/**
 * One RTCPeerConnection to the other participant, by W3C's perfect negotiation. The side that offers makes one audio
 * and one video transceiver whether or not it has a microphone and a camera: tracks come and go by `replaceTrack`,
 * without another offer.
 */
import { pathOf } from './path.ts';
import type { MediaPath } from './path.ts';
import { CANDIDATES_PER_DESCRIPTION, CANDIDATE_BYTES } from './protocol.ts';
import type { Candidate, IceServer, SessionDescription, SignalBody } from './protocol.ts';
import { startedOver } from './sdp.ts';

/** What this side sends. A track may be missing or be exchanged at any time. */
export interface LocalTracks {
  readonly stream: MediaStream;
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

export interface ConnectionOptions {
  readonly iceServers: readonly IceServer[];
  /** `relay`: the media goes through a relay, so that the other side never learns this one's address. */
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly offers: boolean;
  readonly polite: boolean;
  readonly tracks: LocalTracks;
}

export interface ConnectionEvents {
  signal(body: SignalBody): void;
  changed(state: RTCPeerConnectionState): void;
  remoteTrack(track: MediaStreamTrack): void;
  /** The description comes from another RTCPeerConnection than before: this one is of no use any more. */
  startedOver(description: SessionDescription): void;
}

/** More than both ends together may have waiting; what is beyond is dropped. */
const QUEUED_CANDIDATES_MAX = 2 * CANDIDATES_PER_DESCRIPTION;

export class MediaConnection {
  readonly #pc: RTCPeerConnection;
  readonly #policy: RTCIceTransportPolicy;
  readonly #polite: boolean;
  readonly #events: ConnectionEvents;
  #tracks: LocalTracks;
  #makingOffer = false;
  #ignoringOffer = false;
  #settingAnswer = false;
  /** Offers and answers wait for it: fresh ICE servers are under way. */
  #held: Promise<void> | undefined;
  #release = () => {};
  #queued: (Candidate | null)[] = [];
  #candidatesSent = 0;
  /** Signals are applied one after the other, in the order they came. */
  #applied: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#polite = options.polite;
    this.#tracks = options.tracks;
    this.#events = events;
    this.#policy = options.iceTransportPolicy;
    const pc = new RTCPeerConnection(this.#configuration(options.iceServers));
    this.#pc = pc;
    pc.onnegotiationneeded = () => void this.#offer();
    pc.onicecandidate = ({ candidate }) => this.#sendCandidate(candidate);
    pc.onconnectionstatechange = () => events.changed(pc.connectionState);
    pc.ontrack = ({ track }) => events.remoteTrack(track);
    if (options.offers) {
      for (const kind of ['audio', 'video'] as const) {
        pc.addTransceiver(this.#tracks[kind] ?? kind, { direction: 'sendrecv', streams: [this.#tracks.stream] });
      }
    }
  }

  /** Exchanges what is sent. */
  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    for (const transceiver of this.#pc.getTransceivers()) void this.#fill(transceiver);
  }

  /** Takes what the other end said. */
  receive(body: SignalBody): void {
    this.#applied = this.#applied.then(() => this.#apply(body)).catch(() => undefined);
  }

  /** Both ends hear each other again: says what may have been lost, and looks for a new path if the old one is gone. */
  refresh(resend: boolean, restartIce: boolean): void {
    if (this.#pc.signalingState === 'have-local-offer') {
      if (resend) this.#sendDescription();
    } else if (restartIce) {
      this.#pc.restartIce();
    }
  }

  /** Nothing that looks for a path is begun before {@link useIceServers}. */
  hold(): void {
    this.#held ??= new Promise((resolve) => (this.#release = resolve));
  }

  /** For everything that looks for a path from now on; the path there is stays. */
  useIceServers(iceServers: readonly IceServer[]): void {
    try {
      this.#pc.setConfiguration(this.#configuration(iceServers));
    } catch (error) {
      // Closed, or servers this browser does not know how to ask: those it had may do.
      console.debug('duet: ICE servers not taken:', error);
    }
    this.#held = undefined;
    this.#release();
  }

  async path(): Promise<MediaPath | undefined> {
    const stats: Record<string, unknown>[] = [];
    (await this.#pc.getStats()).forEach((one) => stats.push(one));
    return pathOf(stats, this.#pc.remoteDescription?.sdp ?? '');
  }

  close(): void {
    const pc = this.#pc;
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = pc.ontrack = null;
    pc.close();
  }

  #configuration(iceServers: readonly IceServer[]): RTCConfiguration {
    return {
      iceServers: iceServers.map((server) => ({ ...server, urls: [server.urls].flat() as string[] })),
      iceTransportPolicy: this.#policy,
      // One path for sound and picture from the start; otherwise each looks for its own, and asks the relay for its own.
      bundlePolicy: 'max-bundle',
    };
  }

  async #offer(): Promise<void> {
    if (this.#held !== undefined) {
      await this.#held;
      // What has changed meanwhile fires `negotiationneeded` again if an offer is still due.
      if (this.#makingOffer || this.#pc.signalingState !== 'stable') return;
    }
    try {
      this.#makingOffer = true;
      await this.#pc.setLocalDescription();
      this.#sendDescription();
    } catch {
      // The state has moved on while the offer was made; `negotiationneeded` fires again if an offer is still due.
    } finally {
      this.#makingOffer = false;
    }
  }

  async #apply(body: SignalBody): Promise<void> {
    await this.#held;
    if (this.#pc.signalingState === 'closed') return;
    if ('description' in body) await this.#applyDescription(body.description);
    else if ('candidate' in body) await this.#applyCandidate(body.candidate);
  }

  async #applyDescription(description: SessionDescription): Promise<void> {
    const pc = this.#pc;
    const before = pc.remoteDescription;
    if (before !== null && startedOver(before.sdp, description.sdp)) {
      this.#events.startedOver(description);
      return;
    }
    const stable = pc.signalingState === 'stable' || (pc.signalingState === 'have-local-offer' && this.#settingAnswer);
    const collision = description.type === 'offer' && (this.#makingOffer || !stable);
    this.#ignoringOffer = !this.#polite && collision;
    if (this.#ignoringOffer) return;
    // An answer to an offer that was sent twice comes twice; the second has nothing to answer.
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer') return;

    this.#settingAnswer = description.type === 'answer';
    try {
      await pc.setRemoteDescription(description);
    } finally {
      this.#settingAnswer = false;
    }
    await this.#applyQueued();
    if (description.type !== 'offer') return;
    await Promise.all(pc.getTransceivers().map((transceiver) => this.#fill(transceiver)));
    await pc.setLocalDescription();
    this.#sendDescription();
  }

  async #applyCandidate(candidate: Candidate | null): Promise<void> {
    if (this.#pc.remoteDescription === null) {
      if (this.#queued.length < QUEUED_CANDIDATES_MAX) this.#queued.push(candidate);
      return;
    }
    try {
      await this.#pc.addIceCandidate(candidate);
    } catch (error) {
      // A candidate of an ignored offer, or of a generation that is over, has nowhere to go.
      if (!this.#ignoringOffer) console.debug('duet: candidate not taken:', error);
    }
  }

  async #applyQueued(): Promise<void> {
    const queued = this.#queued;
    this.#queued = [];
    for (const candidate of queued) await this.#applyCandidate(candidate);
  }

  async #fill(transceiver: RTCRtpTransceiver): Promise<void> {
    const { sender, receiver } = transceiver;
    const track = receiver.track.kind === 'audio' ? this.#tracks.audio : this.#tracks.video;
    try {
      if (transceiver.direction === 'recvonly') {
        transceiver.direction = 'sendrecv';
        sender.setStreams(this.#tracks.stream);
      }
      if (sender.track !== track) await sender.replaceTrack(track);
    } catch (error) {
      // A transceiver the other side has stopped takes no track.
      console.debug('duet: track not taken:', error);
    }
  }

  #sendDescription(): void {
    const description = this.#pc.localDescription;
    if (description === null) return;
    this.#candidatesSent = 0;
    this.#events.signal({ description: { type: description.type, sdp: description.sdp } });
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate !== null && candidate.candidate.length > CANDIDATE_BYTES) return;
    if (this.#candidatesSent >= CANDIDATES_PER_DESCRIPTION) return;
    this.#candidatesSent += 1;
    this.#events.signal({ candidate: candidate === null ? null : plain(candidate) });
  }
}

function plain(candidate: RTCIceCandidate): Candidate {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
