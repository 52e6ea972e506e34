/**
 * One RTCPeerConnection to the other participant, by W3C's perfect negotiation. The side that offers makes one audio
 * and one video transceiver whether or not it has a microphone and a camera: tracks come and go by `replaceTrack`,
 * without another offer. Beside them there is one data channel, which both ends know of without saying so.
 *
 * It may be made before there is anybody to talk to (`parked`) or before the person has clicked (`toAnswer`); then nothing
 * of microphone and camera goes into it before {@link Sending.fill}. What it sends is in sending.ts, the other's candidates are in
 * remote-candidates.ts.
 */
import { DescriptionOrder } from './description-order.ts';
import { DIRECT_CHANNEL, DIRECT_LABEL } from './direct.ts';
import { notTaken } from './not-taken.ts';
import { CANDIDATES_PER_DESCRIPTION, CANDIDATE_BYTES } from './protocol.ts';
import type { Candidate, IceServer, SessionDescription, SignalBody } from './protocol.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { fragmentOf, startedOver } from './sdp.ts';
import { Sending } from './sending.ts';
import type { LocalTracks } from './sending.ts';
import type { Stage } from './timings.ts';
import { tuned } from './tuning.ts';

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

/** A parked offer has its candidates by then, or goes without the late ones. */
const GATHERING_MS = 2_000;

export class MediaConnection {
  readonly #pc: RTCPeerConnection;
  readonly #policy: RTCIceTransportPolicy;
  readonly #polite: boolean;
  readonly #offers: boolean;
  readonly #events: ConnectionEvents;
  /** Microphone, camera and screen. */
  readonly sending: Sending;
  readonly #candidates: RemoteCandidates;
  #channel: RTCDataChannel | undefined;
  /** Its offer is not told before it is complete. */
  #gathering: boolean;
  /** The answer to an offer that lay in the room, where the browser gives up on one that has no candidates yet. */
  #early: SessionDescription | undefined;
  readonly #impatient: boolean;
  #makingOffer = false;
  /** The offer that was ignored last. */
  #ignored: SessionDescription | undefined;
  #settingAnswer = false;
  /** Offers and answers wait for it: fresh ICE servers are under way. */
  #held: Promise<void> | undefined;
  #release = () => {};
  #candidatesSent = 0;
  readonly #order = new DescriptionOrder();
  /** As it was said. */
  #answer: SessionDescription | undefined;
  /** Signals are applied one after the other, in the order they came. */
  #applied: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#polite = options.polite;
    this.#offers = options.offers;
    this.#events = events;
    this.#policy = options.iceTransportPolicy;
    this.#gathering = options.parked === true;
    this.#impatient = options.parked === true && navigator.userAgent.includes('Firefox/');
    const pc = new RTCPeerConnection(this.#configuration(options.iceServers));
    this.#pc = pc;
    this.sending = new Sending(pc, options.tracks, options.parked !== true && options.toAnswer === undefined);
    this.#candidates = new RemoteCandidates(pc);
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
      events.remoteTrack(track, !this.sending.isMain(transceiver));
    };
    pc.ondatachannel = ({ channel }) => events.channel(channel);
    if (options.offers) {
      this.sending.makePlaces();
      this.#openChannel();
    }
    if (options.toAnswer) void this.#prepareAnswer(options.toAnswer);
  }

  /** From now on microphone and camera are in it, and the screen if it is shown. */
  fill(): void {
    this.#takeEarly();
    this.sending.fill();
  }

  /** Says yes to the offer it was made for, with the answer it has prepared. */
  useAnswer(answer: SessionDescription): void {
    this.#applied = this.#applied
      .then(() => this.#pc.setLocalDescription(answer))
      .then(() => this.#events.reached('local'))
      .then(() => this.sending.tune())
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
    if (this.#impatient && !this.sending.filled && 'description' in body) {
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
    // The other side says it again when the two hear each other anew.
    this.#applied = this.#applied.then(() => this.#apply(body)).catch(notTaken('signal'));
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
      notTaken('ICE servers')(error);
    }
    this.#held = undefined;
    this.#release();
  }

  close(): void {
    const pc = this.#pc;
    pc.onnegotiationneeded = pc.onicecandidate = pc.onconnectionstatechange = pc.ontrack = pc.ondatachannel = null;
    pc.onicegatheringstatechange = pc.oniceconnectionstatechange = null;
    if (this.#channel) this.#channel.onopen = this.#channel.onclose = this.#channel.onmessage = null;
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
    else if ('candidate' in body) await this.#candidates.take(body.candidate);
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
    // Whoever has made places for everything is about to offer them.
    const offers = this.#makingOffer || !stable || (this.#offers && before === null);
    const collision = description.type === 'offer' && offers;
    if (collision && !this.#polite) {
      if ((description.turn ?? 0) >= (this.#ignored?.turn ?? 0)) this.#ignored = description;
      return;
    }
    // An answer to an offer that was sent twice comes twice; the second has nothing to answer.
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer') return;
    // No offer is taken back. In the beginning both have made places for everything, and one side's are enough; later Chromium
    // shows no more pictures after a rollback, though it decodes them.
    if (collision) {
      this.#events.startedOver(description);
      return;
    }

    this.#settingAnswer = description.type === 'answer';
    try {
      await this.#hears(description);
    } finally {
      this.#settingAnswer = false;
    }
    this.#order.takes(description);
    this.#events.described();
    await this.#candidates.described();
    const ignored = this.#ignored;
    this.#ignored = undefined;
    if (description.type !== 'offer') {
      this.sending.tune();
      // It was made after this answer, and has only come sooner.
      const turns = ignored !== undefined && description.turn !== undefined;
      const later = turns && !startedOver(ignored.sdp, description.sdp);
      if (later) this.receive({ description: ignored });
      return;
    }
    await this.#meets(description);
    await pc.setLocalDescription();
    this.#events.reached('local');
    this.#made();
    this.#sendDescription();
    this.sending.tune();
    await this.sending.showScreen();
  }

  async #hears(description: SessionDescription): Promise<void> {
    await this.#pc.setRemoteDescription(tuned(description, this.#policy === 'relay'));
    this.#events.reached('remote');
  }

  /** What is to be in the answer to an offer. */
  async #meets({ sdp }: SessionDescription): Promise<void> {
    if (sdp.includes('m=application')) this.#openChannel();
    await this.sending.fillMains();
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
    if (offers && this.#answer) this.#events.signal({ description: this.#answer });
    this.#sendDescription();
  }

  async #prepareAnswer(offer: SessionDescription): Promise<void> {
    const pc = this.#pc;
    try {
      await this.#hears(offer);
      await this.#meets(offer);
      const { type, sdp = '' } = await pc.createAnswer();
      this.#order.takes(offer);
      this.#order.makes('answer');
      this.#answer = this.#order.marked({ type, sdp });
      this.#events.answerPrepared(this.#answer);
    } catch (error) {
      notTaken('offer')(error);
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
    if (pc.signalingState === 'have-local-offer' && description) {
      this.#events.offerGathered(this.#order.marked(description));
    }
  }

  /** The other end makes the same channel by itself: nothing is negotiated. */
  #openChannel(): void {
    if (this.#channel) return;
    const channel = this.#pc.createDataChannel(DIRECT_LABEL, DIRECT_CHANNEL);
    this.#channel = channel;
    channel.onopen = () => {
      this.#events.reached('direct');
      this.#events.direct(true);
    };
    channel.onclose = () => this.#events.direct(false);
    channel.onmessage = ({ data }) => this.#events.heard(data);
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

function plain(candidate: RTCIceCandidate): Candidate {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
