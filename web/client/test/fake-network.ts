/** What lies between two pages, in virtual time: which paths there are, and who is at their ends. */
import type { FakePeerConnection } from './fake-rtc.ts';
import type { IceServer } from '../src/protocol.ts';
import type { Agenda, Surroundings } from './virtual-time.ts';

/** What a page is given to find its way with: they name it, so that the network knows who asks. */
export function serversOf(page: string): readonly IceServer[] {
  return [{ urls: `stun:${page}` }, { urls: [`turn:${page}?transport=udp`], username: page, credential: 'c' }];
}

export class FakeNetwork implements Surroundings {
  readonly agenda: Agenda;
  readonly random: () => number;
  readonly connections: FakePeerConnection[] = [];
  /** What no browser would have forgiven. */
  readonly faults: string[] = [];
  /** Whether nobody is reached whom this side has not been told of. */
  readonly walled: boolean;
  readonly #byUfrag = new Map<string, FakePeerConnection>();
  readonly #addresses = new Map<string, number>();
  readonly #dead = new Set<string>();
  #up = true;
  #next = 1;

  constructor(agenda: Agenda, random: () => number) {
    this.agenda = agenda;
    this.random = random;
    this.walled = random() < 0.5;
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    this.#up = up;
    this.changed();
  }

  /** Another network for one side: what was found before is worth nothing. */
  move(side: string): void {
    this.#addresses.set(side, (this.#addresses.get(side) ?? 0) + 1);
    this.changed();
  }

  addressOf(page: string): string {
    const side = page.charAt(0);
    return `${side}.${this.#addresses.get(side) ?? 0}`;
  }

  isHere(address: string): boolean {
    return this.addressOf(address) === address;
  }

  /** The page is gone, without a word to anybody. */
  die(page: string): void {
    this.#dead.add(page);
    this.changed();
  }

  isDead(page: string): boolean {
    return this.#dead.has(page);
  }

  newName(): string {
    return String(this.#next++);
  }

  own(ufrag: string, connection: FakePeerConnection): void {
    this.#byUfrag.set(ufrag, connection);
  }

  owner(ufrag: string): FakePeerConnection | undefined {
    return this.#byUfrag.get(ufrag);
  }

  changed(): void {
    for (const connection of this.connections) connection.ice.look();
  }

  /** A short time, and now and then a long one. */
  async pause(maxMs = 25): Promise<void> {
    const ms = this.random() * (this.random() < 0.03 ? 20 * maxMs : maxMs);
    await new Promise<void>((resolve) => this.agenda.in(ms, resolve));
  }

  /** For who looks at one round. */
  trace: (what: string) => void = () => {};

  in(ms: number, run: () => void): void {
    this.agenda.in(ms, run);
  }
}
