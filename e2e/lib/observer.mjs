// The other participant of a room, without a browser: a plain WebSocket that speaks duet.v1 and keeps what it is
// told, and when.

import assert from 'node:assert/strict';

const POLL_MS = 25;
let nextName = 1;

export class Observer {
  #agent;
  #name = `observer${nextName++}`;

  /** Joins a room of the server from the host of this agent. */
  static async join(agent, { url, room, authority }) {
    const observer = new Observer();
    observer.#agent = agent;
    await agent.call('observe', observer.#name, `${url.replace(/^http/, 'ws')}/ws`, room, authority);
    return observer;
  }

  /** Everything it was told about the other participant, in order. */
  async told() {
    const messages = await this.#agent.call('observed', this.#name);
    return messages.filter(({ type }) => type.startsWith('participant-') || type === 'socket-closed');
  }

  /** How often it was told this. */
  async count(type) {
    return (await this.told()).filter((message) => message.type === type).length;
  }

  /** Waits for a message of this type that came after `sinceMs`, and returns it with `afterMs`. */
  async hears(type, sinceMs, withinMs) {
    for (;;) {
      const found = (await this.told()).find((message) => message.type === type && message.atMs >= sinceMs);
      if (found !== undefined) {
        const afterMs = found.atMs - sinceMs;
        assert.ok(afterMs <= withinMs, `${type} came after ${afterMs} ms (expected: within ${withinMs} ms)`);
        return { ...found, afterMs };
      }
      if (Date.now() - sinceMs > withinMs + 500) {
        assert.fail(`no ${type} within ${withinMs} ms; told: ${JSON.stringify(await this.told())}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async leave() {
    await this.#agent.call('unobserve', this.#name);
  }
}
