// What two people do in a call beside seeing and hearing each other: mute, camera, screen, chat, files, a recording, the safety code.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Scene, SHORT } from './lib/scene.mjs';
import { spectrum } from './lib/spectrum.mjs';

const PAIRS = SHORT ? [['chromium', 'chromium']] : [['chromium', 'chromium'], ['chromium', 'firefox'], ['firefox', 'chromium']];
const MIB = 1024 * 1024;
/** The largest file, where one of this size is asked for: between two Chromium, in the full form. */
const GIGABYTE_MIB = 1024;
const FILE_MIB = 5;
/** Shorter than the time after which unused controls go. */
const RECORDING_MS = 3_000;
/** Of the whole browser that receives: its garbage, and what is under way. */
const MEMORY_MIB = 200;

for (const [first, second] of PAIRS) {
  describe(`${first} and ${second} in a call`, { timeout: SHORT ? 180_000 : 900_000 }, () => {
    const scene = new Scene(`features-${first}-${second}`);
    let ann;
    let bo;

    before(async () => {
      await scene.open();
      await scene.trustServer();
      [ann, bo] = await Promise.all([scene.person('ann', first, 1), scene.person('bo', second, 2)]);
      await bo.join(await ann.create(scene.url));
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
    });
    after(() => scene.close());

    it('who mutes the microphone is not heard, and is seen', scene.test(async () => {
      await ann.click('#mic');
      await until('silence', async () => (await bo.misses(ann)).every((reason) => reason.startsWith('sound: silence')));
      await bo.waitFor('the word for it', () => /muted|静音/.test(find('#other-media').textContent));
      await ann.click('#mic');
      await bo.perceives(ann);
    }));

    it('a camera that is switched off is released, and comes back', scene.test(async () => {
      await ann.click('#camera');
      await ann.waitFor('the camera to be off', () => find('#camera').dataset.device === 'off');
      await bo.waitFor('the word for it', () => /camera|摄像头/.test(find('#other-media').textContent));
      assert.equal(await ann.evaluate(() => find('#local').srcObject), null, 'its light is out');
      await ann.click('#camera');
      await bo.perceives(ann);
    }));

    if (first === 'chromium') {
      it('a screen is shown beside the camera, and taken back', scene.test(async () => {
        await ann.click('#screen');
        await bo.waitFor('the screen', () => (find('#remote-screen')?.videoWidth ?? 0) > 0);
        await bo.perceives(ann);
        await ann.click('#screen');
        await bo.waitFor('the screen to go', () => find('#remote-screen') === null);
        await bo.perceives(ann);
        await ann.click('#screen');
        await bo.waitFor('the screen again', () => (find('#remote-screen')?.videoWidth ?? 0) > 0);
        await ann.click('#screen');
        await bo.waitFor('the screen to go again', () => find('#remote-screen') === null);
      }));
    }

    if (first === 'chromium') {
      it('the other is heard where the person wants it', scene.test(async () => {
        await ann.choose('#menu-settings');
        await ann.waitFor('the speakers', () => (find('[data-device=speaker]')?.options.length ?? 0) > 1);
        const chosen = await ann.evaluate(() => {
          const speakers = find('[data-device=speaker]');
          speakers.selectedIndex = speakers.options.length - 1;
          speakers.dispatchEvent(new Event('change'));
          return speakers.value;
        });
        await ann.waitFor('the speaker', (wanted) => find('#remote').sinkId === wanted, [chosen]);
        assert.ok(chosen !== '' && chosen !== 'default');
        await bo.perceives(ann);
        await ann.perceives(bo);
        await ann.click('#close');
      }));
    }

    it('what is written arrives once, in order, and is known to have arrived', scene.test(async () => {
      for (const [person, texts] of [[ann, ['Hello', '你好 👋 <b>not bold</b>']], [bo, ['Hi Ann']]]) {
        if ((await person.evaluate(() => find('#say'))) === null) {
          await person.click('#chat');
        }
        for (const text of texts) {
          await write(person, text);
        }
      }
      const expected = ['Hello', '你好 👋 <b>not bold</b>', 'Hi Ann'];
      for (const person of [ann, bo]) {
        await person.waitFor('all of it', (count) => find('#messages').querySelectorAll('li').length >= count, [expected.length]);
        assert.deepEqual(await messages(person), expected);
        await person.waitFor('the marks', () =>
          [...find('#messages').querySelectorAll('.tick')].every((tick) => 'delivered' in tick.dataset));
      }
    }));

    it('both see the same safety code', scene.test(async () => {
      await Promise.all([ann, bo].map((person) => person.click('#close')));
      const codes = await Promise.all([ann, bo].map(async (person) => {
        await person.choose('#menu-safety');
        await person.waitFor('the code', () => find('#safety-code') !== null);
        return person.evaluate(() => find('#safety-code').textContent.replace(/\s+/g, ' ').trim());
      }));
      assert.equal(codes[0], codes[1]);
      assert.ok(codes[0].length > 12, codes[0]);
    }));

    it('a file arrives whole', scene.test(async (t) => {
      const large = !SHORT && first === 'chromium' && second === 'chromium';
      const mebibytes = large ? GIGABYTE_MIB : FILE_MIB;
      await Promise.all([ann, bo].map(async (person) => {
        await person.click('#close');
        await person.click('#chat');
      }));
      // The browser's own folder takes what a person would have been asked a place for.
      await bo.evaluate(() => { delete window.showSaveFilePicker; });
      const before = await bo.memory();
      let most = before;
      const began = Date.now();
      await ann.evaluate((size) => {
        const block = new Uint8Array(1024 * 1024).map((_, i) => (i * 31 + (i >> 8)) & 255);
        const file = new File(Array(size).fill(block), 'plan ../“2030”.bin', { type: 'application/octet-stream' });
        const transfer = new DataTransfer();
        transfer.items.add(file);
        const input = find('#file');
        input.files = transfer.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }, mebibytes);
      await bo.click('.file[data-direction="in"][data-state="offered"] button');
      await until('the end of it', async () => {
        most = Math.max(most, await bo.memory());
        const states = await Promise.all([ann, bo].map((person) => person.evaluate(() => find('.file').dataset.state)));
        assert.ok(states.every((state) => ['offered', 'going', 'done'].includes(state)), `it is ${states.join(' and ')}`);
        return states.every((state) => state === 'done');
      }, large ? 600_000 : 60_000);
      const hashes = await Promise.all([ann, bo].map((person) =>
        person.evaluate(() => find('.file small[title]').title)));
      assert.deepEqual(hashes, [expectedHash(mebibytes), expectedHash(mebibytes)]);
      const seconds = (Date.now() - began) / 1000;
      const grown = Math.round((most - before) / MIB);
      t.diagnostic(`${mebibytes} MiB in ${seconds.toFixed(1)} s, ${(mebibytes / seconds).toFixed(1)} MiB/s; the receiving browser grew by ${grown} MiB`);
      assert.ok(grown <= MEMORY_MIB, `the receiving browser grew by ${grown} MiB`);
    }));

    it('a recording is asked for, and has both sides in it', scene.test(async () => {
      await Promise.all([ann, bo].map((person) => person.click('#close')));
      await ann.evaluate(() => {
        const create = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          // A worker's script is made into an address too.
          if (blob.type.startsWith('video/')) window.saved = blob;
          return create.call(URL, blob);
        };
      });
      await ann.choose('#record');
      await bo.click('#consent-no');
      await bo.waitFor('the question to be gone', () => find('#consent') === null);
      await pause(500);
      await ann.choose('#record');
      const asked = Date.now();
      await bo.click('#consent-yes');
      await bo.waitFor('the red dot', () => find('.red') !== null);
      await pause(RECORDING_MS);
      await ann.choose('#record');
      await ann.waitFor('the file', () => window.saved !== undefined);
      const atMost = (Date.now() - asked) / 1000;
      const { seconds, played, samples } = await ann.evaluate(readRecording);
      assert.ok(seconds > RECORDING_MS / 1000 - 1 && seconds < atMost, `it is ${seconds} s long, of ${atMost} s`);
      assert.ok(Math.abs(played - seconds) < 1, `it says ${seconds} s and plays ${played} s`);
      if (first === 'chromium') {
        const { binHz, loudest } = spectrum(samples.map((sample) => sample / 32_768));
        for (const { name, device } of [ann, bo]) {
          const at = Math.round(device.hz / binHz);
          const level = Math.max(...loudest.slice(at - 2, at + 3));
          assert.ok(level > -60, `the tone of ${name} is in it: ${Math.round(level)} dB`);
        }
      }
    }));

    it('a person leaves, and comes back into the same call', scene.test(async () => {
      await ann.choose('#record');
      await bo.click('#consent-yes');
      await bo.waitFor('the red dot', () => find('.red') !== null);
      await ann.evaluate(() => { delete window.saved; });
      await bo.click('#leave');
      await Promise.all([bo.reach(['ended']), ann.reach(['waiting'])]);
      await ann.waitFor('the recording, which ends with who agreed to it', () => window.saved !== undefined && find('.red') === null);
      await bo.click('#again');
      await Promise.all([ann.reach(['connected']), bo.reach(['connected'])]);
      await Promise.all([ann.perceives(bo), bo.perceives(ann)]);
      assert.deepEqual(await Promise.all([ann, bo].map((person) => person.evaluate(() => find('.red') === null && find('#consent') === null))), [true, true]);
    }));
  });
}

async function write(person, text) {
  await person.evaluate((value) => {
    const input = find('#say');
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, text);
  await person.click('#send');
  await person.waitFor('the text to be said', () => find('#say').value === '');
}

function messages(person) {
  return person.evaluate(() => [...find('#messages').querySelectorAll('li p')].map((p) => p.textContent));
}

/** SHA-256 over the SHA-256 of each MiB, of a file made of the same MiB many times. */
function expectedHash(mebibytes) {
  const block = Uint8Array.from({ length: MIB }, (_, i) => (i * 31 + (i >> 8)) & 255);
  const one = createHash('sha256').update(block).digest();
  const all = createHash('sha256');
  for (let i = 0; i < mebibytes; i++) {
    all.update(one);
  }
  return all.digest('hex');
}

/** In the page: the length that a player says, how far it plays, and its sound. */
async function readRecording() {
  const blob = window.saved;
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(blob);
  const ended = new Promise((resolve, reject) => {
    video.onended = resolve;
    video.onerror = () => reject(new Error(`it does not play: ${video.error?.message}; ${blob.type}, ${blob.size} bytes`));
  });
  // At the rate the oracle works with.
  const sound = await new OfflineAudioContext(1, 8_000, 8_000).decodeAudioData(await blob.arrayBuffer());
  const samples = sound.getChannelData(0).slice(8_000, 24_000);
  video.playbackRate = 4;
  await Promise.all([video.play(), ended]);
  const said = video.duration;
  return { seconds: said, played: video.currentTime, samples: Array.from(samples, (sample) => Math.round(sample * 32_767)) };
}

async function until(what, condition, withinMs = 20_000) {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `${what} did not come within ${withinMs} ms`);
    await pause(100);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
