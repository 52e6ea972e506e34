/**
 * A page that keeps to nothing: it says every message the protocol has, in any order, over the server and over the channel of its
 * connections, to learn something of whoever waits or looks in. In virtual time.
 */
import type { ClientMessage, ServerMessage, SessionDescription } from '../src/protocol.ts';
import { FakeSocket } from './fake-page.ts';
import type { FakeWorld } from './fake-page.ts';
import { FakePeerConnection, FakeStream, FakeTrack } from './fake-rtc.ts';
import { serversOf } from './fake-network.ts';

/** What it may learn, and say again to others. */
interface Known {
  readonly offers: number[];
  readonly people: { readonly id: string; readonly epoch: number; readonly instance: string }[];
  readonly descriptions: SessionDescription[];
}

const nothing: RTCConfiguration = {};

export class Attacker {
  readonly name: string;
  readonly did: string[] = [];
  readonly #world: FakeWorld;
  readonly #known: Known = { offers: [], people: [], descriptions: [] };
  readonly #connections: FakePeerConnection[] = [];
  /** Whether it answers and offers as the protocol has it, to be connected, besides whatever else it does. */
  readonly #fluent: boolean;
  /** Whether it takes a seat now and then. */
  readonly #joins: boolean;
  #socket: FakeSocket;
  #token: string | undefined;
  /** Of its signals, as long as it has a seat. */
  #seq = 0;

  constructor(world: FakeWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.#fluent = world.random() < 0.7;
    this.#joins = world.random() < 0.5;
    this.#socket = this.#connect();
  }

  /** One thing, whatever comes of it. */
  act(): void {
    const { random } = this.#world;
    if (random() < 0.01) this.#socket = this.#connect();
    if (random() < 0.45) return this.#overTheChannel();
    const message = this.#message();
    if (message === undefined || this.#socket.readyState !== 1) return;
    this.did.push(message.type);
    this.#socket.send(JSON.stringify(message));
  }

  #connect(): FakeSocket {
    const socket = new FakeSocket(this.#world, this.name);
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(data) as ServerMessage);
    return socket;
  }

  #pick<T>(...values: readonly T[]): T {
    return values[Math.floor(this.#world.random() * values.length)] as T;
  }

  #message(): ClientMessage | undefined {
    const { offers, people, descriptions } = this.#known;
    const { random } = this.#world;
    const offer = this.#pick(0, 1, 2, ...offers, ...offers.slice(-1), ...offers.slice(-1));
    const description = this.#pick(...descriptions, ...descriptions.slice(-2), this.#made());
    const { id, epoch, instance } = this.#pick(...people, { id: 'p1', epoch: 1, instance: 'i' });
    const data = this.#pick<object>({ restart: true }, { media: { microphone: true, camera: true } }, { named: true });
    return this.#pick<() => ClientMessage | undefined>(
      () => ({ type: 'look', id: 0, room: 'r', preconnect: this.#pick(true, true, false) }),
      () => ({ type: 'look', id: 0, room: 'r', preconnect: true }),
      () => ({ type: 'answer', offer, description }),
      () => ({ type: 'answer', offer, description }),
      () => ({ type: 'offer', offer, description }),
      () => ({ type: 'offer', offer, description }),
      () => ({ type: 'park', instance, description, candidates: [] }),
      () => ({ type: 'signal', to: id, epoch, seq: this.#pick(1, 2, this.#seq + 1), description }),
      () => ({ type: 'signal', to: id, epoch, seq: this.#pick(1, 2, 3), data: data as never }),
      () => ({ type: 'ack', participant: id, epoch, seq: 1 }),
      () => ({ type: 'ice-servers', id: 0 }),
      () => (random() < 0.3 ? { type: 'leave', returning: random() < 0.2 } : undefined),
      // It may take a seat as anybody may; then it is in the room, and when it leaves again it is not.
      () => (this.#joins && random() < 0.3 ? this.#join(offer, instance, description) : undefined),
    )();
  }

  #join(offer: number, instance: string, answer: SessionDescription): ClientMessage {
    const forged = '{"boot":0,"id":"p1","order":1,"epoch":1}';
    const resume = this.#token === undefined ? {} : { resume: this.#pick(this.#token, forged) };
    const claim = this.#pick<object>({ offer }, { offer, answer }, { offer: 0 }, {});
    return { type: 'join', id: 1, room: 'r', instance, key: this.#pick('k', 'l'), streams: [], ...claim, ...resume };
  }

  #heard(message: ServerMessage): void {
    const { offers, people } = this.#known;
    const fields = message as { offer?: number; description?: SessionDescription };
    if (fields.offer !== undefined) offers.push(fields.offer);
    if (message.type === 'looked' || message.type === 'joined') {
      for (const { id, epoch = 1, instance = '' } of message.participants) people.push({ id, epoch, instance });
    }
    if (message.type === 'joined') {
      this.#token = message.seat.token;
      this.#seq = 0;
    }
    if (message.type === 'answered' || (message.type === 'signal' && 'description' in message)) {
      const pc = this.#connections.find(({ signalingState }) => signalingState === 'have-local-offer');
      if (message.description.type === 'answer') void pc?.setRemoteDescription(message.description).catch(() => {});
    }
    if (fields.description?.type === 'offer') void this.#answer(fields.description, message).catch(() => {});
    if (message.type === 'looking' && message.offer !== undefined && this.#fluent) {
      void this.#offer(message.offer).catch(() => {});
    }
  }

  async #offer(offer: number): Promise<void> {
    const pc = this.#open();
    for (const kind of ['audio', 'video']) {
      pc.addTransceiver(new FakeTrack(kind), { direction: 'sendrecv', streams: [new FakeStream()] });
    }
    pc.createDataChannel();
    await pc.setLocalDescription();
    await new Promise<void>((resolve) => this.#world.network.in(300, resolve));
    this.#say({ type: 'offer', offer, description: pc.localDescription as SessionDescription });
  }

  #say(message: ClientMessage): void {
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** Answers as anybody would, and sends, so that the other end may be tempted to. */
  async #answer({ sdp }: SessionDescription, said: ServerMessage): Promise<void> {
    const pc = this.#open();
    await pc.setRemoteDescription({ type: 'offer', sdp });
    pc.createDataChannel();
    if (this.#world.random() < 0.5) {
      for (const transceiver of pc.getTransceivers()) {
        transceiver.direction = 'sendrecv';
        await transceiver.sender.replaceTrack(new FakeTrack(transceiver.receiver.track.kind));
      }
    }
    await pc.setLocalDescription();
    await new Promise<void>((resolve) => this.#world.network.in(300, resolve));
    const description = pc.localDescription as SessionDescription;
    this.#known.descriptions.push(description);
    if (!this.#fluent) return;
    if (said.type === 'offered') this.#say({ type: 'answer', offer: said.offer, description });
    const to = said.type === 'joined' || said.type === 'signal' ? said.from : undefined;
    const epoch = this.#known.people.find(({ id }) => id === to)?.epoch ?? 1;
    if (to !== undefined) this.#say({ type: 'signal', to, epoch, seq: ++this.#seq, description });
  }

  /** An offer of its own, with another fingerprint than any before. */
  #made(): SessionDescription {
    const pc = this.#open();
    for (const kind of ['audio', 'video']) {
      pc.addTransceiver(new FakeTrack(kind), { direction: 'sendrecv', streams: [new FakeStream()] });
    }
    pc.createDataChannel();
    void pc.setLocalDescription().catch(() => {});
    const type = this.#pick<'offer' | 'answer'>('offer', 'offer', 'answer');
    this.#world.network.in(300, () => {
      const { localDescription } = pc;
      const made = localDescription as SessionDescription | null;
      if (made !== null) this.#known.descriptions.push({ ...made, type });
    });
    const session = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n';
    return { type, sdp: `${session}a=ice-lite\r\na=candidate:1 1 udp 1 d.0 9 typ host\r\n` };
  }

  #open(): FakePeerConnection {
    const relayed = this.#pick<RTCConfiguration>({ iceTransportPolicy: 'relay' }, nothing);
    const iceServers = serversOf(this.name) as RTCIceServer[];
    const pc = new FakePeerConnection(this.#world.network, { iceServers, ...relayed });
    this.#connections.push(pc);
    return pc;
  }

  #overTheChannel(): void {
    const open = this.#connections.filter(({ channel }) => channel?.readyState === 'open');
    const pc = open[Math.floor(this.#world.random() * open.length)];
    if (pc === undefined) return;
    const description = this.#pick(...this.#known.descriptions, this.#made());
    const message = this.#pick<object>(
      { type: 'here' },
      { type: 'named', heard: false },
      { type: 'named', heard: true },
      { type: 'signal', body: { description } },
      { type: 'signal', body: { candidate: { candidate: 'candidate:1 1 udp 1 d.0 9 typ host', sdpMid: '0' } } },
      { type: 'chat', id: 'c', text: 'hello', atMs: 1 },
      { type: 'app', id: 'a', value: 1 },
      { type: 'recording', step: this.#pick('ask', 'agree', 'refuse', 'stopped'), id: this.#pick('q-1', 'q-2') },
      { type: 'safety', step: 'commit', bytes: '00'.repeat(32) },
      { type: 'bye' },
    );
    this.did.push(`says ${(message as { type: string }).type}`);
    pc.channel?.send(JSON.stringify(message));
  }
}
