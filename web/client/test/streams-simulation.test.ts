import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage, ServerMessage, SignalBody } from '../src/protocol.ts';
import { Streams } from '../src/streams.ts';
import type { StreamsOutput, UndeliveredReason } from '../src/streams.ts';
import { GRACE_MS, ModelServer } from './model-server.ts';
import type { ServerEnd, Strictness } from './model-server.ts';
import { Agenda, Direction, generator } from './virtual-time.ts';

class Connection implements ServerEnd {
  readonly #world: World;
  readonly #toServer: Direction<ClientMessage>;
  readonly #toClient: Direction<ServerMessage>;
  readonly #client: Client;
  readonly #boot: number;
  #cut = false;

  constructor(world: World, client: Client) {
    this.#world = world;
    this.#client = client;
    this.#boot = world.boot;
    const { agenda, server } = world;
    this.#toServer = new Direction(world, (message) => {
      if (this.#boot === world.boot) server.received(this, message, agenda.nowMs);
    });
    this.#toClient = new Direction(world, (message) => client.hears(this, message));
    server.opened(this, agenda.nowMs);
  }

  send(message: ServerMessage): void {
    this.#toClient.send(message);
  }

  say(message: ClientMessage): void {
    this.#toServer.send(message);
  }

  close(): void {
    this.#toClient.last(() => this.#client.lost(this), 0);
  }

  /** Both ends learn of it at times of their own, and what was on the way may still arrive before that. */
  cut(learnMs: number): void {
    if (this.#cut) return;
    this.#cut = true;
    const { agenda, random, server } = this.#world;
    this.#toServer.cut();
    this.#toClient.cut();
    agenda.in(random() * learnMs, () => this.#client.lost(this));
    this.#toServer.last(() => {
      if (this.#boot === this.#world.boot) server.lost(this, agenda.nowMs);
    }, random() * 15_000);
  }
}

interface Sent {
  readonly n: number;
  readonly to: string;
  readonly load: Load;
}

/** One load of a page: a reload makes another one of the same client. */
interface Load {
  readonly client: Client;
  readonly number: number;
  alive: boolean;
}

class Client {
  readonly #world: World;
  readonly name: string;
  load: Load;
  connection: Connection | undefined;
  #streams = new Streams();
  #token: string | undefined;
  #others = new Set<string>();
  #wakeUp = 0;
  #connecting = 0;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.load = { client: this, number: 1, alive: true };
  }

  get hasJoined(): boolean {
    return this.#token !== undefined;
  }

  connect(afterMs: number): void {
    const turn = ++this.#connecting;
    this.#world.agenda.in(afterMs, () => {
      if (turn !== this.#connecting) return;
      if (!this.#world.up) return this.connect(this.#backoffMs());
      this.connection = new Connection(this.#world, this);
      this.#streams.opened(this.#world.agenda.nowMs);
      const instance = `${this.name}-${this.load.number}`;
      const resume = this.#token === undefined ? {} : { resume: this.#token };
      this.#say({ type: 'join', id: 1, room: 'r', instance, ...resume });
    });
  }

  lost(connection: Connection, backMs = this.#backoffMs()): void {
    if (connection !== this.connection) return;
    this.connection = undefined;
    this.#streams.lost();
    this.#carryOut([]);
    this.connect(backMs);
  }

  hears(connection: Connection, message: ServerMessage): void {
    if (connection !== this.connection) return;
    this.#carryOut(this.#streams.fromServer(message, this.#world.agenda.nowMs));
  }

  /** The application says something to everybody it knows. */
  talk(refusable: boolean): void {
    for (const to of this.#others) {
      const n = this.#world.sent.length;
      this.#world.sent.push({ n, to, load: this.load });
      const body: SignalBody = refusable
        ? { candidate: { candidate: `${n} ${'x'.repeat(1_100)}` } }
        : this.#world.random() < 0.2
          ? { candidate: { candidate: String(n) } }
          : { data: n };
      this.#say({ type: 'signal', to, ...body });
    }
  }

  reload(backMs: number, politely: boolean): void {
    if (politely) this.#say({ type: 'leave', returning: true });
    this.load.alive = false;
    this.load = { client: this, number: this.load.number + 1, alive: true };
    this.connection?.cut(0);
    this.connection = undefined;
    this.#streams = new Streams();
    this.#others = new Set();
    this.connect(backMs);
  }

  #say(message: ClientMessage): void {
    this.#carryOut(this.#streams.toServer(message, this.#world.agenda.nowMs));
  }

  #carryOut(outputs: readonly StreamsOutput[]): void {
    for (const output of outputs) {
      if (output.type === 'send') this.connection?.say(output.message);
      else if (output.type === 'message') this.#application(output.message);
      else for (const body of output.bodies) this.#world.reported(numberOf(body), output.why);
    }
    const { deadlineMs } = this.#streams;
    const turn = ++this.#wakeUp;
    const { agenda } = this.#world;
    if (deadlineMs === Infinity) return;
    agenda.in(deadlineMs - agenda.nowMs, () => {
      if (turn === this.#wakeUp) this.#carryOut(this.#streams.due(agenda.nowMs));
    });
  }

  #application(message: ServerMessage): void {
    switch (message.type) {
      case 'joined':
        this.#token = message.seat.token;
        if (message.othersMayReturnMs === undefined) this.#others = new Set();
        for (const { id } of message.participants) this.#others.add(id);
        break;
      case 'participant-joined':
      case 'participant-back':
        this.#others.add(message.participant.id);
        break;
      case 'participant-left':
        this.#others.delete(message.participant);
        break;
      case 'signal':
        this.#world.delivered(numberOf(message), this);
        break;
      default:
    }
  }

  #backoffMs(): number {
    return 200 + this.#world.random() * 2_300;
  }
}

function numberOf(body: SignalBody): number {
  if ('data' in body) return body.data as number;
  return 'candidate' in body ? Number.parseInt(body.candidate?.candidate ?? '', 10) : -1;
}

interface Faults {
  readonly cuts: boolean;
  readonly restarts: boolean;
  readonly reloads: boolean;
  readonly absences: boolean;
  readonly clients: number;
}

class World {
  readonly agenda = new Agenda();
  readonly random: () => number;
  readonly server: ModelServer;
  readonly clients: Client[];
  readonly sent: Sent[] = [];
  readonly reports = new Map<number, UndeliveredReason>();
  readonly arrivals = new Set<number>();
  readonly #lastArrival = new Map<string, number>();
  readonly #seed: number;
  up = true;
  boot = 0;
  cuts = 0;

  constructor(seed: number, faults: Faults, strict: Strictness) {
    this.#seed = seed;
    this.random = generator(seed);
    this.server = new ModelServer(strict, this.random);
    this.clients = Array.from({ length: faults.clients }, (_, i) => new Client(this, 'abc'.charAt(i)));
    for (const client of this.clients) client.connect(this.random() * 500);
    const endMs = 60_000;
    for (let atMs = 500; atMs < endMs; atMs += 500) this.agenda.in(atMs, () => this.server.tick(this.agenda.nowMs));
    for (const client of this.clients) this.#often(endMs, 32, () => client.talk(this.random() < 0.003));
    for (const client of this.clients) {
      this.#often(endMs, 20_000, () => {
        for (let i = 0; i < 300; i++) client.talk(false);
      });
      if (faults.cuts) {
        this.#often(endMs, 4_000, () => {
          this.cuts += 1;
          client.connection?.cut(this.random() < 0.3 ? 8_000 : 500);
        });
      }
      if (faults.reloads) {
        this.#often(endMs, 12_000, () => {
          if (client.connection !== undefined) client.reload(this.random() * 1_500, this.random() < 0.5);
        });
      }
      if (faults.absences) {
        this.#often(endMs, 20_000, () => {
          const { connection } = client;
          connection?.cut(0);
          if (connection !== undefined) client.lost(connection, GRACE_MS * (0.2 + this.random() * 1.5));
        });
      }
    }
    if (faults.restarts) this.#often(endMs, 15_000, () => this.#restart());
    this.agenda.runUntil(endMs);
    // No more faults: everything has to come to rest.
    this.agenda.in(0, () => this.server.tick(this.agenda.nowMs));
    for (let i = 1; i < 500; i++) this.agenda.in(i * 500, () => this.server.tick(this.agenda.nowMs));
    this.agenda.runUntil(endMs + 240_000);
  }

  delivered(n: number, client: Client): void {
    const sent = this.sent[n];
    assert.ok(sent !== undefined, this.#says(`${n} was never sent`));
    assert.ok(!this.arrivals.has(n), this.#says(`${n} arrived twice`));
    this.arrivals.add(n);
    const way = `${sent.load.client.name}${sent.load.number} ${client.name}`;
    const before = this.#lastArrival.get(way) ?? -1;
    assert.ok(n > before, this.#says(`${n} arrived after ${before}`));
    this.#lastArrival.set(way, n);
  }

  reported(n: number, why: UndeliveredReason): void {
    assert.ok(!this.reports.has(n), this.#says(`${n} was reported twice`));
    this.reports.set(n, why);
  }

  /** Everything has arrived or was reported; and what may be reported although it may have arrived. */
  settled(ambiguous: readonly UndeliveredReason[]): void {
    for (const { n, load } of this.sent) {
      const why = this.reports.get(n);
      if (!load.alive && why === undefined) continue;
      assert.ok(this.arrivals.has(n) || why !== undefined, this.#says(`${n} is lost without a word`));
      if (why === undefined || ambiguous.includes(why)) continue;
      assert.ok(!this.arrivals.has(n), this.#says(`${n} arrived and was reported: ${why}`));
      assert.ok(why === 'full' || why === 'refused', this.#says(`${n} was reported: ${why}`));
    }
  }

  #restart(): void {
    if (!this.up) return;
    this.up = false;
    this.boot += 1;
    for (const client of this.clients) client.connection?.cut(500);
    this.agenda.in(300 + this.random() * 2_500, () => {
      this.server.restart(this.agenda.nowMs);
      this.up = true;
    });
  }

  /** At random times, so far apart on average. */
  #often(endMs: number, everyMs: number, run: () => void): void {
    const next = () => {
      this.agenda.in(-Math.log(1 - this.random()) * everyMs, () => {
        if (this.agenda.nowMs >= endMs) return;
        // Who has never heard `joined` has nothing to come back to.
        if (this.clients.every((client) => client.hasJoined)) run();
        next();
      });
    };
    next();
  }

  #says(what: string): string {
    return `seed ${this.#seed}: ${what}`;
  }
}

const exact: Strictness = { messagesPerSecond: 50, messageBurst: 200, windowMessages: 256, twice: 0 };
const harsh: Strictness = { messagesPerSecond: 40, messageBurst: 60, windowMessages: 40, twice: 0.05 };
const quiet: Faults = { cuts: false, restarts: false, reloads: false, absences: false, clients: 2 };

/** `STREAMS_WORLDS=20 npm test` looks at twenty times as many worlds. */
const times = Number(process.env['STREAMS_WORLDS'] ?? 1);

/** Runs many worlds, and says what happened in all of them. */
function run(seeds: number, faults: Faults, strict: Strictness, ambiguous: readonly UndeliveredReason[]) {
  const total = { sent: 0, arrived: 0, cuts: 0, reports: new Map<string, number>(), counts: new Map<string, number>() };
  for (let seed = 1; seed <= seeds * times; seed++) {
    const world = new World(seed, faults, strict);
    world.settled(ambiguous);
    total.sent += world.sent.length;
    total.arrived += world.arrivals.size;
    total.cuts += world.cuts;
    for (const why of world.reports.values()) total.reports.set(why, (total.reports.get(why) ?? 0) + 1);
    for (const [what, n] of world.server.counts) total.counts.set(what, (total.counts.get(what) ?? 0) + n);
  }
  const happened = Object.fromEntries([...total.reports, ...total.counts]);
  console.log(`${total.sent} sent, ${total.arrived} arrived, ${total.cuts} cuts, ${JSON.stringify(happened)}`);
  return total;
}

test('nothingIsLostDoubledOrReorderedOverCutsAndRestarts', () => {
  const faults = { ...quiet, cuts: true, restarts: true };

  const { arrived, cuts, counts } = run(16, faults, exact, []);

  assert.ok(arrived > 40_000 && cuts > 300, `${arrived} arrived, ${cuts} cuts`);
  for (const what of ['replayed', 'recovered', 'adopted', 'repeated', 'late']) {
    assert.ok((counts.get(what) ?? 0) > 20, `${what}: ${counts.get(what)}`);
  }
});

test('aServerStricterThanItSaysLosesNothingEither', () => {
  const { arrived, counts, reports } = run(10, { ...quiet, cuts: true, restarts: true }, harsh, []);

  assert.ok(arrived > 10_000, `${arrived} arrived`);
  for (const what of ['rate-limited', 'out-of-sequence', 'window-full', 'candidate-too-large']) {
    assert.ok((counts.get(what) ?? 0) > 10, `${what}: ${counts.get(what)}`);
  }
  for (const why of ['full', 'refused']) assert.ok((reports.get(why) ?? 0) > 10, `${why}: ${reports.get(why)}`);
});

test('whatAReloadOrALongAbsenceLosesIsReported', () => {
  const faults: Faults = { cuts: true, restarts: false, reloads: true, absences: true, clients: 3 };

  const { arrived, reports, counts } = run(5, faults, exact, ['started-over', 'left']);
  run(5, { ...faults, restarts: true }, exact, ['started-over', 'left']);

  assert.ok(arrived > 10_000, `${arrived} arrived`);
  for (const why of ['full', 'started-over', 'left']) assert.ok((reports.get(why) ?? 0) > 10, why);
  for (const what of ['started over', 'old epoch']) assert.ok((counts.get(what) ?? 0) > 10, what);
});

test('withoutFaultsEverythingArrives', () => {
  const { sent, arrived, reports } = run(3, quiet, exact, []);

  assert.equal(arrived + (reports.get('full') ?? 0) + (reports.get('refused') ?? 0), sent);
});
