/**
 * Saying something over the data channel: the text of a message, and what is kept until the other has it. Pure. Reading is in
 * direct.ts, which is needed sooner.
 */
import { DIRECT_KEPT, DIRECT_SIGNAL_BYTES, DIRECT_TEXT_BYTES } from './direct.ts';
import type { AppValue, ChatText, DirectMessage } from './direct.ts';

/**
 * Why something was not said: `message-too-long` for the channel, `message-not-json`, or `outbox-full` because the other
 * has not acknowledged what was said before.
 */
export type SayErrorCode = 'message-too-long' | 'message-not-json' | 'outbox-full';

export type Written =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly code: SayErrorCode; readonly problem: string };

/** The text of a message. */
export function writeDirect(message: DirectMessage): Written {
  let text: string;
  try {
    text = JSON.stringify(message);
  } catch (error) {
    return { kind: 'refused', code: 'message-not-json', problem: String(error) };
  }
  if (message.type === 'app' && message.value === undefined) {
    return { kind: 'refused', code: 'message-not-json', problem: 'there is no value' };
  }
  const max = message.type === 'signal' ? DIRECT_SIGNAL_BYTES : DIRECT_TEXT_BYTES;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > max) {
    return { kind: 'refused', code: 'message-too-long', problem: `${bytes} bytes as JSON (at most ${max})` };
  }
  return { kind: 'text', text };
}

/**
 * What has to reach the other page even if the connection is replaced: chat and the application's values. They are kept
 * until acknowledged, and said again on a new channel; the one who hears something twice has it once.
 */
export class DirectOutbox {
  readonly #prefix: string;
  #next = 1;
  readonly #kept = new Map<string, string>();
  /** What was heard last. As much as the other may have unacknowledged, so whatever is said again is still known. */
  readonly #heard = new Set<string>();

  /** @param prefix different for each page load, so that no two messages ever have the same id; at most 36 characters */
  constructor(prefix: string) {
    this.#prefix = prefix.slice(0, 36);
  }

  nextId(): string {
    return `${this.#prefix}-${this.#next++}`;
  }

  /** Keeps a message whose id is of {@link nextId}, and gives the text to be said now if there is a channel. */
  keep(message: ChatText | AppValue): Written {
    const written = writeDirect(message);
    if (written.kind === 'refused') return written;
    if (this.#kept.size >= DIRECT_KEPT) {
      return { kind: 'refused', code: 'outbox-full', problem: `${DIRECT_KEPT} messages are not acknowledged yet` };
    }
    this.#kept.set(message.id, written.text);
    return written;
  }

  /** What is to be said on a new channel, in order. */
  unacknowledged(): readonly string[] {
    return [...this.#kept.values()];
  }

  /** The other has these; gives those that were not known to be delivered. */
  acknowledge(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#kept.delete(id));
  }

  /** Whether this was not heard before. It is to be acknowledged either way, because the first time may have been lost. */
  hear(id: string): boolean {
    if (this.#heard.has(id)) return false;
    this.#heard.add(id);
    if (this.#heard.size > DIRECT_KEPT) this.#heard.delete(this.#heard.values().next().value as string);
    return true;
  }

  /** The other is gone for good and somebody else may come: gives the ids of what was never delivered. */
  clear(): readonly string[] {
    const ids = [...this.#kept.keys()];
    this.#kept.clear();
    this.#heard.clear();
    return ids;
  }
}
