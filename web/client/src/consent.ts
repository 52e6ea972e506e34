/**
 * Whether a call may be recorded: one side asks, the other agrees or refuses. An agreement counts for the question it answers and
 * for who gave it. When the channel closes nothing of the other is recorded any more; on the next one the question is said again,
 * and a page that has agreed to it, and remembers, agrees by itself. Pure.
 */
import type { RecordingState } from './api.ts';
import type { RecordingMessage } from './direct.ts';

export interface ConsentEvents {
  say(message: RecordingMessage): void;
  changed(): void;
}

export class Consent {
  readonly #events: ConsentEvents;
  #state: RecordingState = 'none';
  /** The question the state is about. */
  #id = '';
  /** Of the other's questions, the one that this side has agreed to, for as long as the same recording may go on. */
  #agreed: string | undefined;
  #asked: ((agreed: boolean) => void) | undefined;

  constructor(events: ConsentEvents) {
    this.#events = events;
  }

  get state(): RecordingState {
    return this.#state;
  }

  /** @param id nobody has heard of before */
  ask(id: string): Promise<boolean> {
    if (this.#state !== 'none') return Promise.resolve(false);
    this.#become('asking', id);
    this.#say('ask');
    return new Promise((resolve) => (this.#asked = resolve));
  }

  /** The person has decided; who has agreed may think again. */
  answer(agree: boolean): void {
    if (this.#state !== 'asked' && (agree || this.#state !== 'there')) return;
    this.#agreed = agree ? this.#id : undefined;
    this.#say(agree ? 'agree' : 'refuse');
    this.#become(agree ? 'there' : 'none');
  }

  stop(): void {
    if (this.#state !== 'here' && this.#state !== 'asking') return;
    this.#say('stopped');
    this.#decided('none');
  }

  opened(): void {
    if (this.#state === 'asking') this.#say('ask');
  }

  closed(): void {
    if (this.#state === 'here') this.#become('asking');
    else if (this.#state === 'asked' || this.#state === 'there') this.#become('none');
  }

  /** Whoever comes next has neither asked nor agreed. */
  otherGone(): void {
    this.#agreed = undefined;
    if (this.#state !== 'none') this.#decided('none');
  }

  /** @param first whether this side has the lower order: its question is the one that counts when both ask at once */
  heard({ step, id }: RecordingMessage, first: boolean): void {
    const state = id === this.#id ? this.#state : 'none';
    if (step === 'ask') this.#isAsked(id, first);
    else if (step === 'stopped') {
      if (id === this.#agreed) this.#agreed = undefined;
      if (state === 'asked' || state === 'there') this.#become('none');
    } else if (step === 'refuse') {
      if (state === 'asking' || state === 'here') this.#decided('none');
    } else if (state === 'asking') this.#decided('here');
    // They believe to be recorded.
    else if (state !== 'here') this.#say('stopped', id);
  }

  #isAsked(id: string, first: boolean): void {
    if (!first && this.#state === 'asking') this.stop();
    if (this.#state === 'none' && id === this.#agreed) {
      this.#become('there', id);
      this.#say('agree');
    } else if (this.#state === 'none') this.#become('asked', id);
    else if (id !== this.#id) this.#say('refuse', id);
    else if (this.#state === 'there') this.#say('agree');
  }

  #decided(state: 'none' | 'here'): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#become(state);
    asked?.(state === 'here');
  }

  #become(state: RecordingState, id = this.#id): void {
    this.#state = state;
    this.#id = state === 'none' ? '' : id;
    this.#events.changed();
  }

  #say(step: RecordingMessage['step'], id = this.#id): void {
    this.#events.say({ type: 'recording', step, id });
  }
}
