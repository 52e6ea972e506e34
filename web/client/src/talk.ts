/**
 * What the two pages say to each other over the data channel of their connection: chat, the application's values, how good
 * the call is, the safety code, consent to a recording. It outlives connections: what was not acknowledged is said again on
 * the next one, as long as the other participant is the same.
 */
import type { ChatMessage, Quality, RecordingState, SafetyCode } from './api.ts';
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
  readonly #events: TalkEvents;
  readonly #outbox: DirectOutbox;
  readonly #values = new Map<string, Waiting>();
  #chat: readonly ChatMessage[] = [];
  #exchange: SafetyExchange | undefined;
  #exchangeTimer: ReturnType<typeof setTimeout> | undefined;
  #there: Quality | undefined;
  #recording: RecordingState = 'none';
  #asked: ((agreed: boolean) => void) | undefined;

  constructor(prefix: string, events: TalkEvents) {
    this.#outbox = new DirectOutbox(prefix);
    this.#events = events;
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

  get recording(): RecordingState {
    return this.#recording;
  }

  /** @param first whether this side has the lower order */
  opened(descriptions: Descriptions, first: boolean): void {
    for (const text of this.#outbox.unacknowledged()) this.#events.say(text);
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
    if (this.#recording !== 'none') this.#endRecording(false);
    this.#events.safety();
    this.#events.quality();
  }

  /** After each description: a certificate must stay what it was. */
  check(descriptions: Descriptions): void {
    this.#exchange?.check(descriptions.local, descriptions.remote);
  }

  /** The other participant is gone for good. */
  otherGone(): void {
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
        this.#recordingSaid(message.step);
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

  /** Asks whether the call may be recorded here. */
  askRecording(): Promise<boolean> {
    if (this.#recording !== 'none') return Promise.resolve(false);
    this.#setRecording('asking');
    this.#say({ type: 'recording', step: 'ask' });
    return new Promise((resolve) => (this.#asked = resolve));
  }

  answerRecording(agree: boolean): void {
    if (this.#recording !== 'asked') return;
    this.#say({ type: 'recording', step: agree ? 'agree' : 'refuse' });
    this.#setRecording(agree ? 'there' : 'none');
  }

  stopRecording(): void {
    if (this.#recording !== 'here') return;
    this.#say({ type: 'recording', step: 'stopped' });
    this.#setRecording('none');
  }

  #recordingSaid(step: 'ask' | 'agree' | 'refuse' | 'stopped'): void {
    const state = this.#recording;
    if (step === 'ask' && state === 'none') this.#setRecording('asked');
    else if (step === 'stopped' && (state === 'there' || state === 'asked')) this.#setRecording('none');
    else if ((step === 'agree' || step === 'refuse') && state === 'asking') this.#endRecording(step === 'agree');
    else if (step === 'agree') this.#say({ type: 'recording', step: 'stopped' });
  }

  #endRecording(agreed: boolean): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#setRecording(agreed ? 'here' : 'none');
    asked?.(agreed);
  }

  #setRecording(state: RecordingState): void {
    this.#recording = state;
    this.#events.recording();
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
