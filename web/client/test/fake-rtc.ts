/**
 * An RTCPeerConnection in virtual time, as W3C and RFC 8829 have it as far as negotiation goes: what is wrong to do throws,
 * everything takes its time, and what is chained waits for what was asked before.
 */
import { FakeIce } from './fake-ice.ts';
import type { FakeNetwork } from './fake-network.ts';
import { both, read, receives, reversed, sends, written } from './fake-sdp.ts';
import type { Description, Direction, Kind, Section } from './fake-sdp.ts';

export class FakeTrack {
  readonly kind: string;
  constructor(kind: string) {
    this.kind = kind;
  }

  /** Nobody here listens for packets. */
  addEventListener(): void {}
}

export class FakeStream {
  static next = 1;
  readonly id = `stream${FakeStream.next++}`;
  #tracks: FakeTrack[];
  constructor(tracks: readonly FakeTrack[] = []) {
    this.#tracks = [...tracks];
  }
  addTrack(track: FakeTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }
  removeTrack(track: FakeTrack): void {
    this.#tracks = this.#tracks.filter((one) => one !== track);
  }
  getTracks(): FakeTrack[] {
    return [...this.#tracks];
  }
}

class FakeSender {
  track: FakeTrack | null = null;
  msid = '';
  readonly #pc: FakePeerConnection;
  constructor(pc: FakePeerConnection) {
    this.#pc = pc;
  }
  replaceTrack(track: FakeTrack | null): Promise<void> {
    return this.#pc.chain(() => {
      this.track = track;
    });
  }
  setStreams(stream: FakeStream): void {
    this.msid = stream.id;
    this.#pc.needNegotiation();
  }
  getParameters(): { encodings: object[] } {
    return { encodings: [{}] };
  }
  async setParameters(): Promise<void> {
    await Promise.resolve();
  }
}

export class FakeTransceiver {
  mid: string | null = null;
  currentDirection: Direction | null = null;
  receiving = false;
  /** Whether its place came with an offer of this side that is not answered yet. */
  offered = false;
  readonly sender: FakeSender;
  readonly receiver: { readonly track: FakeTrack };
  readonly #pc: FakePeerConnection;
  #direction: Direction;

  constructor(pc: FakePeerConnection, kind: string, direction: Direction) {
    this.#pc = pc;
    this.sender = new FakeSender(pc);
    this.receiver = { track: new FakeTrack(kind) };
    this.#direction = direction;
  }
  get direction(): Direction {
    return this.#direction;
  }
  set direction(direction: Direction) {
    if (direction === this.#direction) return;
    this.#direction = direction;
    this.#pc.needNegotiation();
  }
  setCodecPreferences(): void {}
}

export class FakeChannel {
  readyState: 'connecting' | 'open' | 'closed' = 'connecting';
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly queue: string[] = [];
  send(text: string): void {
    if (this.readyState !== 'open') throw new DOMException(this.readyState, 'InvalidStateError');
    this.queue.push(text);
    this.said();
  }
  said: () => void = () => {};
}

type Event<T> = ((event: T) => void) | null;
type Plain = { readonly type: string; readonly sdp: string };

export class FakePeerConnection {
  readonly fingerprint: string;
  readonly ice: FakeIce;
  readonly page: string;
  /** Whether a restart shows in its state although the old path works. */
  readonly blinks: boolean;
  relayOnly: boolean;
  /** Whether it is given a relay. */
  #relays: boolean;
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable';
  iceGatheringState: 'new' | 'gathering' | 'complete' = 'new';
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: Event<{ candidate: object | null }> = null;
  onconnectionstatechange: (() => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;
  ontrack: Event<{ track: FakeTrack; transceiver: FakeTransceiver }> = null;
  ondatachannel: Event<unknown> = null;
  channel: FakeChannel | undefined;
  /** How often this side has offered to look for a new path. */
  restarts = 0;
  readonly #network: FakeNetwork;
  readonly #transceivers: FakeTransceiver[] = [];
  #currentLocal: Description | undefined;
  #currentRemote: Description | undefined;
  #pendingLocal: Description | undefined;
  #pendingRemote: Description | undefined;
  #lastAnswer = '';
  #version = 0;
  #toReplace = new Set<string>();
  #chained = 0;
  #chain: Promise<unknown> = Promise.resolve();
  #needed = false;
  #askOnEmpty = false;
  #bytes = 0;

  constructor(network: FakeNetwork, { iceServers = [], iceTransportPolicy }: RTCConfiguration) {
    this.#network = network;
    // The servers that a page is given name it, so that the network knows who asks.
    this.page = [iceServers[0]?.urls].flat()[0]?.replace('stun:', '') ?? '?';
    if (!/^[a-d]\d+$/.test(this.page)) network.faults.push(`a connection without ICE servers: ${this.page}`);
    this.relayOnly = iceTransportPolicy === 'relay';
    this.#relays = haveRelay(iceServers);
    this.fingerprint = `F${network.newName()}`;
    this.blinks = network.random() < 0.5;
    this.ice = new FakeIce(this, network);
    network.connections.push(this);
  }

  get gone(): boolean {
    return this.signalingState === 'closed' || this.#network.isDead(this.page);
  }
  get connectionState(): RTCPeerConnectionState {
    return this.signalingState === 'closed' ? 'closed' : this.ice.state;
  }
  get localDescription(): Plain | null {
    return plain(this.#pendingLocal ?? this.#currentLocal);
  }
  get remoteDescription(): Plain | null {
    return plain(this.#pendingRemote ?? this.#currentRemote);
  }

  /** Whose the description of the other end is, if it says where that end is. */
  get reaches(): FakePeerConnection | undefined {
    const remote = this.#pendingRemote ?? this.#currentRemote;
    return remote === undefined || remote.candidates.size === 0 ? undefined : this.#network.owner(remote.ufrag);
  }

  get currentLocalDescription(): Plain | null {
    return plain(this.#currentLocal);
  }
  get pendingLocalDescription(): Plain | null {
    return plain(this.#pendingLocal);
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  addTransceiver(what: FakeTrack | string, how: { direction: Direction; streams: FakeStream[] }): FakeTransceiver {
    this.#open();
    const track = typeof what === 'string' ? null : what;
    const transceiver = new FakeTransceiver(this, track?.kind ?? String(what), how.direction);
    transceiver.sender.track = track;
    transceiver.sender.msid = how.streams[0]?.id ?? '';
    this.#transceivers.push(transceiver);
    this.needNegotiation();
    return transceiver;
  }

  createDataChannel(): FakeChannel {
    this.#open();
    const channel = new FakeChannel();
    this.channel = channel;
    channel.said = () => this.#deliver();
    this.needNegotiation();
    this.direct();
    return channel;
  }

  /** What is found by it is found by the next generation. */
  setConfiguration({ iceServers = [], iceTransportPolicy }: RTCConfiguration): void {
    this.#open();
    this.relayOnly = iceTransportPolicy === 'relay';
    this.#relays = haveRelay(iceServers);
  }

  restartIce(): void {
    if (this.signalingState === 'closed') return;
    const pending = this.#pendingLocal;
    if (pending?.type === 'offer' && pending.ufrag !== this.#currentLocal?.ufrag && this.#currentLocal !== undefined) {
      this.#network.faults.push('a restart while another is in flight');
    }
    this.#toReplace = new Set([this.#currentLocal, pending].flatMap((description) => description?.ufrag ?? []));
    this.needNegotiation();
  }

  async createAnswer(): Promise<Plain> {
    return this.chain(() => {
      const answer = this.#newAnswer();
      this.#lastAnswer = written(answer);
      return { type: 'answer', sdp: this.#lastAnswer };
    });
  }

  setLocalDescription(given?: Plain): Promise<void> {
    return this.chain(async () => {
      const answers = this.signalingState === 'have-remote-offer';
      let description: Description;
      if (given === undefined) {
        description = answers ? this.#newAnswer() : this.#newOffer();
        await this.#network.pause();
        if (this.gone) return new Promise<never>(() => {});
      } else {
        if (given.type !== 'answer' || !answers) throw new DOMException(this.signalingState, 'InvalidStateError');
        if (given.sdp !== this.#lastAnswer) throw new DOMException('not the last answer', 'InvalidModificationError');
        description = read(given.type, given.sdp);
      }
      this.#setLocal(description);
      this.#trace(`set local ${description.type} ${description.version} ${description.ufrag}`);
    });
  }

  setRemoteDescription({ type, sdp }: Plain): Promise<void> {
    return this.chain(() => {
      const description = read(type, sdp);
      if (type === 'answer' && this.signalingState !== 'have-local-offer') {
        throw new DOMException(this.signalingState, 'InvalidStateError');
      }
      const before = this.#currentRemote?.fingerprint ?? description.fingerprint;
      if (description.sections.length < (this.#currentRemote?.sections.length ?? 0)) {
        throw new DOMException('fewer sections than before', 'InvalidAccessError');
      }
      if (before !== description.fingerprint) throw new DOMException('another fingerprint', 'OperationError');
      if (type === 'offer') this.#setRemoteOffer(description);
      else this.#setRemoteAnswer(description);
      this.#trace(`set remote ${type} ${description.version} ${description.ufrag}`);
    });
  }

  addIceCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    return this.chain(() => {
      const remotes = [this.#pendingRemote, this.#currentRemote].flatMap((remote) => remote ?? []);
      if (remotes.length === 0) throw new DOMException('no remote description', 'InvalidStateError');
      if (candidate === null || candidate.candidate === '') return;
      const { usernameFragment, candidate: line = '', sdpMid } = candidate;
      this.#trace(`candidate ${line} of ${usernameFragment}`);
      const remote = remotes.find(({ ufrag }) => ufrag === (usernameFragment ?? remotes[0]?.ufrag));
      if (remote === undefined) throw new DOMException(`unknown ufrag ${usernameFragment}`, 'OperationError');
      if (!remote.sections.some(({ mid }) => mid === sdpMid)) throw new DOMException(`no ${sdpMid}`, 'OperationError');
      remote.candidates.add(line);
      this.#network.changed();
    });
  }

  async getStats(): Promise<Map<string, object>> {
    const other = this.ice.pair?.with;
    const sent = other?.getTransceivers().some(({ currentDirection, sender }) => {
      return currentDirection !== null && sends(currentDirection) && sender.track !== null;
    });
    if (this.ice.works() && sent === true) this.#bytes += 1;
    return new Map([['in', { type: 'inbound-rtp', bytesReceived: this.#bytes }]]);
  }

  close(): void {
    if (this.signalingState === 'closed') return;
    const other = this.ice.pair?.with;
    const told = this.ice.works() && this.#network.random() < 0.5;
    this.signalingState = 'closed';
    if (this.channel !== undefined) this.channel.readyState = 'closed';
    if (told && other !== undefined) this.#network.in(this.#network.random() * 100, () => other.#closeChannel());
    this.#network.changed();
  }

  /** What is asked is done one after the other; what is asked of a closed one is never answered. */
  chain<T>(run: () => T | Promise<T>): Promise<T> {
    if (this.signalingState === 'closed') return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    this.#chained += 1;
    const result = this.#chain.then(async () => {
      await this.#network.pause();
      if (this.gone) return new Promise<never>(() => {});
      try {
        return await run();
      } finally {
        this.#chained -= 1;
        if (this.#chained === 0 && this.#askOnEmpty) this.needNegotiation();
      }
    });
    this.#chain = result.catch(() => undefined);
    return result;
  }

  needNegotiation(): void {
    this.#askOnEmpty = this.#chained > 0;
    if (this.#askOnEmpty || this.signalingState !== 'stable') return;
    this.#network.in(0, () => {
      if (this.gone) return;
      this.#askOnEmpty = this.#chained > 0;
      if (this.#askOnEmpty || this.signalingState !== 'stable') return;
      const needed = this.#isNegotiationNeeded();
      if (needed && !this.#needed) this.onnegotiationneeded?.();
      this.#needed = needed;
    });
  }

  /** What is waiting on the data channel goes where there is a way. */
  direct(): void {
    this.#openChannel();
    this.#deliver();
    const other = this.ice.pair?.with;
    if (other === undefined) return;
    other.#openChannel();
    other.#deliver();
  }

  #openChannel(): void {
    const { channel } = this;
    const other = this.ice.pair?.with;
    const there = other?.channel !== undefined && other.channel.readyState !== 'closed';
    const both = channel?.readyState === 'connecting' && there;
    if (!both || !this.ice.works() || !this.#currentLocal?.sections.some(({ kind }) => kind === 'application')) return;
    this.#network.in(this.#network.random() * 50, () => {
      if (this.gone || channel.readyState !== 'connecting') return;
      channel.readyState = 'open';
      channel.onopen?.();
      const there = this.ice.pair?.with;
      if (there !== undefined) there.#deliver();
    });
  }

  #closeChannel(): void {
    if (this.gone || this.channel?.readyState !== 'open') return;
    this.channel.readyState = 'closed';
    this.channel.onclose?.();
  }

  /** In order, and nothing is lost before one of the ends is. */
  #deliver(): void {
    const { channel } = this;
    const other = this.ice.pair?.with;
    if (channel === undefined || channel.queue.length === 0 || other === undefined || !this.ice.works()) return;
    const text = channel.queue[0];
    this.#network.in(1 + this.#network.random() * 40, () => {
      if (this.gone || other.gone || channel.queue[0] !== text || !this.ice.works()) return;
      if (other.channel?.readyState !== 'open') return;
      channel.queue.shift();
      other.channel.onmessage?.({ data: text });
      this.#deliver();
    });
  }

  #trace(what: string): void {
    this.#network.trace(`${this.page} ${this.fingerprint} ${what}`);
  }

  #open(): void {
    if (this.signalingState === 'closed') throw new DOMException('closed', 'InvalidStateError');
  }

  #newOffer(): Description {
    const before = this.#pendingLocal?.type === 'offer' ? this.#pendingLocal : this.#currentLocal;
    const fresh = before === undefined || this.#toReplace.has(before.ufrag);
    const sections = this.#placed().map(({ kind, mid }): Section => {
      const transceiver = this.#transceivers.find((one) => one.mid === mid);
      return { kind, mid, direction: transceiver?.direction ?? 'sendrecv', msid: transceiver?.sender.msid ?? '' };
    });
    const mids = sections.map(({ mid }) => Number(mid));
    let next = Math.max(-1, ...mids) + 1;
    for (const { mid, receiver, direction, sender } of this.#transceivers) {
      if (mid !== null) continue;
      sections.push({ kind: receiver.track.kind as Kind, mid: String(next++), direction, msid: sender.msid });
    }
    if (this.channel !== undefined && !sections.some(({ kind }) => kind === 'application')) {
      sections.push({ kind: 'application', mid: String(next++), direction: 'sendrecv', msid: '' });
    }
    return this.#described('offer', fresh ? undefined : before, sections);
  }

  /** The places that both sides know of, or that are offered. */
  #placed(): readonly Section[] {
    return (this.#pendingLocal ?? this.#currentLocal)?.sections ?? [];
  }

  #newAnswer(): Description {
    const offer = this.#pendingRemote;
    if (offer === undefined) throw new DOMException(this.signalingState, 'InvalidStateError');
    const fresh = offer.ufrag !== this.#currentRemote?.ufrag;
    const sections = offer.sections.map(({ kind, mid, direction }): Section => {
      const transceiver = this.#transceivers.find((one) => one.mid === mid);
      const own = transceiver?.direction ?? 'sendrecv';
      return { kind, mid, direction: both(own, reversed(direction)), msid: transceiver?.sender.msid ?? '' };
    });
    return this.#described('answer', fresh ? undefined : this.#currentLocal, sections);
  }

  #described(type: 'offer' | 'answer', before: Description | undefined, sections: Section[]): Description {
    const name = this.#network.newName();
    if (before === undefined) this.#network.own(`u${name}`, this);
    const { ufrag, pwd, candidates } = before ?? { ufrag: `u${name}`, pwd: `p${name}`, candidates: new Set<string>() };
    return { type, version: this.#version++, ufrag, pwd, fingerprint: this.fingerprint, sections, candidates };
  }

  #setLocal(description: Description): void {
    if (description.type === 'offer') {
      if (this.signalingState !== 'stable' && this.signalingState !== 'have-local-offer') {
        throw new DOMException(this.signalingState, 'InvalidStateError');
      }
      const pending = this.#pendingLocal;
      const known = [pending?.ufrag, this.#currentLocal?.ufrag];
      const another = pending !== undefined && !known.includes(description.ufrag);
      if (another) this.#network.faults.push('two restarts in flight');
      if (this.#currentLocal !== undefined && !known.includes(description.ufrag)) this.restarts += 1;
      this.#pendingLocal = description;
      this.signalingState = 'have-local-offer';
      const free = this.#transceivers.filter(({ mid }) => mid === null);
      for (const section of description.sections) {
        if (section.kind === 'application' || this.#transceivers.some(({ mid }) => mid === section.mid)) continue;
        const transceiver = free.find(({ receiver, mid }) => mid === null && receiver.track.kind === section.kind);
        if (transceiver === undefined) continue;
        transceiver.mid = section.mid;
        transceiver.offered = true;
      }
    } else {
      this.#currentLocal = description;
      this.#currentRemote = this.#pendingRemote;
      this.#settle();
    }
    this.#gather(description);
  }

  #setRemoteOffer(description: Description): void {
    if (this.signalingState === 'have-local-offer') this.#rollBack();
    this.#pendingRemote = description;
    this.signalingState = 'have-remote-offer';
    for (const { kind, mid } of description.sections) {
      if (kind === 'application' || this.#transceivers.some((one) => one.mid === mid)) continue;
      const transceiver = new FakeTransceiver(this, kind, 'recvonly');
      transceiver.mid = mid;
      this.#transceivers.push(transceiver);
    }
    this.#hear(description);
  }

  #rollBack(): void {
    this.#pendingLocal = undefined;
    this.signalingState = 'stable';
    for (const transceiver of this.#transceivers) {
      if (transceiver.offered) transceiver.mid = null;
      transceiver.offered = false;
    }
  }

  #setRemoteAnswer(description: Description): void {
    const offered = this.#pendingLocal?.sections.map(({ mid, kind }) => `${kind} ${mid}`).join();
    if (offered !== description.sections.map(({ mid, kind }) => `${kind} ${mid}`).join()) {
      throw new DOMException('the answer is to another offer', 'InvalidAccessError');
    }
    this.#currentLocal = this.#pendingLocal;
    this.#currentRemote = description;
    this.#hear(description);
    this.#settle();
  }

  #settle(): void {
    this.#pendingLocal = undefined;
    this.#pendingRemote = undefined;
    this.signalingState = 'stable';
    const [local, remote] = [this.#currentLocal, this.#currentRemote];
    if (local === undefined || remote === undefined) return;
    if (!this.#toReplace.has(local.ufrag)) this.#toReplace.clear();
    for (const transceiver of this.#transceivers) {
      transceiver.offered = false;
      const own = local.sections.find(({ mid }) => mid === transceiver.mid);
      const their = remote.sections.find(({ mid }) => mid === transceiver.mid);
      if (own === undefined || their === undefined) continue;
      transceiver.currentDirection = both(own.direction, reversed(their.direction));
    }
    this.ice.use(local, remote);
    this.direct();
    this.#needed = false;
    this.needNegotiation();
  }

  /** The other side sends, or has ceased to. */
  #hear({ sections }: Description): void {
    for (const { mid, direction } of sections) {
      const transceiver = this.#transceivers.find((one) => one.mid === mid);
      if (transceiver === undefined) continue;
      const receiving = sends(direction) && receives(transceiver.direction);
      if (receiving && !transceiver.receiving) this.ontrack?.({ track: transceiver.receiver.track, transceiver });
      transceiver.receiving = receiving;
    }
  }

  #isNegotiationNeeded(): boolean {
    const local = this.#currentLocal;
    if (local !== undefined && this.#toReplace.has(local.ufrag)) return true;
    if (this.channel !== undefined && local?.sections.some(({ kind }) => kind === 'application') !== true) return true;
    return this.#transceivers.some(({ mid, direction, sender }) => {
      const own = local?.sections.find((section) => section.mid === mid);
      const their = this.#currentRemote?.sections.find((section) => section.mid === mid);
      if (own === undefined || their === undefined) return true;
      if (sends(direction) && own.msid !== sender.msid) return true;
      if (local?.type === 'offer') return own.direction !== direction && reversed(their.direction) !== direction;
      return own.direction !== both(direction, reversed(their.direction));
    });
  }

  #gather(description: Description): void {
    if (description.candidates.size > 0) return;
    this.iceGatheringState = 'gathering';
    this.onicegatheringstatechange?.();
    const { random } = this.#network;
    const slowMs = random() < 0.1 ? 2_500 : 250;
    const { relayOnly, page } = this;
    const kinds = [...(relayOnly ? [] : ['host']), ...(this.#relays ? ['relay'] : [])];
    const times = [random() * 30, random() * slowMs].sort((a, b) => a - b).slice(2 - kinds.length);
    const locals = () => [this.#pendingLocal, this.#currentLocal];
    const wanted = () => locals().some((one) => one?.ufrag === description.ufrag) && !this.gone;
    for (const [i, ms] of times.entries()) {
      this.#network.in(ms, () => {
        if (!wanted()) return;
        const typ = kinds[i] ?? 'host';
        const candidate = `candidate:${i} 1 udp 1 ${addressOf(typ, this.#network.addressOf(page))} 9 typ ${typ}`;
        description.candidates.add(candidate);
        const sdpMid = description.sections[0]?.mid ?? null;
        const usernameFragment = description.ufrag;
        this.onicecandidate?.({ candidate: { candidate, sdpMid, sdpMLineIndex: 0, usernameFragment } });
        this.#network.changed();
      });
    }
    this.#network.in((times.at(-1) ?? 0) + 5, () => {
      if (!wanted()) return;
      this.iceGatheringState = 'complete';
      this.onicegatheringstatechange?.();
      this.onicecandidate?.({ candidate: null });
    });
  }
}

/** Of a relayed candidate it is the relay's, one for each page. */
export function addressOf(kind: string, address: string): string {
  return kind === 'relay' ? `relay-of-${address}` : address;
}

function haveRelay(iceServers: readonly RTCIceServer[]): boolean {
  return iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')));
}

function plain(description: Description | undefined): Plain | null {
  return description === undefined ? null : { type: description.type, sdp: written(description) };
}
