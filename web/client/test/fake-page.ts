/** A page with a call, in virtual time: everything of it is real but the browser, which is of fake-rtc.ts. */
import { CallDriver } from '../src/call-driver.ts';
import type { DriverEvents } from '../src/call-driver.ts';
import { WATCH_MS } from '../src/link.ts';
import { PathWatch } from '../src/path-watch.ts';
import type { ClientMessage, ServerMessage } from '../src/protocol.ts';
import { SeatStore } from '../src/seat-store.ts';
import type { LocalTracks } from '../src/sending.ts';
import { browserSurroundings } from '../src/signaling.ts';
import { FakeAheads } from './fake-ahead.ts';
import { FakeNetwork, serversOf } from './fake-network.ts';
import { FakePeerConnection, FakeStream, FakeTrack } from './fake-rtc.ts';
import { ModelServer } from './model-server.ts';
import type { ServerEnd, Strictness } from './model-server.ts';
import { Privacy } from './privacy.ts';
import { Agenda, Direction, generator } from './virtual-time.ts';
import type { Surroundings } from './virtual-time.ts';

export const SIDES = ['a', 'b', 'c', 'd'] as const;
export type SideName = (typeof SIDES)[number];

/** The WebSocket of a page, and the server's end of it. */
export class FakeSocket implements ServerEnd {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly iceServers;
  readonly #world: FakeWorld;
  readonly #side: SideName;
  readonly #page: string;
  readonly #boot: number;
  readonly #toServer: Direction<ClientMessage>;
  readonly #toPage: Direction<ServerMessage>;
  #cut = false;

  constructor(world: FakeWorld, page: string) {
    this.#world = world;
    this.#page = page;
    this.#side = page.charAt(0) as SideName;
    this.#boot = world.boot;
    this.iceServers = serversOf(page);
    const { agenda, server } = world;
    this.#toServer = new Direction(world, (message) => {
      if (this.#boot === world.boot) server.received(this, message, agenda.nowMs);
    });
    this.#toPage = new Direction(world, (message) => {
      if (message.type !== 'ack' && message.type !== 'pong') world.network.trace(`${page} hears ${told(message)}`);
      const data = JSON.stringify(message);
      world.privacy.told(page, data);
      this.onmessage?.({ data });
    });
    agenda.in(5 + world.random() * 100, () => {
      if (this.readyState !== 0) return;
      if (world.network.isDead(page)) return;
      if (!world.reachable(this.#side) || this.#boot !== world.boot) return this.#closed(1006);
      this.readyState = 1;
      world.sockets.add(this);
      server.opened(this, agenda.nowMs);
      this.onopen?.();
    });
  }

  get side(): SideName {
    return this.#side;
  }

  /** Of the server to the page; a page reads JSON, so nothing is shared. */
  send(message: ServerMessage): void;
  /** Of the page to the server. */
  send(text: string): void;
  send(what: ServerMessage | string): void {
    if (typeof what !== 'string') return this.#toPage.send(JSON.parse(JSON.stringify(what)) as ServerMessage);
    const message = JSON.parse(what) as ClientMessage;
    const heartbeat = message.type === 'ack' || message.type === 'ping';
    if (!heartbeat) this.#world.network.trace(`${this.#page} says ${told(message)}`);
    this.#toServer.send(message);
  }

  /** Of either end: what was said before arrives. */
  close(): void {
    const { agenda, server } = this.#world;
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.#world.sockets.delete(this);
    this.#toServer.last(() => {
      if (this.#boot === this.#world.boot) server.lost(this, agenda.nowMs);
    }, 1);
    this.#toPage.last(() => this.#closed(4001), 1);
  }

  /** Both ends learn of it at times of their own. */
  cut(learnMs: number): void {
    if (this.#cut || this.readyState !== 1) return;
    this.#cut = true;
    const { agenda, random, server } = this.#world;
    this.#world.sockets.delete(this);
    this.#toServer.cut();
    this.#toPage.cut();
    this.#toServer.last(() => {
      if (this.#boot === this.#world.boot) server.lost(this, agenda.nowMs);
    }, random() * learnMs);
    agenda.in(random() * learnMs, () => this.#closed(1006));
  }

  #closed(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A message in a line. */
function told(message: ServerMessage | ClientMessage): string {
  const long = new Set(['sdp', 'limits']);
  return JSON.stringify(message, (key, value: unknown) => (long.has(key) ? '...' : value)).slice(0, 400);
}

/** Nobody listens. */
export const NOTHING: DriverEvents = {
  changed: () => {},
  undelivered: () => {},
  described: () => {},
  direct: () => {},
  heard: () => {},
  channel: () => {},
};

/** One load of a page. */
export class FakePage {
  readonly name: string;
  readonly driver: CallDriver;
  readonly stream = new FakeStream();
  shown: readonly FakeTrack[] = [];
  #alive = true;
  readonly #world: FakeWorld;
  readonly #watch = new PathWatch();

  constructor(world: FakeWorld, name: string, seats: SeatStore, relayOnly: boolean) {
    this.name = name;
    this.#world = world;
    const preconnect = world.random() < 0.7;
    const options = { url: `wss://${name}/ws`, room: 'r', relayOnly, preconnect, seats };
    this.driver = new CallDriver(options, this.#tracks(true), {
      ...NOTHING,
      heard: ({ type }) => {
        for (const { ice } of this.connections) {
          if (ice.pair !== undefined) world.privacy.heard(name, ice.pair.with.page, type);
        }
      },
    });
    this.#look();
  }

  media(camera: boolean): void {
    this.driver.setTracks(this.#tracks(camera), { microphone: true, camera, screen: this.shown.length > 0 });
  }

  show(kinds: readonly string[]): void {
    this.shown = kinds.map((kind) => new FakeTrack(kind));
    this.driver.setScreen(this.shown as unknown as MediaStreamTrack[]);
    this.media(true);
  }

  /** Gone without a word but what the page says while it goes. */
  die(politely: boolean): void {
    if (politely) this.driver.pageHidden();
    this.#alive = false;
    this.#world.network.die(this.name);
  }

  get connections(): FakePeerConnection[] {
    return this.#world.network.connections.filter(({ page, gone }) => page === this.name && !gone);
  }

  #tracks(camera: boolean): LocalTracks {
    const video = camera ? new FakeTrack('video') : null;
    return { stream: this.stream, audio: new FakeTrack('audio'), video } as unknown as LocalTracks;
  }

  /** As call.ts does. */
  #look(): void {
    const { agenda } = this.#world;
    agenda.in(WATCH_MS, () => {
      if (!this.#alive) return;
      const { phase, state } = this.driver;
      if (phase === 'connected' || phase === 'reconnecting') {
        const other = state.kind === 'active' && state.other.state !== 'none' ? state.other.media : undefined;
        void this.driver.stats().then((stats) => {
          const doubts = this.#watch.look(stats, agenda.nowMs, other === undefined || other.microphone || other.camera);
          if (this.#alive) this.driver.doubted(doubts);
        });
      }
      this.#look();
    });
  }
}

/** Two sides or more, a server and what lies between them. */
export class FakeWorld implements Surroundings {
  readonly agenda = new Agenda();
  readonly random: () => number;
  readonly network: FakeNetwork;
  readonly server: ModelServer;
  readonly privacy: Privacy;
  readonly sockets = new Set<FakeSocket>();
  readonly pages: Partial<Record<SideName, FakePage>> = {};
  boot = 0;
  #up = true;
  readonly #unreachable = new Set<SideName>();
  readonly #seats = new Map(SIDES.map((side) => [side, new SeatStore(new FakeStorage())]));
  #loads = 1;

  constructor(seed: number, strict: (random: () => number) => Strictness) {
    this.random = generator(seed);
    this.network = new FakeNetwork(this.agenda, this.random);
    this.server = new ModelServer(strict(this.random), this.random);
    this.privacy = new Privacy(this.network, this.server);
    this.#become();
  }

  open(side: SideName, relayOnly: boolean): FakePage {
    const page = new FakePage(this, this.newName(side), this.seatsOf(side), relayOnly);
    this.pages[side] = page;
    return page;
  }

  /** Of one load of a page. */
  newName(side: SideName): string {
    return `${side}${this.#loads++}`;
  }

  seatsOf(side: SideName): SeatStore {
    return this.#seats.get(side) as SeatStore;
  }

  reachable(side: SideName): boolean {
    return this.#up && !this.#unreachable.has(side);
  }

  cut(side: SideName, learnMs: number): void {
    for (const socket of [...this.sockets]) if (socket.side === side) socket.cut(learnMs);
  }

  /** For so long the server cannot be reached from one side. */
  away(side: SideName, ms: number): void {
    this.#unreachable.add(side);
    this.cut(side, 1_000);
    this.agenda.in(ms, () => this.#unreachable.delete(side));
  }

  restart(): void {
    if (!this.#up) return;
    this.#up = false;
    this.boot += 1;
    for (const side of SIDES) this.cut(side, 500);
    this.agenda.in(300 + this.random() * 2_500, () => {
      this.server.restart(this.agenda.nowMs);
      this.#up = true;
    });
  }

  /** From now on it is this world that the code under test lives in. */
  #become(): void {
    const { agenda, network, random } = this;
    let next = 1;
    const timers = new Set<number>();
    const setTimer = (run: () => void, afterMs = 0): number => {
      const timer = next++;
      timers.add(timer);
      agenda.in(afterMs, () => {
        if (timers.delete(timer)) run();
      });
      return timer;
    };
    const clearTimer = (timer: number | undefined): void => void (timer !== undefined && timers.delete(timer));
    const aheads = new FakeAheads(this);
    Object.assign(browserSurroundings, {
      post: (url: string, body: string) => aheads.post(url, body),
      createSocket: (url: string) => new FakeSocket(this, new URL(url).host),
      now: () => agenda.nowMs,
      random,
      probe: async () => 'unreachable',
      setTimer,
      clearTimer,
    });
    const globals: Record<string, unknown> = {
      window: { setTimeout: setTimer, clearTimeout: clearTimer },
      setTimeout: setTimer,
      clearTimeout: clearTimer,
      performance: { now: () => agenda.nowMs },
      navigator: { userAgent: '', maxTouchPoints: 0, mediaCapabilities: { encodingInfo: async () => ({}) } },
      RTCRtpReceiver: { getCapabilities: () => null },
      MediaStream: FakeStream,
      RTCPeerConnection: class extends FakePeerConnection {
        constructor(configuration: RTCConfiguration) {
          super(network, configuration);
        }
      },
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
  }
}

class FakeStorage {
  readonly #items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
}
