/**
 * Everybody else in a room for three or four: a link with each (mesh.ts, link.ts), and what is said and sent to all of them.
 * For `import()`.
 */
import type { CallEvents, CallState, ChatMessage, FileTransfer } from './api.ts';
import type { DriverSession } from './call-driver.ts';
import type { Other } from './call-model.ts';
import type { Link, LinkWorld } from './link.ts';
import { Mesh } from './mesh.ts';
import type { MeshLink } from './mesh.ts';
import { MeshChat } from './mesh-chat.ts';
import { stateOfAll } from './mesh-state.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import type { SessionEvents } from './session.ts';
import type { Undelivered } from './streams.ts';

/** Of those who have left; the oldest are forgotten. */
const FILES_KEPT = 100;

export interface SeveralWorld extends Pick<LinkWorld, 'changed' | 'told'> {
  /** A call whose way to the server is this one. */
  open(session: (events: SessionEvents) => DriverSession, world: LinkWorld): Link;
  send(message: ClientMessage): void;
  nudge(doubted?: boolean): void;
}

/** A call of two within a room for more. */
class Member implements MeshLink {
  readonly link: Link;

  constructor(link: Link) {
    this.link = link;
  }

  get other(): Other {
    return this.link.other;
  }

  begin(): void {
    this.link.driver.join();
    this.link.mediaChanged();
  }

  close(): void {
    const { driver, together } = this.link;
    driver.leave();
    together?.talk.otherGone();
    together?.close();
  }
}

export class Several {
  readonly #world: SeveralWorld;
  readonly #mesh: Mesh<Member>;
  readonly #chat = new MeshChat();
  #left: readonly FileTransfer[] = [];

  constructor(world: SeveralWorld) {
    this.#world = world;
    this.#mesh = new Mesh<Member>({
      open: (session, changed) => this.#open(session, changed),
      send: (message) => world.send(message),
      nudge: (doubted) => world.nudge(doubted),
      closed: ({ link }) => {
        this.#chat.gone(link);
        this.#left = [...this.#left, ...link.files].slice(-FILES_KEPT);
      },
      changed: () => world.changed(),
      now: () => performance.now(),
    });
  }

  get links(): readonly Link[] {
    return this.#mesh.links.map(({ link }) => link);
  }

  /** The first of them, or who left last. */
  get other(): Other {
    return this.links[0]?.other ?? this.#mesh.departed;
  }

  get chat(): readonly ChatMessage[] {
    return this.#chat.all;
  }

  get files(): readonly FileTransfer[] {
    return [...this.#left, ...this.links.flatMap(({ files }) => files)];
  }

  /** @param seat the state of the call that has the seat */
  stateWith(seat: CallState): CallState {
    return stateOfAll(seat, this.links.map(({ state }) => state));
  }

  hear(message: ServerMessage): void {
    this.#mesh.hear(message);
  }

  lost(): void {
    this.#mesh.lost();
  }

  undelivered(news: Undelivered): void {
    this.#mesh.undelivered(news);
  }

  close(): void {
    this.#mesh.close();
  }

  async send(value: unknown): Promise<void> {
    await Promise.all(this.links.map((link) => link.send(value)));
  }

  /** Says why not, if it can be said to nobody. */
  say(text: string): string | undefined {
    const { links } = this;
    const id = links[0]?.someone.talk.newId();
    const refused = links.map((link) => link.say(text, id));
    return refused.every((why) => why !== undefined) ? refused[0] : undefined;
  }

  sendFile(file: File): FileTransfer {
    const [first] = this.links.map((link) => link.sendFile(file));
    return first as FileTransfer;
  }

  #open(session: (events: SessionEvents) => DriverSession, changed: () => void): Member {
    const link = this.#world.open(session, {
      changed: () => {
        changed();
        this.#world.changed();
      },
      told: (event, value) => this.#told(link, event, value),
      undelivered: () => {},
    });
    return new Member(link);
  }

  #told<E extends keyof CallEvents>(link: Link, event: E, value: CallEvents[E]): void {
    const { other } = link;
    if (event === 'chat') {
      const name = other.state === 'none' ? undefined : other.participant.name;
      this.#chat.take(link, value as CallEvents['chat'], name);
      this.#world.told('chat', this.chat);
    } else if (event === 'recording') {
      if (value === 'asked') link.together?.talk.consent.answer(false);
    } else if ((event === 'quality' || event === 'safety') && link !== this.links[0]) {
      this.#world.changed();
    } else {
      this.#world.told(event, value);
    }
  }
}
