/**
 * The early join: what is said before the first WebSocket is open, by POST, over the connection that has brought the page, which needs
 * none of the three round trips of a new one. See docs/protocol.md, "Ahead of the WebSocket". What is not taken, or not answered, is no
 * loss: the WebSocket says it once more.
 */
import { randomHex } from './hex.ts';
import { readServerMessage } from './protocol.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';

/** Posts, and gives the answer's text; nothing when there is none. `last`: even if the page goes meanwhile. */
export type Post = (url: string, body: string, last: boolean) => Promise<string | undefined>;

export class Ahead {
  readonly #url: string;
  /** Which session it is, in the first line of every body: an address would be written into logs. */
  readonly #key = randomHex(16);
  readonly #post: Post;
  readonly #heard: (message: ServerMessage) => void;
  #waiting: string[] = [];
  /** Something waits that the call's beginning waits for. */
  #urgent = false;
  #posting: Promise<void> | undefined;
  #last = false;
  /** Nothing more is taken. */
  #ended = false;
  /** Nothing more is heard. */
  #over = false;

  constructor(webSocketUrl: string, post: Post, heard: (message: ServerMessage) => void) {
    this.#url = webSocketUrl.replace(/^ws/, 'http');
    this.#post = post;
    this.#heard = heard;
  }

  /**
   * Says it after everything before it; what is said while a POST is on its way goes with the next. That the microphone is
   * on, for example, goes with what comes later: on its own it would keep that back for a round trip.
   */
  send(message: ClientMessage): void {
    const last = message.type === 'leave';
    // Nothing but this could still be heard, before the WebSocket has the seat: that it is given up.
    if ((this.#ended || this.#over) && !last) return;
    this.#last ||= last;
    this.#waiting.push(JSON.stringify(message));
    if (message.type === 'signal' && 'data' in message) return;
    this.#urgent = true;
    this.#posting ??= this.#postAll();
  }

  /** Nothing more is said; done when nothing is on its way. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#urgent &&= this.#last;
    await this.#posting;
  }

  /** Nothing is heard any more. */
  silence(): void {
    this.#over = true;
  }

  async #postAll(): Promise<void> {
    while (this.#urgent) {
      this.#urgent = false;
      const answer = await this.#post(this.#url, [this.#key, ...this.#waiting.splice(0)].join('\n'), this.#last);
      if (this.#over) continue;
      if (answer === undefined) {
        this.#over = true;
      } else if (answer !== '') {
        const received = readServerMessage(answer);
        if (received.kind === 'message') this.#heard(received.message);
      }
    }
    this.#posting = undefined;
  }
}

const POST_MS = 4_000;

/** Posts in a browser. */
export async function post(url: string, body: string, last: boolean): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(POST_MS);
    const answer = await fetch(url, { method: 'POST', body, keepalive: last, signal });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
