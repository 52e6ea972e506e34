// A whole call by somebody who has no mouse: at every step it is seen where the keyboard is, and it is never lost.

/* global find */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Scene } from './lib/scene.mjs';

const TABS_MAX = 25;
const SLIDE_MS = 2_000;

describe('a call by keyboard alone', { timeout: 240_000 }, () => {
  const scene = new Scene('keyboard');
  let ann;
  let bo;

  before(async () => {
    await scene.open();
    await scene.trustServer();
    [ann, bo] = await Promise.all([scene.person('ann', 'chromium', 1), scene.person('bo', 'chromium', 2)]);
  });
  after(() => scene.close());

  it('a call is begun, and its link can be had', scene.test(async () => {
    await ann.open(scene.url);
    await ann.reach(['start']);
    await tabTo(ann, '#name');
    await ann.type('Ann');
    await tabTo(ann, '#create');
    await ann.press('Enter');
    await ann.reach(['waiting']);
    await holds(ann, '#mic');
    await tabTo(ann, '#link');
    const link = await ann.evaluate(() => find('#link').value.slice(find('#link').selectionStart, find('#link').selectionEnd));
    assert.match(link, /^https:.*#/, 'the whole link is selected');

    await bo.open(link);
    await bo.reach(['invited']);
    await tabTo(bo, '#name');
    await bo.type('Bo');
    await bo.press('Enter');
    await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
    await holds(ann, '#mic');
    await holds(bo, '#mic');
    await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
  }));

  it('the keyboard goes through all there is, in the order in which it is seen', scene.test(async () => {
    const order = [];
    for (let i = 0; i < TABS_MAX && !order.includes('self'); i++) {
      order.push((await focus(ann)).id);
      await ann.press('Tab');
    }
    assert.deepEqual(order.slice(0, 6), ['mic', 'camera', 'screen', 'chat', 'more', 'leave'], 'the controls follow each other');
    await tabTo(ann, '#self');
    const corner = await ann.evaluate(() => find('.stage').dataset.corner);
    await ann.press('ArrowUp', 'ArrowLeft');
    assert.equal(corner, 'bottom-right');
    assert.equal(await ann.evaluate(() => find('.stage').dataset.corner), 'top-left');
  }));

  it('microphone and camera are switched off and on', scene.test(async () => {
    await tabTo(ann, '#mic');
    await ann.press('Space');
    await bo.waitFor('the word for it', () => /muted|静音/.test(find('#other-media').textContent));
    await holds(ann, '#mic');
    await ann.press('m');
    await bo.waitFor('the word to go', () => find('#other-media').textContent === '');
    await tabTo(ann, '#camera');
    await ann.press('Enter');
    await ann.waitFor('the camera to be off', () => find('#camera').dataset.device === 'off');
    await holds(ann, '#camera');
    await ann.press('Enter');
    await bo.perceives(ann);
  }));

  it('a line is said and read, and the keyboard is where it was', scene.test(async () => {
    await tabTo(ann, '#chat');
    await ann.press('Enter');
    await holds(ann, '#say');
    await ann.type('Hello m v s');
    await ann.press('Enter');
    await holds(ann, '#say');
    await bo.press('c');
    await holds(bo, '#say');
    await bo.waitFor('the line', () => find('#messages li p')?.textContent === 'Hello m v s');
    await Promise.all([ann, bo].map((person) => person.press('Escape')));
    await holds(ann, '#chat');
    await holds(bo, '#mic');
    assert.equal(await ann.evaluate(() => find('#mic').dataset.device), 'on', 'what is written are no commands');
  }));

  it('the details are opened and closed from the menu', scene.test(async () => {
    await tabTo(ann, '#more');
    await ann.press('Enter');
    await ann.waitFor('the menu', () => find('[role=menu]') !== null);
    await ann.press('Escape');
    await holds(ann, '#more');
    await ann.press('Enter');
    for (let i = 0; i < TABS_MAX && (await focus(ann)).id !== 'menu-details'; i++) {
      await ann.press('ArrowDown');
    }
    await holds(ann, '#menu-details');
    await ann.press('Enter');
    await holds(ann, '#panel-title');
    await ann.waitFor('the numbers', () => find('.details') !== null);
    await tabTo(ann, '#close');
    await ann.press('Enter');
    await ann.waitFor('the panel to go', () => find('#panel') === null);
    await holds(ann, '#more');
  }));

  it('a question comes to the keyboard, and goes back', scene.test(async () => {
    await tabTo(bo, '#camera');
    await tabTo(ann, '#more');
    await ann.press('Enter');
    for (let i = 0; i < TABS_MAX && (await focus(ann)).id !== 'record'; i++) {
      await ann.press('ArrowDown');
    }
    await ann.press('Enter');
    await holds(ann, '#more');
    await holds(bo, '#consent-no');
    await bo.press('Enter');
    await bo.waitFor('the question to be gone', () => find('#consent') === null);
    await holds(bo, '#camera');
  }));

  it('each leaves, and could begin again', scene.test(async () => {
    await bo.press('Shift+L');
    await bo.reach(['ended']);
    await holds(bo, '#end-title');
    await tabTo(bo, '#again');
    await ann.reach(['waiting']);
    await tabTo(ann, '#leave');
    await ann.press('Enter');
    await ann.reach(['ended']);
    await holds(ann, '#end-title');
    await tabTo(ann, '#new');
    await ann.press('Enter');
    await ann.reach(['start']);
    await holds(ann, '#door-title');
  }));
});

/** Goes on until the keyboard is there; on the way it is always to be seen. */
async function tabTo(person, selector) {
  const id = selector.slice(1);
  const passed = [];
  for (let i = 0; i <= TABS_MAX; i++) {
    const at = await focus(person);
    if (at.id === id && at.seen) return;
    // Once around the page is the browser's own.
    if (i > 0 && at.id !== 'body') await holds(person);
    passed.push(at.id);
    await person.press('Tab');
  }
  assert.fail(`${person.name} did not come to ${selector} by way of ${passed.join(', ')}`);
}

/** Waits until this element has the keyboard, if one is named, and is seen to; a heading is where reading goes on and has no ring. */
async function holds(person, selector) {
  if (selector !== undefined) {
    await person.waitFor(`the keyboard to be at ${selector}`,
      (s) => find(s) !== null && find(s) === find(s).getRootNode().activeElement, [selector]);
  }
  // What comes slides in.
  const deadline = Date.now() + SLIDE_MS;
  for (let at = await focus(person); !at.seen && !at.id.endsWith('-title'); at = await focus(person)) {
    assert.ok(Date.now() < deadline, `it is not seen that ${person.name}'s keyboard is at ${at.id}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What has the keyboard, and whether it is seen to. */
function focus(person) {
  return person.evaluate(() => {
    const at = find('main#app')?.getRootNode().activeElement;
    if (!at) return { id: 'body', seen: false };
    const id = at.id || at.className || at.localName;
    // What is drawn by its label has the ring there.
    const ringed = [at, at.nextElementSibling, at.closest('label')].filter(Boolean).some((one) => {
      const { outlineStyle, outlineWidth, backgroundColor } = getComputedStyle(one);
      const inMenu = at.role === 'menuitem' && backgroundColor !== 'rgba(0, 0, 0, 0)';
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || inMenu;
    });
    const { left, right, top, bottom } = at.getBoundingClientRect();
    const onScreen = left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
    return { id, seen: at.matches(':focus-visible') && ringed && onScreen && at.checkVisibility({ opacityProperty: true }) };
  });
}
