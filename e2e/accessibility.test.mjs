// Every state of the page, drawn from made-up data, as a machine that checks accessibility sees it, and as somebody with a small
// phone does. No server and no lab.

/* global axe */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';
import { program, ROOT } from './lib/needs.mjs';
import { SHORT } from './lib/scene.mjs';

const SIZES = { phone: { width: 360, height: 740 }, laptop: { width: 1440, height: 900 } };
/** A small phone, and a small window in which a panel leaves little beside it. */
const FITS = { 'a phone': { ...SIZES.phone, hasTouch: true, isMobile: true }, 'a small window': { width: 800, height: 600 } };
/** Theme and size: each of them once, or with each other. */
const LOOKED_AT = SHORT
  ? [['light', 'phone'], ['dark', 'laptop']]
  : [['light', 'phone'], ['dark', 'phone'], ['light', 'laptop'], ['dark', 'laptop']];
const LANGUAGES = SHORT ? ['en'] : ['en', 'zh'];
const GRAVE = ['serious', 'critical'];
/** With fewer the gallery would have been looked at in vain. */
const STATES_MIN = 30;

describe('the page in every state', { timeout: SHORT ? 180_000 : 600_000 }, () => {
  const gallery = join(ROOT, 'web', 'target', 'gallery', 'gallery.html');
  let browser;
  let page;
  let states;

  before(async () => {
    execFileSync(process.execPath, [join(ROOT, 'web', 'scripts', 'gallery.mjs')], { cwd: join(ROOT, 'web') });
    browser = await puppeteer.launch({
      executablePath: program('chromium'), headless: true, pipe: true,
      args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND'],
    });
    page = await browser.newPage();
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
    await open();
    states = await page.evaluate(() => window.states);
    assert.ok(states.length >= STATES_MIN, `${states.length} states`);
  });
  after(() => browser?.close());

  for (const [theme, look] of LOOKED_AT) {
    it(`has no grave finding, ${theme} on a ${look}`, async () => {
      await page.setViewport(SIZES[look]);
      const found = [];
      await eachState(theme, async (name) => {
        found.push(...(await page.evaluate(violations, GRAVE)).map((one) => `${name}: ${one}`));
      });
      assert.deepEqual(found, []);
    });
  }

  for (const [what, size] of Object.entries(FITS)) {
    it(`fits ${what}: nothing to be pressed lies outside or behind something, and nothing scrolls sideways`, async () => {
      await page.setViewport(size);
      const found = [];
      let pressable = 0;
      await eachState('light', async (name) => {
        const { count, problems } = await page.evaluate(outside);
        pressable += count;
        found.push(...problems.map((one) => `${name}: ${one}`));
      });
      assert.deepEqual(found, []);
      assert.ok(pressable > 3 * states.length, `only ${pressable} things to press`);
    });
  }

  it('would be found out: these checks see what is wrong', async () => {
    await page.setViewport(SIZES.phone);
    await open();
    await show('start', 'en', 'light');
    await page.evaluate(() => {
      const root = document.querySelector('body > div').shadowRoot;
      const create = root.querySelector('#create');
      create.textContent = '';
      root.querySelector('#name').removeAttribute('id');
      Object.assign(create.style, { position: 'fixed', left: '300px', width: '200px' });
    });
    const found = await page.evaluate(violations, GRAVE);
    for (const rule of ['button-name', 'label']) {
      assert.ok(found.some((one) => one.startsWith(`${rule} `)), `${rule} is not in ${found}`);
    }
    const { problems } = await page.evaluate(outside);
    assert.ok(problems.some((one) => one.startsWith('create is at ')), problems.join());
    assert.ok(problems.some((one) => one.includes('is behind create')), problems.join());
  });

  async function eachState(theme, look) {
    for (const state of states) {
      for (const language of LANGUAGES) {
        await show(state, language, theme);
        await look(`${state} (${language})`);
      }
    }
  }

  async function open() {
    await page.goto(pathToFileURL(gallery).href);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  }

  async function show(state, language, theme) {
    await page.evaluate(async (address) => {
      location.hash = address;
      for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
    }, `${state}?lang=${language}&theme=${theme}`);
  }
});

/** In the page: what the checker finds, in a line each. */
async function violations(grave) {
  const { violations: all } = await axe.run(document, { resultTypes: ['violations'], preload: false });
  return all.filter(({ impact }) => grave.includes(impact))
    .map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ target }) => target.flat().join(' ')).join(', ')}`);
}

/** In the page: whatever can be pressed and is not wholly on the screen and before everything else, once it is scrolled to. */
function outside() {
  const root = document.querySelector('body > div').shadowRoot;
  const problems = [];
  const seen = [...root.querySelectorAll('button, a, select, summary, label:has(input), input')].filter((one) =>
    one.getClientRects().length > 0 && getComputedStyle(one).visibility === 'visible'
      // Controls that have gone come back before they can be pressed.
      && getComputedStyle(one).pointerEvents !== 'none'
      // What is drawn by its label.
      && !(one.matches('input') && one.closest('label') !== null));
  const [width, height] = [document.documentElement.clientWidth, window.innerHeight];
  for (const one of seen) {
    // As a person does: only what has a scroll bar moves.
    let scroller = one.parentElement;
    while (scroller !== null && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
    scroller ??= document.scrollingElement;
    const middle = (box) => (box.top + box.bottom) / 2;
    const view = scroller === document.scrollingElement ? { top: 0, bottom: height } : scroller.getBoundingClientRect();
    scroller.scrollTop += middle(one.getBoundingClientRect()) - middle(view);
    const { left, right, top, bottom } = one.getBoundingClientRect();
    if (left < -1 || right > width + 1 || top < -1 || bottom > height + 1) {
      problems.push(`${one.id || one.className || one.localName} is at ${[left, right, top, bottom].map(Math.round)}`);
      continue;
    }
    // What lies over it; a panel, a menu or a question may, as they go, but not over a half of a control.
    const [first] = one.getClientRects();
    const over = [first.left + 4, first.right - 4]
      .map((x) => root.elementFromPoint(x, (first.top + first.bottom) / 2))
      .map((there) => (one.contains(there) ? undefined : (there ?? document.body)));
    const whole = one.matches('.round');
    const goes = over.every((there) =>
      there === undefined ? !whole : there.closest('.panel, .menu, .consent') !== null);
    const [behind] = over.filter(Boolean);
    if (behind !== undefined && !goes) {
      problems.push(`${one.id || one.className || one.localName} is behind ${behind.id || behind.className || behind.localName}`);
    }
  }
  for (const one of [document.scrollingElement, ...root.querySelectorAll('*')]) {
    if (one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)) {
      problems.push(`${one.id || one.className || one.localName} scrolls sideways`);
    }
  }
  const page = document.scrollingElement;
  if (page.scrollWidth > width + 1) problems.push(`the page is ${page.scrollWidth} wide`);
  return { count: seen.length, problems };
}
