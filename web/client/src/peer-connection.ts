/**
 * One RTCPeerConnection to the other participant, by W3C's perfect negotiation. The side that offers makes one audio
 * and one video transceiver whether or not it has a microphone and a camera: tracks come and go by `replaceTrack`,
 * without another offer. Beside them there is one data channel, which both ends know of without saying so.
 *
 * It may be made before there is anybody to talk to (`parked`) or before the person has clicked (`toAnswer`); then nothing
 * of microphone and camera goes into it before {@link MediaConnection.fill}.
 */
import { DescriptionOrder } from './description-order.ts';
import { DIRECT_CHANNEL, DIRECT_LABEL } from './direct.ts';
import { CANDIDATES_PER_DESCRIPTION, CANDIDATE_BYTES } from './protocol.ts';
import type { Candidate, IceServer, SessionDescription, SignalBody } from './protocol.ts';
import type { Content, Picture } from './preferences.ts';
import { fragmentOf, isOf, startedOver } from './sdp.ts';
import type { Stage } from './timings.ts';
import { preferCodecs, tuneSender, tuned } from './tuning.ts';

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
  /** Its offer is told when it has its candidates, and lies in the room until somebody comes. */
  readonly parked?: true;
  /** An offer to make an answer to, which is said only later. */
  readonly toAnswer?: SessionDescription;
}

export interface ConnectionEvents {
  signal(body: SignalBody): void;
  changed(state: RTCPeerConnectionState): void;
  reached(stage: Stage): void;
  /** `screen`: not of microphone and camera. */
  remoteTrack(track: MediaStreamTrack, screen: boolean): void;
  offerGathered(description: SessionDescription): void;
  answerPrepared(description: SessionDescription): void;
  direct(open: boolean): void;
  /** What came over the data channel. */
  heard(data: unknown): void;
  /** A channel that the other side has opened, for a file. */
  channel(channel: RTCDataChannel): void;
  /** A description of the other end was applied. */
  described(): void;
  /** The description comes from another RTCPeerConnection than before: this one is of no use any more. */
  startedOver(description: SessionDescription): void;
}

/** More than both ends together may have waiting; what is beyond is dropped. */
const QUEUED_CANDIDATES_MAX = 2 * CANDIDATES_PER_DESCRIPTION;

/** A parked offer has its candidates by then, or goes without the late ones. */
const GATHERING_MS = 2_000;

export class MediaConnection {
  readonly #pc: RTCPeerConnection;
  readonly #policy: RTCIceTransportPolicy;
  readonly #polite: boolean;
  readonly #events: ConnectionEvents;
  #tracks: LocalTracks;
  #screen: readonly MediaStreamTrack[] = [];
  /** Places for it are made one after the other: two for one track would show it twice. */
  #showing: Promise<void> = Promise.resolve();
  /** What each sender was last asked to send. */
  readonly #asked = new WeakMap<RTCRtpSender, MediaStreamTrack | null>();
  #picture: Picture = 'full';
  #channel: RTCDataChannel | undefined;
  /** Whether the tracks are in it. */
  #filled: boolean;
  /** Its offer is not told before it is complete. */
  #gathering: boolean;
  /** The answer to an offer that lay in the room, where the browser gives up on one that has no candidates yet. */
  #early: SessionDescription | undefined;
  readonly #impatient: boolean;
  #makingOffer = false;
  #ignoringOffer = false;
  /** The offer that was ignored last. */
  #ignored: SessionDescription | undefined;
  #settingAnswer = false;
  /** Offers and answers wait for it: fresh ICE servers are under way. */
  #held: Promise<void> | undefined;
  #release = () => {};
  #queued: (Candidate | null)[] = [];
  #candidatesSent = 0;
  readonly #order = new DescriptionOrder();
  /** As it was said. */
  #answer: SessionDescription | undefined;
  /** Signals are applied one after the other, in the order they came. */
  #applied: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#polite = options.polite;
    this.#tracks = options.tracks;
    this.#events = events;
    this.#policy = options.iceTransportPolicy;
    this.#filled = options.parked !== true && options.toAnswer === undefined;
    this.#gathering = options.parked === true;
    this.#impatient = options.parked === true && navigator.userAgent.includes('Firefox/');
    const pc = new RTCPeerConnection(this.#configuration(options.iceServers));
    this.#pc = pc;
    pc.onnegotiationneeded = () => void this.#offer();
    pc.onicecandidate = ({ candidate }) => this.#sendCandidate(candidate);
    pc.oniceconnectionstatechange = () => {
      if (/^(connected|completed)$/.test(pc.iceConnectionState)) events.reached('ice');
    };
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === 'connected') events.reached('connected');
      events.changed(pc.connectionState);
    };
    pc.ontrack = ({ track, transceiver }) => {
      track.addEventListener('unmute', () => events.reached('packet'), { once: true });
      events.remoteTrack(track, !this.#mains().includes(transceiver));
    };
    pc.ondatachannel = ({ channel }) => events.channel(channel);
    if (options.offers) {
      for (const kind of ['audio', 'video'] as const) {
        const track = this.#filled ? this.#tracks[kind] : null;
        const streams = [this.#tracks.stream];
        preferCodecs(pc.addTransceiver(track ?? kind, { direction: 'sendrecv', streams }), contentOf(kind));
      }
      this.#openChannel();
    }
    if (options.toAnswer !== undefined) void this.#prepareAnswer(options.toAnswer);
  }

  /** Exchanges what is sent. */
  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    if (this.#filled) this.#fillMains();
  }

  /** From now on microphone and camera are in it, and the screen if it is shown. */
  fill(): void {
    this.#filled = true;
    this.#takeEarly();
    this.#fillMains();
    if (this.#screen.length > 0) void this.#showScreen();
  }

  #fillMains(): void {
    for (const transceiver of this.#mains()) void this.#fill(transceiver);
  }

  /** What is shown beside microphone and camera; nothing more with an empty list. It is offered the first time only. */
  setScreen(tracks: readonly MediaStreamTrack[]): void {
    this.#screen = tracks;
    void this.#showScreen();
  }

  /** Not before the places of microphone and camera are taken, nor before these are sent. */
  #showScreen(): Promise<void> {
    this.#showing = this.#showing.then(() => this.#placeScreen()).catch((error: unknown) => {
      // A place the other side has stopped takes no track.
      console.debug('duet: screen not taken:', error);
    });
    return this.#showing;
  }

  async #placeScreen(): Promise<void> {
    const tracks = this.#screen;
    if (this.#pc.signalingState === 'closed') return;
    const mains = this.#mains();
    if (mains.length < 2 || !this.#filled) return;
    const others = this.#pc.getTransceivers().filter((transceiver) => !mains.includes(transceiver));
    for (const kind of ['video', 'audio']) {
      const track = tracks.find((shown) => shown.kind === kind);
      const places = others.filter(({ receiver }) => receiver.track.kind === kind);
      // Both sides may have made a place at once; what is shown keeps its own, and is sent in no other.
      const place = places.find(({ sender }) => sender.track !== null) ?? places[0];
      for (const other of places) if (other !== place) await this.#send(other.sender, null);
      if (place !== undefined) {
        if (track !== undefined) place.direction = 'sendrecv';
        await this.#send(place.sender, track ?? null);
      } else if (track !== undefined) {
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

  /** Says yes to the offer it was made for, with the answer it has prepared. */
  useAnswer(answer: SessionDescription): void {
    this.#applied = this.#applied
      .then(() => this.#pc.setLocalDescription(answer))
      .then(() => this.#events.reached('local'))
      .then(() => this.#tune())
      .catch(() => this.#events.changed('failed'));
  }

  /** Says it over the data channel; what cannot be said is dropped. */
  say(text: string): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(text);
  }

  /** A channel of its own, for a file. */
  openChannel(label: string): RTCDataChannel {
    return this.#pc.createDataChannel(label);
  }

  /** The largest message that both ends take over a data channel. */
  get maxMessageBytes(): number {
    return this.#pc.sctp?.maxMessageSize ?? 65_536;
  }

  async stats(): Promise<Record<string, unknown>[]> {
    const stats: Record<string, unknown>[] = [];
    (await this.#pc.getStats()).forEach((one) => stats.push(one));
    return stats;
  }

  /** The descriptions of both ends, for who compares what they say of the connection. */
  get descriptions(): { readonly local: string; readonly remote: string } {
    return { local: this.#pc.localDescription?.sdp ?? '', remote: this.#pc.remoteDescription?.sdp ?? '' };
  }

  /** Takes what the other end said. */
  receive(body: SignalBody): void {
    if (this.#impatient && !this.#filled && 'description' in body) {
      this.#early = body.description;
      return;
    }
    this.#takeEarly();
    this.#take(body);
  }

  /** Whoever has answered comes. */
  #takeEarly(): void {
    const description = this.#early;
    this.#early = undefined;
    if (description !== undefined) this.#take({ description });
  }

  #take(body: SignalBody): void {
    this.#applied = this.#applied.then(() => this.#apply(body)).catch(() => undefined);
  }

  /** Both ends hear each other again: says what may have been lost, and looks for a new path if the old one is gone. */
  refresh(resend: boolean, restartIce: boolean): void {
    const offered = this.#pc.signalingState === 'have-local-offer';
    if (offered && resend) this.#sendDescription();
    if (restartIce && !(offered && this.#restarts())) this.#pc.restartIce();
  }

  /** What is offered looks for a path already; a screen, say, does not. */
  #restarts(): boolean {
    const { currentLocalDescription: current, pendingLocalDescription: pending } = this.#pc;
    return current === null || pending === null || fragmentOf(current.sdp) !== fragmentOf(pending.sdp);
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

  close(): void {
    const pc = this.#pc;
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = pc.ontrack = pc.ondatachannel = null;
    pc.onicegatheringstatechange = pc.oniceconnectionstatechange = null;
    if (this.#channel !== undefined) this.#channel.onopen = this.#channel.onclose = this.#channel.onmessage = null;
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
      this.#events.reached('local');
      this.#made();
      if (this.#gathering) void this.#gather();
      else this.#sendDescription();
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
    const heard = this.#order.judge(description);
    if (heard === 'again') this.#answerAgain();
    if (heard !== 'new') return;
    const stable = pc.signalingState === 'stable' || (pc.signalingState === 'have-local-offer' && this.#settingAnswer);
    const collision = description.type === 'offer' && (this.#makingOffer || !stable);
    this.#ignoringOffer = !this.#polite && collision;
    if (this.#ignoringOffer) {
      if ((description.turn ?? 0) >= (this.#ignored?.turn ?? 0)) this.#ignored = description;
      return;
    }
    // An answer to an offer that was sent twice comes twice; the second has nothing to answer.
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer') return;
    // Both have made places for everything, and one side's are enough: begun anew, there are no others to be taken back.
    if (collision && before === null) {
      this.#events.startedOver(description);
      return;
    }

    this.#settingAnswer = description.type === 'answer';
    try {
      await pc.setRemoteDescription(tuned(description, this.#policy === 'relay'));
      this.#events.reached('remote');
    } finally {
      this.#settingAnswer = false;
    }
    this.#order.takes(description);
    this.#events.described();
    await this.#applyQueued();
    const ignored = this.#ignored;
    this.#ignored = undefined;
    if (description.type !== 'offer') {
      this.#tune();
      // It was made after this answer, and has only come sooner.
      const turns = ignored !== undefined && description.turn !== undefined;
      const later = turns && !startedOver(ignored.sdp, description.sdp);
      if (later) this.receive({ description: ignored });
      return;
    }
    if (description.sdp.includes('m=application')) this.#openChannel();
    await Promise.all(this.#mains().map((transceiver) => this.#fill(transceiver)));
    await pc.setLocalDescription();
    this.#events.reached('local');
    this.#made();
    this.#sendDescription();
    this.#tune();
    if (this.#screen.length > 0) await this.#showScreen();
  }

  /** Another description is set; where an offer of the other side came first, the browser has made an answer of ours. */
  #made(): void {
    const { localDescription } = this.#pc;
    if (localDescription === null) return;
    this.#order.makes(localDescription.type);
    if (localDescription.type === 'answer') this.#answer = this.#order.marked(localDescription);
  }

  /** It may have been lost, and with it what was offered after it. */
  #answerAgain(): void {
    const offers = this.#pc.signalingState === 'have-local-offer';
    if (offers && this.#answer !== undefined) this.#events.signal({ description: this.#answer });
    this.#sendDescription();
  }

  /** How much of the camera's picture is sent. */
  setPicture(picture: Picture): void {
    this.#picture = picture;
    this.#tune();
  }

  #tune(): void {
    const mains = this.#mains();
    for (const transceiver of this.#pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind as 'audio' | 'video';
      const screen = kind === 'video' && !mains.includes(transceiver);
      const content = screen ? 'screen' : contentOf(kind);
      void tuneSender(transceiver.sender, content, content === 'camera' ? this.#picture : 'full');
    }
  }

  async #applyCandidate(candidate: Candidate | null): Promise<void> {
    const { remoteDescription } = this.#pc;
    if (remoteDescription === null || !isOf(remoteDescription.sdp, candidate?.usernameFragment)) {
      this.#queued = [...this.#queued, candidate].slice(-QUEUED_CANDIDATES_MAX);
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

  async #prepareAnswer(offer: SessionDescription): Promise<void> {
    const pc = this.#pc;
    try {
      await pc.setRemoteDescription(tuned(offer, this.#policy === 'relay'));
      this.#events.reached('remote');
      if (offer.sdp.includes('m=application')) this.#openChannel();
      await Promise.all(this.#mains().map((transceiver) => this.#fill(transceiver)));
      const { type, sdp = '' } = await pc.createAnswer();
      this.#order.takes(offer);
      this.#order.makes('answer');
      this.#answer = this.#order.marked({ type, sdp });
      this.#events.answerPrepared(this.#answer);
    } catch (error) {
      console.debug('duet: offer not taken:', error);
      this.#events.changed('failed');
    }
  }

  /** The offer is whole when every candidate is in it, or after a while. */
  async #gather(): Promise<void> {
    const pc = this.#pc;
    if (pc.iceGatheringState !== 'complete') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, GATHERING_MS);
        pc.onicegatheringstatechange = () => {
          if (pc.iceGatheringState !== 'complete') return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    pc.onicegatheringstatechange = null;
    this.#gathering = false;
    const description = pc.localDescription;
    if (pc.signalingState === 'have-local-offer' && description !== null) {
      this.#events.offerGathered(this.#order.marked(description));
    }
  }

  /** The other end makes the same channel by itself: nothing is negotiated. */
  #openChannel(): void {
    if (this.#channel !== undefined) return;
    const channel = this.#pc.createDataChannel(DIRECT_LABEL, DIRECT_CHANNEL);
    this.#channel = channel;
    channel.onopen = () => {
      this.#events.reached('direct');
      this.#events.direct(true);
    };
    channel.onclose = () => this.#events.direct(false);
    channel.onmessage = ({ data }) => this.#events.heard(data);
  }

  async #fill(transceiver: RTCRtpTransceiver): Promise<void> {
    const { sender, receiver } = transceiver;
    const kind = receiver.track.kind as 'audio' | 'video';
    const track = this.#filled ? this.#tracks[kind] : null;
    try {
      if (transceiver.direction === 'recvonly') {
        transceiver.direction = 'sendrecv';
        sender.setStreams(this.#tracks.stream);
        preferCodecs(transceiver, contentOf(kind));
      }
      await this.#send(sender, track);
    } catch (error) {
      // A transceiver the other side has stopped takes no track.
      console.debug('duet: track not taken:', error);
    }
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

  #sendDescription(): void {
    const { localDescription } = this.#pc;
    if (localDescription === null) return;
    this.#candidatesSent = 0;
    this.#events.signal({ description: this.#order.marked(localDescription) });
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    // Those of an offer that is told when it is complete are in it.
    if (this.#gathering || (candidate !== null && candidate.candidate.length > CANDIDATE_BYTES)) return;
    if (this.#candidatesSent >= CANDIDATES_PER_DESCRIPTION) return;
    this.#candidatesSent += 1;
    this.#events.signal({ candidate: candidate === null ? null : plain(candidate) });
  }
}

function contentOf(kind: 'audio' | 'video'): Content {
  return kind === 'audio' ? 'voice' : 'camera';
}

function plain(candidate: RTCIceCandidate): Candidate {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
