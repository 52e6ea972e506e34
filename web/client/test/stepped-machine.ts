/** The call machine with what it did since it was last asked, and a clock that the test moves. */
import type { Call, Effect, Input } from '../src/call-model.ts';
import { step } from '../src/call-state.ts';
import type { ServerMessage } from '../src/protocol.ts';

export class SteppedMachine {
  call: Call = { kind: 'idle' };
  nowMs = 1_000;
  #effects: Effect[] = [];

  take(...inputs: Input[]): this {
    for (const input of inputs) {
      const { call, effects } = step(this.call, input, this.nowMs);
      this.call = call;
      this.#effects.push(...effects);
    }
    return this;
  }

  hear(...messages: ServerMessage[]): this {
    return this.take(...messages.map((message): Input => ({ type: 'message', message })));
  }

  effects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
