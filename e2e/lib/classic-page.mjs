// A person at one of Duet's classic pages: what they press, and what they then see.

const TOLD_MS = 1_000;

export class ClassicPage {
  /** Opens one in the person's browser. */
  static async open(person, url) {
    const page = new ClassicPage();
    page.person = person;
    person.video = 'video#remote';
    await person.open(url);
    return page;
  }

  async join() {
    await this.person.click('#join');
    await this.reaches('joined');
  }

  async leave() {
    await this.person.click('#leave');
    await this.reaches('out');
  }

  async closeTab() {
    await this.person.closeTab();
  }

  /** `out`, `joining` or `joined`. */
  async reaches(state) {
    const condition = (wanted) => document.querySelector('#page').dataset.state === wanted;
    await this.person.waitFor(`state ${state}`, condition, [state]);
  }

  /** The connection to the other browser: `connected`, or nothing while there is none. */
  async calls(state, timeoutMs) {
    const condition = (wanted) => document.querySelector('#page').dataset.call === (wanted ?? undefined);
    await this.person.waitFor(`the call to be ${state ?? 'over'}`, condition, [state ?? null], timeoutMs);
  }

  status() {
    return this.person.evaluate(() => document.querySelector('#status').textContent);
  }

  async writes(line) {
    await this.person.evaluate((value) => {
      document.querySelector('#text').value = value;
    }, line);
    await this.person.click('#send');
  }

  /** Waits for the last lines of the chat to be these, each `mine`, `theirs` or `note` and its text. */
  async reads(...lines) {
    const condition = (wanted) => {
      const shown = [...document.querySelectorAll('#lines li')].map((line) => `${line.className} ${line.lastChild.textContent}`);
      return JSON.stringify(shown.slice(-wanted.length)) === JSON.stringify(wanted);
    };
    await this.person.waitFor(`the lines ${JSON.stringify(lines)}`, condition, [lines], TOLD_MS);
  }

  /** The signaling log: arrow, event and the kind of what is in it, e.g. `← message answer`. */
  log() {
    return this.person.evaluate(() => [...document.querySelectorAll('#log details')].map((line) => {
      const text = (name) => line.querySelector(`.${name}`).textContent;
      const kind = /^(offer|answer|candidate):/.exec(text('what'))?.[1];
      return [text('arrow'), text('name'), kind].filter(Boolean).join(' ');
    }));
  }
}
