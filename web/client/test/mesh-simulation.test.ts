import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeMeshPage } from './fake-mesh-page.ts';
import { FakeWorld, SIDES } from './fake-page.ts';
import type { SideName } from './fake-page.ts';
import { simulate } from './simulate.ts';

/** Faults come within this time; then everything has to come to rest. */
const FAULTS_MS = 30_000;
const REST_MS = 75_000;

/** `MESH_ROUNDS=1000 npm test` looks at more; `MESH_SEED=7` at one. */
const rounds = Number(process.env['MESH_ROUNDS'] ?? 60);
const onlySeed = process.env['MESH_SEED'];

/** Three or four people in a room of just as many seats, and what goes wrong. */
class Round {
  readonly happened: string[] = [];
  readonly #world: FakeWorld;
  readonly #seed: number;
  readonly #sides: readonly SideName[];
  readonly #pages = new Map<SideName, FakeMeshPage>();

  constructor(seed: number) {
    this.#seed = seed;
    const capacity = 3 + (seed % 2);
    this.#sides = SIDES.slice(0, capacity);
    this.#world = new FakeWorld(seed, (random) => ({
      messagesPerSecond: 50,
      messageBurst: 200,
      windowMessages: 256,
      twice: random() < 0.3 ? 0.1 : 0,
      capacity,
      ...(random() < 0.3 ? { iceServersLifeMs: 4_000 + random() * 20_000 } : {}),
    }));
  }

  async run(): Promise<void> {
    const { agenda, random, server, network } = this.#world;
    const endMs = FAULTS_MS + REST_MS;
    for (let atMs = 500; atMs < endMs; atMs += 500) agenda.in(atMs, () => server.tick(agenda.nowMs));
    for (let atMs = 0; atMs < FAULTS_MS + 30_000; atMs += 3_000) agenda.in(atMs, () => this.#comeAgain());
    for (const side of this.#sides) agenda.in(random() * (random() < 0.5 ? 200 : 6_000), () => this.#load(side));
    if (onlySeed !== undefined) network.trace = (what) => this.#says('', what);
    const faults = 1 + Math.floor(random() * 5);
    for (let i = 0; i < faults; i++) this.#plan(500 + random() * (FAULTS_MS - 8_500));
    await agenda.follow(FAULTS_MS);
    this.#says('', 'rest');
    await agenda.follow(endMs);
  }

  /** Whether everybody is connected with everybody, once. */
  check(): string[] {
    const wrong = [...this.#world.network.faults];
    for (const side of this.#sides) {
      const page = this.#pages.get(side);
      if (page === undefined) return [...wrong, `${side} is missing`];
      const say = (what: string) => wrong.push(`${page.name}: ${what}`);
      const { connections, mesh, seat } = page;
      const others = this.#sides.length - 1;
      if (seat.phase !== 'waiting') say(`the seat is ${seat.phase}`);
      if (mesh.links.length !== others) say(`${mesh.links.length} links`);
      if (connections.length !== others) say(`${connections.length} connections`);
      for (const { driver, other } of mesh.links) {
        if (driver.phase !== 'connected' || other.state !== 'present') say(`${driver.phase}, other ${other.state}`);
      }
      const met = new Set<SideName>();
      for (const pc of connections) {
        const there = pc.ice.partner()?.page.charAt(0) as SideName | undefined;
        if (there !== undefined && this.#pages.get(there)?.connections.includes(pc.ice.partner()!)) met.add(there);
        if (pc.signalingState !== 'stable') say(pc.signalingState);
        if (pc.connectionState !== 'connected' || !pc.ice.works()) say(`connection ${pc.connectionState}`);
        if (pc.channel?.readyState !== 'open') say(`channel ${pc.channel?.readyState}`);
      }
      if (met.size !== others) say(`met ${[...met].join()}`);
    }
    return wrong;
  }

  fails(wrong: readonly string[]): string {
    return `seed ${this.#seed}: ${wrong.join('; ')}\n${this.happened.join('\n')}`;
  }

  #says(who: string, what: string): void {
    this.happened.push(`${this.#world.agenda.nowMs.toFixed(0)} ${who} ${what}`);
  }

  #load(side: SideName): void {
    const page = new FakeMeshPage(this.#world, side);
    this.#pages.set(side, page);
    this.#says(page.name, 'joins');
    page.seat.join();
  }

  /** Whose own seat of before has made the room full tries again. */
  #comeAgain(): void {
    for (const [side, page] of this.#pages) {
      const { state } = page.seat;
      if (state.kind !== 'ended') continue;
      this.#says(page.name, `ended: ${state.reason}`);
      if (state.reason === 'full') this.#load(side);
    }
  }

  #gone(side: SideName, run: (page: FakeMeshPage) => void, maxMs: number): void {
    const { agenda, random } = this.#world;
    const page = this.#pages.get(side);
    if (page === undefined) return;
    this.#pages.delete(side);
    run(page);
    agenda.in(random() * maxMs, () => this.#load(side));
  }

  /** Something goes wrong, and often for several at about the same time. */
  #plan(atMs: number): void {
    const { random, network, agenda } = this.#world;
    const any = () => this.#sides[Math.floor(random() * this.#sides.length)] as SideName;
    const side = any();
    const near = () => atMs + random() * (random() < 0.5 ? 40 : 800);
    const each = (run: (side: SideName) => void) => {
      for (const one of this.#sides) agenda.in(near(), () => run(one));
    };
    const restart = (one: SideName) => {
      this.#says(one, 'restarts');
      this.#pages.get(one)?.doubt();
    };
    switch (Math.floor(random() * 8)) {
      case 0:
        return each(restart);
      case 1: {
        const politely = random() < 0.5;
        return agenda.in(atMs, () => {
          this.#says(side, politely ? 'reloads' : 'dies');
          this.#gone(side, (page) => page.die(politely), 3_000);
          this.#world.cut(side, politely ? 50 : 2_000);
        });
      }
      case 2:
        each((one) => {
          if (random() < 0.5) return;
          this.#says(one, 'has no server for a while');
          this.#world.away(one, random() * 8_000);
        });
        if (random() < 0.5) each(restart);
        return;
      case 3: {
        const ms = random() * (random() < 0.5 ? 3_000 : 20_000);
        agenda.in(atMs, () => {
          this.#says('', `no path for ${ms.toFixed(0)}`);
          network.up = false;
        });
        return agenda.in(Math.min(atMs + ms, FAULTS_MS), () => (network.up = true));
      }
      case 4:
        return agenda.in(atMs, () => {
          this.#says(side, 'moves');
          network.move(side);
          if (random() < 0.5) this.#world.cut(side, 4_000);
          agenda.in(random() * 1_000, () => {
            this.#pages.get(side)?.seat.nudge();
            this.#pages.get(side)?.doubt();
          });
        });
      case 5:
        return agenda.in(atMs, () => {
          this.#says(side, 'leaves');
          this.#gone(side, (page) => page.seat.leave(), 4_000);
        });
      case 6:
        // Longer than the seat is kept: the same page comes back as somebody else.
        return agenda.in(atMs, () => {
          this.#says(side, 'has no server for too long');
          this.#world.away(side, 32_000);
        });
      default:
        return agenda.in(atMs, () => {
          this.#says('', 'the server restarts');
          this.#world.restart();
        });
    }
  }
}

// Before the runner looks after every promise, which would take most of the time.
const seeds = onlySeed === undefined ? Array.from({ length: rounds }, (_, i) => i + 1) : [Number(onlySeed)];
const failures = await simulate(seeds, onlySeed !== undefined, (seed) => new Round(seed));

test('inARoomForMoreEverybodyComesToBeConnectedWithEverybody', () => {
  const first = failures.slice(0, 5).join('\n\n');
  assert.equal(failures.length, 0, `${failures.length} of ${seeds.length} rounds\n${first}`);
});
