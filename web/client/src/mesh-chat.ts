/**
 * One chat out of those with each of the others: what was said to all is there once, and delivered when everybody has it who
 * was there and still is. Pure.
 */
import type { ChatMessage } from './api.ts';

/** As much of a chat as is kept. */
const CHAT_MAX = 1_000;

interface Said {
  message: ChatMessage;
  /** Who has not got it yet; by link. */
  readonly missing: Set<object>;
}

export class MeshChat {
  readonly #said = new Map<string, Said>();
  /** The last message of each that was looked at: what was forgotten does not come back. */
  readonly #last = new WeakMap<object, string>();

  get all(): readonly ChatMessage[] {
    return [...this.#said.values()].map(({ message }) => message);
  }

  /** What the chat with one of them is now; `name` is theirs. */
  take(link: object, messages: readonly ChatMessage[], name: string | undefined): void {
    const last = this.#last.get(link);
    const seen = messages.findIndex(({ id }) => id === last);
    for (const [i, message] of messages.entries()) {
      const known = this.#said.get(message.id);
      if (message.from === 'you') this.#takeOwn(link, message, known ?? (i > seen ? this.#add(message) : undefined));
      else if (known === undefined && i > seen) this.#add(name === undefined ? message : { ...message, name });
    }
    const newest = messages.at(-1);
    if (newest !== undefined) this.#last.set(link, newest.id);
  }

  /** Whoever has left is not waited for. */
  gone(link: object): void {
    for (const said of this.#said.values()) if (said.missing.delete(link)) settle(said);
  }

  #takeOwn(link: object, message: ChatMessage, said: Said | undefined): void {
    if (said === undefined) return;
    if (message.delivered) said.missing.delete(link);
    else said.missing.add(link);
    settle(said);
  }

  #add(message: ChatMessage): Said {
    const said: Said = { message, missing: new Set() };
    this.#said.set(message.id, said);
    const [oldest] = this.#said.keys();
    if (this.#said.size > CHAT_MAX && oldest !== undefined) this.#said.delete(oldest);
    return said;
  }
}

function settle(said: Said): void {
  const delivered = said.missing.size === 0;
  if (said.message.delivered !== delivered) said.message = { ...said.message, delivered };
}
