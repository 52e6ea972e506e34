/** What pages say by POST before their WebSocket is open, and how a server takes it, in virtual time: docs/protocol.md. */
import type { ClientMessage, ServerMessage } from '../src/protocol.ts';
import type { ServerEnd } from './model-server.ts';
import { serversOf } from './fake-network.ts';
import type { FakeWorld, SideName } from './fake-page.ts';

const LIFE_MS = 10_000;
/** How often a POST, or its answer, is lost. */
const LOST = 0.1;
const LOST_MS = 4_000;

class FakeAhead implements ServerEnd {
  readonly iceServers;
  answer = '';
  open = true;

  constructor(page: string) {
    this.iceServers = serversOf(page);
  }

  send(message: ServerMessage): void {
    if (message.type === 'joined') this.answer = JSON.stringify(message);
  }

  close(): void {
    this.open = false;
  }
}

export class FakeAheads {
  readonly #world: FakeWorld;
  readonly #ends = new Map<string, FakeAhead>();

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  post(url: string, body: string): Promise<string | undefined> {
    const { agenda, random, network, boot } = this.#world;
    const page = new URL(url).host;
    const [key = '', ...lines] = body.split('\n');
    const messages = lines.map((line) => JSON.parse(line) as ClientMessage);
    for (const { type } of messages) network.trace(`${page} says ahead ${type}`);
    const comes = random() >= LOST;
    const answered = random() >= LOST;
    return new Promise((resolve) => {
      agenda.in(5 + random() * 100, () => {
        const there = this.#world.reachable(page.charAt(0) as SideName) && boot === this.#world.boot;
        const answer = comes && there ? this.#take(key, page, messages) : undefined;
        const heard = answered && !network.isDead(page) ? answer : undefined;
        agenda.in(heard === undefined ? LOST_MS : 5 + random() * 100, () => resolve(heard));
      });
    });
  }

  #take(key: string, page: string, messages: readonly ClientMessage[]): string | undefined {
    const { agenda, server } = this.#world;
    const known = this.#ends.get(key);
    if (known !== undefined) {
      for (const message of messages) {
        if (known.open && (message.type === 'signal' || message.type === 'leave')) {
          server.received(known, message, agenda.nowMs);
        }
      }
      return '';
    }
    const [join] = messages;
    if (join?.type !== 'join') return undefined;
    const end = new FakeAhead(page);
    this.#ends.set(key, end);
    const { boot } = this.#world;
    server.opened(end, agenda.nowMs, true);
    server.received(end, join, agenda.nowMs);
    agenda.in(LIFE_MS, () => {
      if (end.open && boot === this.#world.boot) server.lost(end, agenda.nowMs);
      end.open = false;
    });
    return end.answer;
  }
}
