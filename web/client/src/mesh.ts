/**
 * A room for three or four: each two are a call of their own, and this holds those of one side. Each is told by
 * mesh-router.ts what of the room is about it; whoever has the seat hands on what the server says.
 */
import type { DriverSession } from './call-driver.ts';
import type { Other } from './call-model.ts';
import { Router } from './mesh-router.ts';
import type { RouterOutput } from './mesh-router.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import type { SessionEvents } from './session.ts';
import type { Undelivered } from './streams.ts';

/** A call with one of the others, as this has to know it. */
export interface MeshLink {
  readonly other: Other;
  /** Joins the room that this side is in. */
  begin(): void;
  close(): void;
}

export interface MeshWorld<L extends MeshLink> {
  /** A call whose way to the server is `session`; it tells `changed` after every change. */
  open(session: (events: SessionEvents) => DriverSession, changed: () => void): L;
  send(message: ClientMessage): void;
  /** Is the server still there? */
  nudge(doubted?: boolean): void;
  /** The link is over, and not yet closed. */
  closed(link: L): void;
  /** There is one more, or one less. */
  changed(): void;
  now(): number;
}

interface Entry<L> {
  readonly link: L;
  readonly events: SessionEvents;
  /** It has been told who it is with. */
  met: boolean;
}

export class Mesh<L extends MeshLink> {
  readonly #world: MeshWorld<L>;
  readonly #router = new Router();
  readonly #entries = new Map<number, Entry<L>>();
  #lost = false;
  /** Who left last. */
  #departed: Other = { state: 'none' };

  constructor(world: MeshWorld<L>) {
    this.#world = world;
  }

  /** In the order in which they were met. */
  get links(): readonly L[] {
    return [...this.#entries.values()].map(({ link }) => link);
  }

  get departed(): Other {
    return this.#departed;
  }

  hear(message: ServerMessage): void {
    if (message.type === 'joined') this.#lost = false;
    this.#carryOut(this.#router.heard(message, this.#world.now()));
  }

  /** The way to the server is lost; said again it changes nothing. */
  lost(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#carryOut(this.#router.lost());
  }

  undelivered(news: Undelivered): void {
    this.#carryOut(this.#router.undelivered(news));
  }

  /** The call is over. */
  close(): void {
    for (const number of [...this.#entries.keys()]) this.#close(number);
  }

  #carryOut(outputs: readonly RouterOutput[]): void {
    for (const output of outputs) {
      if (output.type === 'send') this.#world.send(output.message);
      else if (output.type === 'open') this.#open(output.link);
      else if (output.type === 'close') this.#close(output.link);
      else this.#tell(output);
    }
  }

  #tell(output: Extract<RouterOutput, { type: 'joined' | 'message' | 'lost' | 'undelivered' }>): void {
    const entry = this.#entries.get(output.link);
    if (entry === undefined) return;
    switch (output.type) {
      case 'joined':
        entry.events.opened();
        entry.met = true;
        return entry.events.message(output.message);
      case 'message':
        return entry.events.message(output.message);
      case 'lost':
        return entry.events.lost();
      case 'undelivered':
        return entry.events.undelivered(output.news);
      default:
        output satisfies never;
    }
  }

  #open(number: number): void {
    let events: SessionEvents | undefined;
    const session = {
      open: () => {},
      close: () => {},
      // One of them asks for all.
      nudge: (doubted?: boolean) => {
        if (this.#entries.keys().next().value === number) this.#world.nudge(doubted);
      },
      sendAhead: () => {},
      send: (message: ClientMessage) => this.#carryOut(this.#router.says(number, message)),
    };
    const link = this.#world.open(
      (given) => {
        events = given;
        return session;
      },
      () => this.#linkChanged(number),
    );
    if (events === undefined) throw new Error('a link without a session');
    this.#entries.set(number, { link, events, met: false });
    link.begin();
    this.#world.changed();
  }

  /** Who has nobody at the other end any more is over. */
  #linkChanged(number: number): void {
    const entry = this.#entries.get(number);
    if (entry?.met === true && entry.link.other.state === 'none') this.#close(number);
  }

  #close(number: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    if (entry.link.other.state === 'none') this.#departed = entry.link.other;
    this.#entries.delete(number);
    this.#router.closed(number);
    this.#world.closed(entry.link);
    entry.link.close();
    this.#world.changed();
  }
}
