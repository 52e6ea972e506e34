/**
 * One RTCPeerConnection to the other participant, by W3C's perfect negotiation. The side that offers makes one audio
 * and one video transceiver whether or not it has a microphone and a camera: tracks come and go by `replaceTrack`,
 * without another offer. Beside them there is one data channel, which both ends know of without saying so.
 *
 * It may be made before the server has named its other end: then it is *empty* until {@link MediaConnection.name}. No track is in a
 * sender, its data channel is not read, and no description of it has an address in it but relayed ones. What it sends is in sending.ts, the
 * other's candidates are in remote-candidates.ts.
 */
import { DescriptionOrder } from './description-order.ts';
import { DIRECT_CHANNEL, DIRECT_LABEL } from './direct.ts';
import { notTaken } from './not-taken.ts';
import { CANDIDATES_PER_DESCRIPTION, CANDIDATE_BYTES } from './protocol.ts';
import type { Candidate, IceServer, SessionDescription, SignalBody } from './protocol.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { fragmentOf, onlyRelayed, startedOver, withoutAddresses } from './sdp.ts';
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
  /** Why it is empty, if it is. */
  readonly empty?: Empty;
  /** An offer to make an answer to. */
  readonly toAnswer?: SessionDescription;
}

/**
 * - `standing`: what it offers, or answers, is taken up only when it is named: until then it has no other end
 * - `preview`: it has one, and reaches it by relays
 * - `direct`: the same without relays, where the application wishes so
 */
export type Empty = 'standing' | 'preview' | 'direct';

export interface ConnectionEvents {
  signal(body: SignalBody): void;
  changed(state: RTCPeerConnectionState): void;
  reached(stage: Stage): void;
  /** `screen`: not of microphone and camera. */
  remoteTrack(track: MediaStreamTrack, screen: boolean): void;
  /** What it offers while it is empty, and the candidates that are not in the description. */
  offerGathered(description: SessionDescription, candidates: readonly Candidate[]): void;
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
  /** What came after that description, and is for whatever took this one's place. */
  cameLate(body: SignalBody): void;
}

/** What is described in one piece has its candidates by then, or goes without the late ones. */
const GATHERING_MS = 2_000;

export class MediaConnection {
  readonly #pc: RTCPeerConnection;
  #policy: RTCIceTransportPolicy;
  #empty: Empty | undefined;
  readonly #polite: boolean;
  readonly #offers: boolean;
  readonly #events: ConnectionEvents;
  /** Microphone, camera and screen. */
  readonly sending: Sending;
  readonly #candidates: RemoteCandidates;
  #channel: RTCDataChannel | undefined;
  /** Found while it is empty. */
  #found: Candidate[] = [];
  #makingOffer = false;
  /** Another one takes its place, and what comes after the description that said so. */
  #isReplaced = false;
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
    this.#empty = options.empty;
    const pc = new RTCPeerConnection(this.#configuration(options.iceServers));
    this.#pc = pc;
    this.sending = new Sending(pc, options.tracks, options.empty === undefined);
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
    pc.ondatachannel = ({ channel }) => (this.#empty === undefined ? events.channel(channel) : channel.close());
    if (options.offers) {
      this.sending.makePlaces();
      this.#openChannel();
    }
    if (options.toAnswer) void this.#prepareAnswer(options.toAnswer);
  }

  /**
   * The server has named the other end: from now on microphone and camera are in it, and the screen if it is shown, and its channel is
   * read.
   *
   * @param restartIce looks for a path by the new policy at once; otherwise that is for the other end
   */
  name(how: Pick<ConnectionOptions, 'iceServers' | 'iceTransportPolicy'>, restartIce: boolean): void {
    this.#empty = undefined;
    this.#policy = how.iceTransportPolicy;
    this.#configure(how.iceServers);
    const prepared = this.#pc.signalingState === 'have-remote-offer' ? this.#answer : undefined;
    if (prepared !== undefined) this.#useAnswer(prepared);
    if (restartIce) this.refresh(true, true);
    this.sending.fill();
    this.#channelOpened();
  }

  /** Says yes to the standing offer that it was made for. */
  #useAnswer({ type, sdp }: SessionDescription): void {
    this.#applied = this.#applied
      .then(() => this.#pc.setLocalDescription({ type, sdp }))
      .then(() => this.#events.reached('local'))
      .then(() => this.sending.tune())
      .catch(() => this.#events.changed('failed'));
  }

  /** Says it over the data channel; what cannot be said is dropped. */
  say(text: string): void {
    if (this.#empty === undefined && this.#channel?.readyState === 'open') this.#channel.send(text);
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

  /** Takes what the other end said; before that end is named, only the description that connects the two by relays. */
  receive(body: SignalBody): void {
    if (this.#empty !== undefined) {
      if (this.#empty === 'standing' || !('description' in body)) return;
      body = { description: this.#shown(body.description) };
    }
    const taken = body;
    // The other side says it again when the two hear each other anew.
    this.#applied = this.#applied.then(() => this.#apply(taken)).catch(notTaken('signal'));
  }

  /** As it may be shown, or taken, before both sides have a seat. */
  #shown<D extends SessionDescription>(description: D): D {
    const { sdp } = description;
    switch (this.#empty) {
      case 'standing':
        return { ...description, sdp: withoutAddresses(sdp) };
      case 'preview':
        return { ...description, sdp: onlyRelayed(sdp) };
      default:
        return description;
    }
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
    this.#configure(iceServers);
    this.#held = undefined;
    this.#release();
  }

  #configure(iceServers: readonly IceServer[]): void {
    try {
      this.#pc.setConfiguration(this.#configuration(iceServers));
    } catch (error) {
      // Closed, or servers this browser does not know how to ask: those it had may do.
      notTaken('ICE servers')(error);
    }
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
      if (this.#empty !== undefined) void this.#gatherOffer();
      else this.#sendDescription();
    } catch {
      // The state has moved on while the offer was made; `negotiationneeded` fires again if an offer is still due.
    } finally {
      this.#makingOffer = false;
    }
  }

  async #apply(body: SignalBody): Promise<void> {
    await this.#held;
    if (this.#isReplaced) this.#events.cameLate(body);
    if (this.#isReplaced || this.#pc.signalingState === 'closed') return;
    if ('description' in body) await this.#applyDescription(body.description);
    else if ('candidate' in body) await this.#candidates.take(body.candidate);
  }

  async #applyDescription(description: SessionDescription): Promise<void> {
    const pc = this.#pc;
    const before = pc.remoteDescription;
    if (before !== null && startedOver(before.sdp, description.sdp)) {
      this.#startOver(description);
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
      this.#startOver(description);
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

  #startOver(description: SessionDescription): void {
    this.#isReplaced = true;
    this.#events.startedOver(description);
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

  /** To a standing offer it is made and no more; of a connection by relays it is used, and told when it has its candidates. */
  async #prepareAnswer(offer: SessionDescription): Promise<void> {
    const pc = this.#pc;
    try {
      await this.#hears(this.#shown(offer));
      await this.#meets(offer);
      this.#order.takes(offer);
      const { type, sdp = '' } = await pc.createAnswer();
      this.#order.makes('answer');
      this.#answer = this.#order.marked({ type, sdp });
      if (this.#empty !== 'standing') {
        await pc.setLocalDescription({ type, sdp });
        await this.#gathered();
      }
      // Named, or closed, meanwhile.
      if (this.#empty === undefined || pc.signalingState === 'closed') return;
      this.#answer = this.#order.marked(pc.localDescription ?? { type, sdp });
      this.#events.answerPrepared(this.#shown(this.#answer));
    } catch (error) {
      notTaken('offer')(error);
      this.#events.changed('failed');
    }
  }

  async #gatherOffer(): Promise<void> {
    await this.#gathered();
    const { localDescription: description, currentLocalDescription: before, signalingState } = this.#pc;
    const first = signalingState === 'have-local-offer' && before === null;
    if (this.#empty === undefined || !first || description === null) return;
    const candidates = this.#empty === 'standing' ? this.#found : [];
    this.#events.offerGathered(this.#shown(this.#order.marked(description)), candidates);
  }

  /** Every candidate is found, or a while is over. */
  async #gathered(): Promise<void> {
    const pc = this.#pc;
    if (pc.iceGatheringState === 'complete') return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHERING_MS);
      pc.onicegatheringstatechange = () => {
        if (pc.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      };
    });
    pc.onicegatheringstatechange = null;
  }

  /** The other end makes the same channel by itself: nothing is negotiated. */
  #openChannel(): void {
    if (this.#channel) return;
    const channel = this.#pc.createDataChannel(DIRECT_LABEL, DIRECT_CHANNEL);
    this.#channel = channel;
    channel.onopen = () => this.#channelOpened();
    channel.onclose = () => this.#events.direct(false);
    channel.onmessage = ({ data }) => {
      if (this.#empty === undefined) this.#events.heard(data);
    };
  }

  #channelOpened(): void {
    if (this.#empty !== undefined || this.#channel?.readyState !== 'open') return;
    this.#events.reached('direct');
    this.#events.direct(true);
  }

  #sendDescription(): void {
    const { localDescription } = this.#pc;
    if (localDescription === null) return;
    this.#candidatesSent = 0;
    this.#events.signal({ description: this.#order.marked(localDescription) });
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate !== null && candidate.candidate.length > CANDIDATE_BYTES) return;
    if (this.#empty !== undefined) {
      if (candidate?.candidate && this.#found.length < CANDIDATES_PER_DESCRIPTION) this.#found.push(plain(candidate));
      return;
    }
    if (this.#candidatesSent >= CANDIDATES_PER_DESCRIPTION) return;
    this.#candidatesSent += 1;
    this.#events.signal({ candidate: candidate === null ? null : plain(candidate) });
  }
}

function plain(candidate: RTCIceCandidate): Candidate {
  const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
