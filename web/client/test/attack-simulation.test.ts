import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attacker } from './attacker.ts';
import { FakeWorld } from './fake-page.ts';
import { simulate } from './simulate.ts';

/** `ATTACK_ROUNDS=100000 npm test` looks at more; `ATTACK_SEED=7` at one. */
const rounds = Number(process.env['ATTACK_ROUNDS'] ?? 10_000);
const onlySeed = process.env['ATTACK_SEED'];
const ROUND_MS = 9_000;

/** What happened in all rounds together: a simulation in which these never happen proves nothing. */
const happened = { connected: 0, seated: 0, called: 0, acts: 0 };

class Round {
  readonly #world: FakeWorld;
  readonly #seed: number;
  readonly #attacker: Attacker;
  readonly #told: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#world = new FakeWorld(seed, () => ({
      messagesPerSecond: 50, messageBurst: 200, windowMessages: 256, twice: 0, capacity: 2,
    }));
    this.#attacker = new Attacker(this.#world, this.#world.newName('c'));
    this.#world.privacy.hostile.add(this.#attacker.name);
  }

  async run(): Promise<void> {
    const { agenda, random, privacy, server, network } = this.#world;
    if (onlySeed !== undefined) network.trace = (what) => this.#told.push(`${agenda.nowMs.toFixed(0)} ${what}`);
    for (let atMs = 100; atMs < ROUND_MS; atMs += 100) {
      agenda.in(atMs, () => {
        privacy.look(agenda.nowMs);
        if (atMs % 500 === 0) server.tick(agenda.nowMs);
      });
    }
    const victim = this.#world.open('a', random() < 0.1);
    victim.media(true);
    // Somebody who waits, or looks in and perhaps clicks; and now and then somebody else who comes.
    if (random() < 0.6) {
      victim.driver.join();
    } else {
      victim.driver.look();
      if (random() < 0.5) agenda.in(random() * ROUND_MS, () => victim.driver.join());
    }
    if (random() < 0.3) {
      agenda.in(1_000 + random() * 5_000, () => {
        const guest = this.#world.open('b', false);
        guest.media(true);
        guest.driver.join();
      });
    }
    for (let atMs = random() * 300; atMs < ROUND_MS; atMs += 20 + random() * 200) {
      agenda.in(atMs, () => this.#attacker.act());
    }
    await agenda.follow(ROUND_MS);
    const { name } = this.#attacker;
    happened.acts += this.#attacker.did.length;
    const met = [...server.met].some((pair) => pair.startsWith(`${name} `));
    happened.seated += met ? 1 : 0;
    const there = network.connections.some(({ page, ice }) => page === name && ice.pair !== undefined);
    happened.connected += there && !met ? 1 : 0;
    happened.called += Object.values(this.#world.pages).some((page) => page.driver.phase === 'connected') ? 1 : 0;
  }

  check(): string[] {
    return [...this.#world.privacy.faults];
  }

  fails(wrong: readonly string[]): string {
    return `seed ${this.#seed}: ${wrong.join('; ')}\n${[...this.#told, ...this.#attacker.did].join('\n')}`;
  }
}

const seeds = onlySeed === undefined ? Array.from({ length: rounds }, (_, i) => i + 1) : [Number(onlySeed)];
const failures = await simulate(seeds, onlySeed !== undefined, (seed) => new Round(seed));

test('whoHasNoSeatLearnsNothing', (t) => {
  const first = failures.slice(0, 3).join('\n\n');
  t.diagnostic(`${seeds.length} rounds: ${JSON.stringify(happened)}`);
  assert.equal(failures.length, 0, `${failures.length} of ${seeds.length} rounds\n${first}`);
  if (onlySeed !== undefined) return;
  assert.ok(happened.connected > rounds / 20, 'it was connected without a seat');
  assert.ok(happened.seated > rounds / 20, 'it had a seat and left');
  assert.ok(happened.called > rounds / 20, 'and there were calls');
});
