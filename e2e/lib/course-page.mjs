// A person at one of the course's pages (course-pages/): what they press, and what they then see.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = fileURLToPath(new URL('../course-pages', import.meta.url));
const RESET_MS = 1_000;

/** Copies the pages into a folder that is somebody's own; returns it and how to remove it. */
export function ownPages() {
  const folder = mkdtempSync(join(tmpdir(), 'duet-pages-'));
  cpSync(PAGES, folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export class CoursePage {
  /** Opens the page in the person's browser; from then on what the person perceives is this page's. */
  static async open(person, url) {
    const page = new CoursePage();
    page.person = person;
    person.video = 'video#remotevideo';
    await person.open(url);
    return page;
  }

  async connect() {
    await this.person.click('#connect');
    await this.reaches('joined', 'joined_conn');
  }

  /** Leaves and waits until the server has said so. */
  async leave() {
    await this.person.click('#leave');
    await this.reaches('leaved');
  }

  async closeTab() {
    await this.person.closeTab();
  }

  /** The page's state as it shows it. */
  state() {
    return this.person.evaluate(() => document.querySelector('#state').textContent);
  }

  /** The events that the server has told this page, in their order. */
  told() {
    return this.person.evaluate(() => document.querySelector('#told').textContent.trim().split(/\s+/));
  }

  async reaches(...states) {
    const condition = (wanted) => wanted.includes(document.querySelector('#state').textContent);
    await this.person.waitFor(`state ${states.join(' or ')}`, condition, [states]);
  }

  /** The other one is gone: the page has no picture of theirs any more and waits for somebody. */
  async resets(withinMs = RESET_MS) {
    const condition = () => document.querySelector('#state').textContent === 'joined_unbind'
      && document.querySelector('#remotevideo').srcObject === null;
    await this.person.waitFor('the page to reset', condition, [], withinMs);
  }

  /** Writes a line and sends it, once the page lets one. */
  async writes(line) {
    await this.person.evaluate((value) => {
      document.querySelector('#text').value = value;
    }, line);
    await this.person.click('#send');
  }

  lines() {
    return this.person.evaluate(() => document.querySelector('#lines').value.trim().split('\n'));
  }

  async reads(...lines) {
    const condition = (wanted) => document.querySelector('#lines').value.trim() === wanted;
    await this.person.waitFor(`the lines ${JSON.stringify(lines)}`, condition, [lines.join('\n')]);
  }

  /** What it loaded from elsewhere than this origin. */
  strangers() {
    return this.person.evaluate(() => performance.getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => !name.startsWith(location.origin)));
  }
}

/** Both perceive each other; returns how long that took. */
export async function perceiveEachOther(one, other) {
  return Math.max(...await Promise.all([one.perceives(other), other.perceives(one)]));
}
