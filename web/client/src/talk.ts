/**
 * What the two pages say to each other over the data channel of their connection: chat, the application's values, how good
 * the call is, the safety code, consent to a recording. It outlives connections: what was not acknowledged is said again on
 * the next one, as long as the other participant is the same.
 */
import type { ChatMessage, Quality, SafetyCode } from './api.ts';
import { Consent } from './consent.ts';
import { DirectOutbox, writeDirect } from './direct-outbox.ts';
import type { DirectMessage } from './direct.ts';
import type { Json } from './protocol.ts';
import { SAFETY_TIMEOUT_MS, SafetyExchange } from './safety.ts';
import { safetyCode } from './safety-code.ts';

/** As much of a chat as is kept. */
const CHAT_MAX = 1_000;

export interface TalkEvents {
  /** Over the channel; dropped when it is not open. */
  say(text: string): void;
  message(value: unknown): void;
  chat(): void;
  quality(): void;
  safety(): void;
  recording(): void;
}

export interface Descriptions {
  readonly local: string;
  readonly remote: string;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (why: Error) => void;
}

export class Talk {
  /** Whether it may be recorded. */
  readonly consent: Consent;
  readonly #events: TalkEvents;
  readonly #outbox: DirectOutbox;
  readonly #values = new Map<string, Waiting>();
  #chat: readonly ChatMessage[] = [];
  #exchange: SafetyExchange | undefined;
  #exchangeTimer: ReturnType<typeof setTimeout> | undefined;
  #there: Quality | undefined;
  #first = false;

  constructor(prefix: string, events: TalkEvents) {
    this.#outbox = new DirectOutbox(prefix);
    this.#events = events;
    this.consent = new Consent({ say: (message) => this.#say(message), changed: () => events.recording() });
  }

  get chat(): readonly ChatMessage[] {
    return this.#chat;
  }

  /** How good the call is for the other. */
  get there(): Quality | undefined {
    return this.#there;
  }

  get safety(): SafetyCode | 'failed' | undefined {
    const state = this.#exchange?.state;
    if (state === undefined || state.name === 'going') return undefined;
    return state.name === 'failed' ? 'failed' : safetyCode(state.code);
  }

  /** @param first whether this side has the lower order */
  opened(descriptions: Descriptions, first: boolean): void {
    this.#first = first;
    for (const text of this.#outbox.unacknowledged()) this.#events.say(text);
    this.consent.opened();
    const exchange = new SafetyExchange({
      first,
      localSdp: descriptions.local,
      remoteSdp: descriptions.remote,
      nonce: crypto.getRandomValues(new Uint8Array(32)),
      hash: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
      send: (message) => this.#say(message),
      changed: () => this.#events.safety(),
    });
    this.#exchange = exchange;
    exchange.start();
    this.#exchangeTimer = setTimeout(() => exchange.expire(), SAFETY_TIMEOUT_MS);
  }

  closed(): void {
    clearTimeout(this.#exchangeTimer);
    this.#exchange = undefined;
    this.#there = undefined;
    this.consent.closed();
    this.#events.safety();
    this.#events.quality();
  }

  /** After each description: a certificate must stay what it was. */
  check(descriptions: Descriptions): void {
    this.#exchange?.check(descriptions.local, descriptions.remote);
  }

  /** The other participant is gone for good. */
  otherGone(): void {
    this.consent.otherGone();
    for (const id of this.#outbox.clear()) {
      this.#values.get(id)?.reject(new Error('the other participant left before this arrived'));
      this.#values.delete(id);
    }
  }

  heard(message: DirectMessage): void {
    switch (message.type) {
      case 'chat':
        this.#say({ type: 'ack', ids: [message.id] });
        if (this.#outbox.hear(message.id)) {
          const { id, text } = message;
          this.#addChat({ id, from: 'other', text, atMs: Date.now(), delivered: true });
        }
        break;
      case 'app':
        this.#say({ type: 'ack', ids: [message.id] });
        if (this.#outbox.hear(message.id)) this.#events.message(message.value);
        break;
      case 'ack':
        this.#acknowledged(message.ids);
        break;
      case 'quality': {
        const { type: _, ...quality } = message;
        this.#there = quality;
        this.#events.quality();
        break;
      }
      case 'safety':
        this.#exchange?.receive(message);
        break;
      case 'recording':
        this.consent.heard(message, this.#first);
        break;
      case 'media':
      case 'signal':
      case 'named':
      case 'bye':
        break;
      default:
        message satisfies never;
    }
  }

  /** Resolves when the other's page has it. */
  send(value: unknown): Promise<void> {
    const id = this.#outbox.nextId();
    return new Promise((resolve, reject) => {
      const written = this.#outbox.keep({ type: 'app', id, value: value as Json });
      if (written.kind === 'refused') {
        reject(new Error(`${written.code}: ${written.problem}`));
        return;
      }
      this.#values.set(id, { resolve, reject });
      this.#events.say(written.text);
    });
  }

  /** For something that is said to several. */
  newId(): string {
    return this.#outbox.nextId();
  }

  /**
   * Says why not, if it cannot be said.
   *
   * @param id where the same is said to several
   */
  chatText(text: string, id = this.newId()): string | undefined {
    const atMs = Date.now();
    const written = this.#outbox.keep({ type: 'chat', id, text, atMs });
    if (written.kind === 'refused') return written.code;
    this.#addChat({ id, from: 'you', text, atMs, delivered: false });
    this.#events.say(written.text);
    return undefined;
  }

  quality(here: Quality): void {
    this.#say({ type: 'quality', ...here });
  }

  #acknowledged(ids: readonly string[]): void {
    const delivered = new Set(this.#outbox.acknowledge(ids));
    for (const id of delivered) {
      this.#values.get(id)?.resolve();
      this.#values.delete(id);
    }
    if (!this.#chat.some(({ id }) => delivered.has(id))) return;
    this.#chat = this.#chat.map((message) => (delivered.has(message.id) ? { ...message, delivered: true } : message));
    this.#events.chat();
  }

  #addChat(message: ChatMessage): void {
    this.#chat = [...this.#chat, message].slice(-CHAT_MAX);
    this.#events.chat();
  }

  #say(message: DirectMessage): void {
    const written = writeDirect(message);
    if (written.kind === 'text') this.#events.say(written.text);
  }
}
