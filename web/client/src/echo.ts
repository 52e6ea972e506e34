/**
 * A call with oneself over the relay: two connections in one page, each by an allocation of its own, so that everything a
 * call needs is tried out alone. One way to the relay is tried after the other. For `import()`.
 */
import type { Echo, EchoState } from './api.ts';
import type { IceServer } from './protocol.ts';
import type { RelayProtocol } from './path.ts';
import { waysOf } from './relay-ways.ts';
import type { Way } from './relay-ways.ts';

/** Within which a way to the relay has carried something, or is given up. */
const TRY_MS = 6_000;
const MEASURE_MS = 1_000;
/** A connection that says so does not come back by itself here. */
const OVER: readonly string[] = ['failed', 'closed'];

type Fields = Readonly<Record<string, unknown>>;

/** Packets of sound and picture that have come and have not, of all so far. */
export interface Counted {
  readonly received: number;
  readonly lost: number;
}

export function countedIn(stats: readonly Fields[]): Counted {
  const inbound = stats.filter(({ type }) => type === 'inbound-rtp');
  const sum = (name: string) => inbound.reduce((total, one) => total + Number(one[name] ?? 0), 0);
  return { received: sum('packetsReceived'), lost: Math.max(0, sum('packetsLost')) };
}

/** The share that was lost between two looks, from 0 to 1; nothing where nothing was sent. */
export function lostBetween(before: Counted, after: Counted): number | undefined {
  const lost = Math.max(0, after.lost - before.lost);
  const all = lost + Math.max(0, after.received - before.received);
  return all === 0 ? undefined : lost / all;
}

/** To the relay and back: what goes from end to end passes it twice. */
export function relayRoundTripMs(stats: readonly Fields[]): number | undefined {
  const pairs = stats.filter(({ type, state }) => type === 'candidate-pair' && state === 'succeeded');
  const times = pairs.map((pair) => pair['currentRoundTripTime']).filter((time) => typeof time === 'number');
  return times.length === 0 ? undefined : (Math.min(...times) * 1_000) / 2;
}

export class RelayEcho implements Echo {
  readonly stream = new MediaStream();
  state: EchoState = { state: 'trying', over: 'udp' };
  readonly #tracks: () => readonly (MediaStreamTrack | null)[];
  readonly #changed: () => void;
  #ends: readonly RTCPeerConnection[] = [];
  /** What the far end receives, whether or not anything is sent. */
  #received: readonly MediaStreamTrack[] = [];
  #stopped = false;

  /** @param tracks sound and picture, as they are now */
  constructor(servers: readonly IceServer[], tracks: () => readonly (MediaStreamTrack | null)[], changed: () => void) {
    this.#tracks = tracks;
    this.#changed = changed;
    void this.#run(waysOf(servers)).catch(() => this.#say({ state: 'failed', why: 'not-reached' }));
  }

  /** Sound and picture are others: a camera has answered, say, or is off. What is not sent is not in the stream. */
  mediaChanged(): void {
    const [here] = this.#ends;
    if (here === undefined) return;
    const tracks = this.#tracks();
    for (const { sender, receiver } of here.getTransceivers()) {
      const { kind } = receiver.track;
      const track = tracks.find((one) => one?.kind === kind) ?? null;
      if (track !== sender.track) void sender.replaceTrack(track).catch(() => undefined);
      const back = this.#received.find((one) => one.kind === kind);
      if (back === undefined) continue;
      if (track === null) this.stream.removeTrack(back);
      else this.stream.addTrack(back);
    }
    this.#changed();
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  async #run(ways: readonly Way[]): Promise<void> {
    if (ways.length === 0) return this.#say({ state: 'failed', why: 'no-relay' });
    for (const { over, server } of ways) {
      if (this.#stopped) return;
      this.#say({ state: 'trying', over });
      if (await this.#connect(server)) return this.#measure(over);
      this.#close();
    }
    this.#say({ state: 'failed', why: 'not-reached' });
  }

  /** Whether the two reach each other by this server. */
  async #connect(server: IceServer): Promise<boolean> {
    const options: RTCConfiguration = { iceServers: [server as RTCIceServer], iceTransportPolicy: 'relay' };
    const [here, there] = [new RTCPeerConnection(options), new RTCPeerConnection(options)];
    this.#ends = [here, there];
    const reached = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), TRY_MS);
      there.onconnectionstatechange = () => {
        if (there.connectionState === 'connected') resolve(true);
        else if (OVER.includes(there.connectionState)) resolve(false);
      };
    });
    const candidates: RTCIceCandidate[] = [];
    here.onicecandidate = ({ candidate }) => candidate && candidates.push(candidate);
    there.onicecandidate = ({ candidate }) => candidate && void here.addIceCandidate(candidate).catch(() => undefined);
    there.ontrack = ({ track }) => {
      this.#received = [...this.#received, track];
      this.mediaChanged();
    };
    // Places for both, whatever there is by now: a camera may answer later, and who has none learns whether the relay is reached.
    for (const kind of ['audio', 'video']) here.addTransceiver(kind, { direction: 'sendonly' });
    this.mediaChanged();
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription as RTCSessionDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription as RTCSessionDescription);
    const pass = (candidate: RTCIceCandidate | null) =>
      candidate && void there.addIceCandidate(candidate).catch(() => undefined);
    for (const candidate of candidates) pass(candidate);
    here.onicecandidate = ({ candidate }) => pass(candidate);
    return reached;
  }

  async #measure(over: RelayProtocol): Promise<void> {
    let before: Counted = { received: 0, lost: 0 };
    for (;;) {
      const [here, there] = this.#ends;
      if (this.#stopped || here === undefined || there === undefined) return;
      if (OVER.includes(there.connectionState)) return this.#say({ state: 'failed', why: 'not-reached' });
      const looked = [here, there].map(async (end) => [...(await end.getStats()).values()]);
      const [sent, received] = await Promise.all(looked);
      const after = countedIn(received ?? []);
      const roundTripMs = relayRoundTripMs(sent ?? []);
      const lost = lostBetween(before, after);
      before = after;
      this.#say({
        state: 'back',
        over,
        ...(roundTripMs === undefined ? {} : { roundTripMs }),
        ...(lost === undefined ? {} : { lost }),
      });
      await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
    }
  }

  #close(): void {
    for (const end of this.#ends) end.close();
    this.#ends = [];
    this.#received = [];
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }

  #say(state: EchoState): void {
    if (this.#stopped) return;
    this.state = state;
    this.#changed();
  }
}
