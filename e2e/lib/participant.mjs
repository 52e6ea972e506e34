// A person at a browser of their own, on a host of their own, using nothing of the page but what it shows.

/* global find */

import { join } from 'node:path';
import { perceive, selectedPair } from './in-page.mjs';
import { judge } from './oracle.mjs';
import { BAR_STEPS, COLUMNS, device, ROWS, STRIP } from './pattern.mjs';
import { TARGET } from './needs.mjs';
import { SAMPLES_PER_SECOND } from './spectrum.mjs';

const STATE_MS = 20_000;
const MEDIA_MS = 20_000;
const POLL_MS = 50;
/** In which a menu has opened. */
const MENU_MS = 300;

export class Participant {
  /** Where the page plays what the other one sends. */
  video = 'video#remote';

  /**
   * Starts a browser of this kind on the host of this name; `number` chooses what its camera shows: a pattern for the oracle, or
   * with `portrait` the drawn person of that number. Who `refuses` allows neither camera nor microphone
   * (Chromium). `hostName` lets people share a host. `watch` keeps what the page's connections
   * do, for `watched` and `pair`; its `iceServers`, if there are any, stand in for those of the page. `resolve` is a name, or
   * `names`, and the address they have for this browser. The function whose source is `script.code` runs in every page before its own scripts.
   */
  static async start(lab, { name, kind, number, authorities, portrait, watch, resolve, refuses, without, script, hostName = name }) {
    const participant = new Participant();
    participant.name = name;
    participant.kind = kind;
    participant.host = await lab.host(hostName);
    participant.agent = participant.host.agent();
    participant.device = device(number);
    participant.version = await participant.agent.call('launch', {
      kind, authorities, portrait, watch, resolve, refuses, without, script, device: participant.device,
    });
    return participant;
  }

  /** The same person with one more tab of the same browser, which is the one everything is about that is asked of it. */
  tab() {
    return Object.create(this, { page: { value: undefined, writable: true } });
  }

  /** One more tab of the same browser that begins as a copy of this one. */
  async duplicate() {
    const copy = this.tab();
    copy.page = await this.agent.call('duplicate', this.page);
    return copy;
  }

  /** Opens an address in a new tab, which is the one everything else is about. */
  async open(url) {
    this.page = await this.agent.call('open', url);
  }

  async goto(url) {
    await this.agent.call('goto', this.page, url);
  }

  /** As the Back button does, to this address. */
  async back(url) {
    await this.agent.call('back', this.page, url);
  }

  async reload() {
    await this.agent.call('reload', this.page);
  }

  async closeTab() {
    const page = this.page;
    this.page = undefined;
    await this.agent.call('closePage', page);
  }

  async kill() {
    this.page = undefined;
    await this.agent.call('kill');
  }

  /** The whole browser stops where it is, and says nothing to anybody until it wakes. */
  async sleep() {
    return this.agent.call('sleep');
  }

  async wake() {
    return this.agent.call('wake');
  }

  /** Bytes of memory that all processes of the browser have for themselves. */
  memory() {
    return this.agent.call('memory');
  }

  evaluate(action, ...arguments_) {
    return this.agent.call('evaluate', this.page, String(action), arguments_);
  }

  /**
   * Clicks as a person does: not on what is just moving, and whoever moves the pointer brings controls back that nobody used for a
   * while.
   */
  async click(selector) {
    await this.waitFor(`${selector} to be there`, (s) => {
      const calm = 'calm' in (find('main#app')?.dataset ?? {});
      if (calm) find('.stage')?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
      const element = find(s);
      const [place] = element?.getClientRects() ?? [];
      const before = window.aimedAt;
      window.aimedAt = place && `${s} ${place.x} ${place.y}`;
      return !calm && place !== undefined && !element.disabled && window.aimedAt === before;
    }, [selector]);
    await this.agent.call('click', this.page, selector);
  }

  /** Presses keys, one after the other: `Tab`, `Shift+L`. */
  async press(...keys) {
    await this.agent.call('press', this.page, keys);
  }

  async type(text) {
    await this.agent.call('type', this.page, text);
  }

  /** What the page says about itself. */
  shown() {
    return this.evaluate(() => {
      const app = find('main#app');
      return {
        state: app?.dataset.state,
        reason: app?.dataset.reason,
        other: app?.dataset.other,
        status: (find('#status') ?? find('#state'))?.textContent?.trim(),
        canJoin: (find('#join')?.getClientRects().length ?? 0) > 0,
      };
    });
  }

  /** When what happened, and which credentials were used, in a page that is watched. */
  watched() {
    return this.evaluate(() => {
      const { connections, ...rest } = window.watched;
      const open = connections.map(({ connectionState }) => connectionState).filter((state) => state !== 'closed');
      return { ...rest, open };
    });
  }

  /** The pair of candidates the page's connection uses. */
  pair() {
    return this.evaluate(selectedPair);
  }

  /** Waits until a function in the page says true. */
  async waitFor(what, condition, arguments_ = [], timeoutMs = STATE_MS) {
    const deadline = Date.now() + timeoutMs;
    while (!(await this.evaluate(condition, ...arguments_))) {
      if (Date.now() > deadline) {
        const shown = await this.shown();
        throw new Error(`${this.name} (${this.kind}) waited ${timeoutMs} ms for ${what}; the page shows ${JSON.stringify(shown)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits until the page is in one of these states. */
  async reach(states, timeoutMs = STATE_MS) {
    const condition = (wanted) => wanted.includes(find('main#app')?.dataset.state);
    await this.waitFor(`state ${states.join(' or ')}`, condition, [states], timeoutMs);
  }

  /** Waits until `data-other` is this. */
  async reachOther(other, timeoutMs = STATE_MS) {
    const condition = (wanted) => find('main#app')?.dataset.other === wanted;
    await this.waitFor(`the other to be ${other}`, condition, [other], timeoutMs);
  }

  /** Opens the start page, makes a room and enters it; returns the invitation link. */
  async create(url) {
    await this.open(url);
    await this.click('#create');
    await this.enter();
    await this.waitFor('the invitation link', () => (find('#link')?.value ?? '').includes('#'));
    return this.evaluate(() => find('#link').value);
  }

  /** Opens an invitation link and enters the room. */
  async join(link) {
    await this.open(link);
    await this.enter();
  }

  /** Enters the room the page is about: a click on `#join`, if the page asks for one. */
  async enter() {
    await this.waitFor('the room to open', () => {
      const state = find('main#app')?.dataset.state;
      return ['waiting', 'connecting', 'connected'].includes(state)
        || (state === 'invited' && (find('#join')?.getClientRects().length ?? 0) > 0);
    });
    if ((await this.shown()).state === 'invited') {
      await this.click('#join');
    }
    await this.reach(['waiting', 'connecting', 'connected']);
  }

  /** Waits until this very participant's picture and tone are perceived, and returns how long that took. */
  async perceives(sender, timeoutMs = MEDIA_MS) {
    const started = Date.now();
    let reasons;
    do {
      reasons = await this.misses(sender);
      if (reasons.length === 0) {
        return Date.now() - started;
      }
    } while (Date.now() - started < timeoutMs);
    throw new Error(`${this.name} (${this.kind}) does not perceive ${sender.name} (${sender.kind}) after ${timeoutMs} ms: `
      + reasons.join('; '));
  }

  /** Why what is perceived now is not this participant's picture and tone; nothing if it is. */
  async misses(sender) {
    const perceived = await this.evaluate(perceive, {
      selector: this.video, pictures: 7, gapMs: 160, columns: COLUMNS, rows: ROWS, barSteps: BAR_STEPS, strip: STRIP,
      samplesPerSecond: SAMPLES_PER_SECOND,
    });
    return judge(perceived, sender.device, this.device);
  }

  /** Chooses something behind "more"; once more where the controls went at the moment of the click. */
  async choose(selector) {
    const shown = (s) => find(s) !== null;
    for (let tries = 0; tries < 4 && !(await this.evaluate(shown, selector)); tries++) {
      await this.click('#more');
      await new Promise((resolve) => setTimeout(resolve, MENU_MS));
    }
    await this.click(selector);
  }

  /** Puts a picture of every open tab and the console into a folder, and returns the paths. */
  async keep(folder) {
    const paths = [];
    for (const page of await this.agent.call('pages')) {
      const path = join(TARGET, folder, `${this.name}-${page}.png`);
      await this.agent.call('screenshot', page, path);
      paths.push(path);
    }
    return { paths, console: await this.agent.call('console') };
  }

  async close() {
    await this.agent.close();
  }
}
