/**
 * This participant's session: a signaling connection that is lost and found again, and the streams that go on over all of
 * them. It carries out what streams.ts says.
 */
import type { OpenFailure } from './open-failure.ts';
import type { ClientMessage, ServerMessage } from './protocol.ts';
import { SignalingConnection, browserSurroundings } from './signaling.ts';
import type { SignalingEvents, SignalingSurroundings } from './signaling.ts';
import { Streams } from './streams.ts';
import type { StreamsOutput, Undelivered } from './streams.ts';

export interface SessionEvents extends SignalingEvents {
  /** Told once for each signal that was to be sent and will not arrive. */
  undelivered(news: Undelivered): void;
}

export class Session {
  readonly #connection: SignalingConnection;
  readonly #events: SessionEvents;
  readonly #world: SignalingSurroundings;
  readonly #streams = new Streams();
  #timer: number | undefined;

  constructor(url: string, events: SessionEvents, surroundings: SignalingSurroundings = browserSurroundings) {
    this.#events = events;
    this.#world = surroundings;
    this.#connection = new SignalingConnection(
      url,
      {
        opened: () => {
          // What was said ahead of it is joined as well; nothing more is said before the join of this one.
          this.#streams.lost();
          this.#streams.opened(surroundings.now());
          events.opened();
        },
        message: (message: ServerMessage) => this.#carryOut(this.#streams.fromServer(message, surroundings.now())),
        lost: () => {
          this.#streams.lost();
          this.#carryOut([]);
          events.lost();
        },
        notOpened: (why: OpenFailure) => events.notOpened(why),
        closed: (code: number) => {
          this.#carryOut(this.#streams.ended());
          events.closed(code);
        },
      },
      surroundings,
    );
  }

  open(): void {
    this.#connection.open();
  }

  /** A signal is kept until it is acknowledged; anything else is dropped when there is no open connection. */
  send(message: ClientMessage): void {
    this.#carryOut(this.#streams.toServer(message, this.#world.now()));
  }

  /** Says a join before the connection is open, if the server takes it; it is joined over the connection all the same. */
  sendAhead(message: ClientMessage): void {
    this.#streams.opened(this.#world.now());
    for (const output of this.#streams.toServer(message, this.#world.now())) {
      if (output.type === 'send') this.#connection.sendAhead(output.message);
    }
  }

  /** Closes for good. What was sent before is delivered, as far as the server hears it. */
  close(): void {
    this.#connection.close();
    this.#carryOut(this.#streams.ended());
  }

  nudge(doubted = false): void {
    this.#connection.nudge(doubted);
  }

  #carryOut(outputs: readonly StreamsOutput[]): void {
    for (const output of outputs) {
      switch (output.type) {
        case 'send':
          this.#connection.send(output.message);
          break;
        case 'message':
          this.#events.message(output.message);
          break;
        case 'undelivered':
          this.#events.undelivered(output);
          break;
        default:
          output satisfies never;
      }
    }
    this.#wait();
  }

  #wait(): void {
    if (this.#timer !== undefined) this.#world.clearTimer(this.#timer);
    this.#timer = undefined;
    const { deadlineMs } = this.#streams;
    if (deadlineMs === Infinity) return;
    const run = () => {
      this.#timer = undefined;
      this.#carryOut(this.#streams.due(this.#world.now()));
    };
    this.#timer = this.#world.setTimer(run, Math.max(0, deadlineMs - this.#world.now()));
  }
}
