// Pictures of the page's states from made-up data (first `npm run gallery` in web/):
//   node gallery.mjs [--looks phone,tablet,laptop] [--themes light,dark] [--languages en,zh] [state...]

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { program, TARGET } from './lib/needs.mjs';

const SIZES = { phone: [360, 740], tablet: [768, 1024], laptop: [1440, 900] };
const DRAWN_MS = 450;
const option = { type: 'string' };
const { values, positionals } = parseArgs({
  options: { looks: option, themes: option, languages: option },
  allowPositionals: true,
});
const several = (text, all) => (text === undefined ? all : text.split(','));
const gallery = join(dirname(fileURLToPath(import.meta.url)), '..', 'web', 'target', 'gallery', 'gallery.html');
const folder = join(TARGET, 'gallery');

mkdirSync(folder, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: program('chromium'), headless: true, pipe: true, args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND'],
});
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await show(page, 'start', 'en', 'light');
  const states = positionals.length > 0 ? positionals : await page.evaluate(() => window.states);
  for (const state of states) {
    for (const look of several(values.looks, Object.keys(SIZES))) {
      const [width, height] = SIZES[look];
      await page.setViewport({ width, height });
      for (const theme of several(values.themes, ['light', 'dark'])) {
        for (const language of several(values.languages, ['en', 'zh'])) {
          await show(page, state, language, theme);
          const path = join(folder, `${state}-${look}-${theme}-${language}.png`);
          await page.screenshot({ path });
          console.log(path);
        }
      }
    }
  }
} finally {
  await browser.close();
}

async function show(page, state, language, theme) {
  // Only another address than the one before is loaded afresh.
  await page.goto('about:blank');
  await page.goto(`${pathToFileURL(gallery)}#${state}?lang=${language}&theme=${theme}`);
  await new Promise((done) => setTimeout(done, DRAWN_MS));
}
