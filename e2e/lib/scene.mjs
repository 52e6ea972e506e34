// What a test file sets up once: a lab, a server, the people; and what it keeps when a test fails.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from './lab.mjs';
import { TARGET } from './needs.mjs';
import { Participant } from './participant.mjs';
import { ServerUnderTest } from './server-under-test.mjs';

/** Whether only one pair of each scenario is asked for. */
export const SHORT = process.env.E2E_PAIRS === 'short';

export class Scene {
  #lab;
  #people = new Map();
  #closing = [];
  authorities = [];

  constructor(name) {
    this.name = name;
  }

  /** Makes the lab and the server, or what `start` makes in its place; on a failure nothing is left. */
  async open({ start = (lab, options) => ServerUnderTest.start(lab, options), ...options } = {}) {
    this.#lab = await Lab.start();
    try {
      this.server = await start(this.#lab, { name: this.name, ...options });
      this.url = this.server.url;
    } catch (error) {
      await this.#lab.close();
      throw error;
    }
  }

  get lab() {
    return this.#lab;
  }

  /** Makes every browser started from now on trust Duet's own authority. */
  async trustServer() {
    this.authorities.push(await this.server.authority());
  }

  /** The person of this name; their browser is started when first asked for, and reused. */
  async person(name, kind, number, more = {}) {
    let person = this.#people.get(name);
    if (person === undefined) {
      person = await Participant.start(this.#lab, { name, kind, number, authorities: this.authorities, ...more });
      this.#people.set(name, person);
    }
    return person;
  }

  /** What must be undone after the server has stopped and before the lab is closed. */
  onClose(action) {
    this.#closing.push(action);
  }

  /**
   * Wraps the body of a test: when it fails, pictures, consoles and logs are kept and their paths are in the message.
   */
  test(body) {
    return async (context) => {
      try {
        await body(context);
      } catch (error) {
        error.message += `\nkept: ${(await this.#keep(context.name)).join(' ')}`;
        throw error;
      }
    };
  }

  /** Ends everything, whatever of it fails; the first failure is the result. */
  async close() {
    const people = [...this.#people.values()];
    const steps = [
      () => Promise.all(people.map((person) => person.close())),
      () => this.server?.stop(),
      ...this.#closing.reverse(),
      () => this.#lab?.close(),
    ];
    const failures = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  async #keep(test) {
    const folder = `${this.name}-${test.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}`;
    mkdirSync(join(TARGET, folder), { recursive: true });
    const kept = [];
    for (const person of this.#people.values()) {
      try {
        const { paths, console: lines } = await person.keep(folder);
        const file = join(TARGET, folder, `${person.name}-console.log`);
        writeFileSync(file, `${person.version}\n${lines.join('\n')}\n`);
        kept.push(...paths, file);
      } catch (error) {
        kept.push(`(nothing of ${person.name}: ${error.message.split('\n')[0]})`);
      }
    }
    const log = join(TARGET, folder, 'server.log');
    writeFileSync(log, this.server.log);
    return [...kept, log];
  }
}
