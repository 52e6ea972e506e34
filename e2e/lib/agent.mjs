// A small process inside a host's network namespace. It owns at most one browser and any number of WebSocket
// observers, and does what its parent asks by messages. It exists because Firefox is driven over a TCP socket on its
// own loopback, which is another one in every namespace. When the parent is gone, so is the browser.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import WebSocket from 'ws';
import { pictureFile, soundFile } from './devices.mjs';
import { find, installCamera, installPortrait, installWatch } from './in-page.mjs';
import { program } from './needs.mjs';

const FETCH_MS = 2_000;
const LAUNCH_MS = 60_000;
const CONSOLE_LINES_MAX = 2_000;
const WEBSOCKET_OPEN_MS = 10_000;
const PAGE_MS = 20_000;

let home;
let browser;
let kind;
let source;
let portrait;
let watch;
let script;
const pages = new Map();
const consoleLines = [];
const observers = new Map();
let nextPage = 1;

const functions = {
  /**
   * Starts a browser that trusts these authorities and whose camera and microphone show and sound what `device` says. The source
   * of a function, `script.code`, runs in every page before its own scripts.
   */
  async launch(options) {
    home = mkdtempSync(join(tmpdir(), 'duet-e2e-'));
    ({ kind, device: source, portrait, watch, script } = options);
    browser = await (kind === 'firefox' ? launchFirefox(options) : launchChromium(options));
    return browser.version();
  },

  async open(url) {
    const page = await browser.newPage();
    const id = await prepare(page);
    await page.goto(url, { waitUntil: 'load' });
    return id;
  },

  /** In a tab that shares no storage, cache or connection with any other. */
  async openAlone(url) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.once('close', () => void context.close().catch((error) => keep(`context: ${error.message}`)));
    const id = await prepare(page);
    // A video that has a stream already, with nothing in it yet, keeps a page loading.
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    return id;
  },

  /** One more tab with what this one keeps in its `sessionStorage`, as "Duplicate tab" makes it. */
  async duplicate(id) {
    const page = pages.get(id);
    const url = page.url();
    const known = new Set(await browser.pages());
    // A window that a page opens begins with a copy of its sessionStorage.
    await page.evaluate("void window.open('about:blank')");
    const copy = await until(async () => (await browser.pages()).find((one) => !known.has(one)));
    const copyId = await prepare(copy);
    await copy.goto(url, { waitUntil: 'load' });
    return copyId;
  },

  /** What the Back button does; the page it leads to may be a new one, or the old one as it was left. */
  async back(id, url) {
    const page = pages.get(id);
    await page.evaluate('void setTimeout(() => history.back())');
    await until(async () => {
      try {
        return await page.evaluate(`location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`);
      } catch {
        // Between two pages nobody answers.
        return false;
      }
    });
  },

  async goto(id, url) {
    await pages.get(id).goto(url, { waitUntil: 'load' });
  },

  async reload(id) {
    await pages.get(id).reload({ waitUntil: 'domcontentloaded' });
  },

  async viewport(id, width, height) {
    await pages.get(id).setViewport({ width, height });
  },

  /** What the person's system prefers: `light` or `dark`. */
  async scheme(id, value) {
    await pages.get(id).emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
  },

  /** In the document, or inside an element that has a root of its own. */
  async click(id, selector) {
    await pages.get(id).click(`pierce/${selector}`);
  },

  /** Presses one key after the other; `Shift+L` holds the one before the plus down. */
  async press(id, keys) {
    const { keyboard } = pages.get(id);
    for (const key of keys) {
      const [last, ...held] = key.split('+').reverse();
      for (const one of held) await keyboard.down(one);
      await keyboard.press(last);
      for (const one of held) await keyboard.up(one);
    }
  },

  async type(id, text) {
    await pages.get(id).keyboard.type(text);
  },

  /** Runs the source of a function in the page; `find` is there for it. */
  evaluate(id, code, arguments_) {
    return pages.get(id).evaluate(`((find) => (${code})(...${JSON.stringify(arguments_)}))(${find})`);
  },

  async screenshot(id, path) {
    mkdirSync(join(path, '..'), { recursive: true });
    await pages.get(id).screenshot({ path });
  },

  pages() {
    return [...pages.keys()];
  },

  async closePage(id) {
    const page = pages.get(id);
    pages.delete(id);
    await page.close();
  },

  /** Ends the browser as a crash would. */
  async kill() {
    const dead = new Promise((resolve) => browser.process().once('exit', resolve));
    killBrowser();
    await dead;
    browser = undefined;
    pages.clear();
  },

  /** Every process of the browser stops where it is, as those of a laptop do whose lid is closed. Returns how many. */
  sleep() {
    return signalAll('SIGSTOP');
  },

  wake() {
    return signalAll('SIGCONT');
  },

  /** Bytes that are in memory and belong to no file, of every process of the browser. */
  memory() {
    return family().map(anonymousBytes).reduce((sum, bytes) => sum + bytes, 0);
  },

  console() {
    return consoleLines;
  },

  /** A request from this host; for https by the authority that is trusted. */
  fetch(url, ca) {
    return new Promise((resolve, reject) => {
      const get = url.startsWith('https:') ? https.get : http.get;
      const request = get(url, { ca, timeout: FETCH_MS, agent: false }, async (response) => {
        const parts = await response.toArray().catch(reject);
        const { statusCode: status, headers } = response;
        resolve({ status, location: headers.location, body: Buffer.concat(parts ?? []).toString() });
      });
      request.on('error', reject);
      request.on('timeout', () => request.destroy(new Error(`${url} did not answer within ${FETCH_MS} ms`)));
    });
  },

  /** Whether something listens on this port. */
  reaches(address, port) {
    return new Promise((resolve) => {
      const socket = connect(port, address, () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  },

  /** Serves the files of a folder on this host's own loopback. */
  serve(folder, port) {
    const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };
    const server = http.createServer((request, response) => {
      const name = new URL(request.url, 'http://localhost').pathname.slice(1);
      try {
        const content = readFileSync(join(folder, basename(name)));
        response.writeHead(200, { 'Content-Type': types[name.split('.').at(-1)] ?? 'text/plain' }).end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, 'localhost', () => resolve());
    });
  },

  /** Opens a duet.v1 WebSocket, joins a room and from then on keeps what it is told, with the time. */
  observe(name, url, room, ca) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, 'duet.v1', { ca, handshakeTimeout: WEBSOCKET_OPEN_MS });
      const observer = { socket, messages: [] };
      observers.set(name, observer);
      socket.on('error', reject);
      socket.on('open', () => socket.send(JSON.stringify({ type: 'join', id: 1, room, name, instance: name })));
      socket.on('close', (code) => observer.messages.push({ atMs: Date.now(), type: 'socket-closed', code }));
      socket.on('message', (data) => {
        const message = { atMs: Date.now(), ...JSON.parse(data) };
        observer.messages.push(message);
        if (message.id === 1) {
          (message.type === 'joined' ? resolve : reject)(message.type === 'joined' ? message : new Error(String(data)));
        }
      });
    });
  },

  observed(name) {
    return observers.get(name).messages;
  },

  unobserve(name) {
    observers.get(name)?.socket.close();
    observers.delete(name);
  },
};

/** Gives a new tab its number and all that is put into a page before its own scripts. */
async function prepare(page) {
  const id = nextPage++;
  pages.set(id, page);
  // "Leave this page?" is answered with yes, as by somebody who means it.
  page.on('dialog', (dialog) => dialog.accept().catch((error) => keep(`${id} dialog: ${error.message}`)));
  page.on('console', (message) => keep(`${id} ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => keep(`${id} error: ${error.message}`));
  page.on('requestfailed', (request) => keep(`${id} failed: ${request.url()} ${request.failure()?.errorText}`));
  if (watch !== undefined) {
    await page.evaluateOnNewDocument(installWatch, watch);
  }
  if (script !== undefined) {
    await page.evaluateOnNewDocument(`(${script.code})(${JSON.stringify(script.argument)})`);
  }
  if (portrait !== undefined) {
    await page.evaluateOnNewDocument(installPortrait, portrait);
  } else if (kind === 'firefox' && source !== undefined) {
    await page.evaluateOnNewDocument(installCamera, source);
  }
  return id;
}

async function until(condition) {
  const deadline = Date.now() + PAGE_MS;
  for (;;) {
    const found = await condition();
    if (found) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`nothing within ${PAGE_MS} ms: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The numbers of the browser's processes and of all they have started, whatever groups they have made; the first one first. */
function family() {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      // After the name in brackets, which may contain anything: the state and the parent.
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const all = [browser.process().pid];
  for (const pid of all) {
    all.push(...(children.get(pid) ?? []));
  }
  return all;
}

function anonymousBytes(pid) {
  try {
    return 1024 * Number(/^RssAnon:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

function signalAll(signal) {
  const all = family();
  for (const pid of all) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') {
        throw error;
      }
    }
  }
  return all.length;
}

function launchChromium({ authorities, device, resolve, refuses }) {
  const database = join(home, '.pki', 'nssdb');
  trust(database, authorities);
  return puppeteer.launch({
    browser: 'chrome',
    executablePath: program('chromium'),
    headless: true,
    pipe: true,
    timeout: LAUNCH_MS,
    protocolTimeout: LAUNCH_MS,
    env: { ...process.env, HOME: home },
    userDataDir: join(home, 'profile'),
    handleSIGINT: false,
    args: [
      '--no-sandbox',
      // The answer to the browser's question.
      refuses ? '--use-fake-ui-for-media-stream=deny' : '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(device === undefined ? [] : files(device)),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-domain-reliability',
      '--no-first-run',
      '--disable-features=OptimizationHints,MediaRouter,Translate',
      // Only this line cuts everything a browser says to its maker.
      `--host-resolver-rules=${resolve === undefined ? '' : mapped(resolve)}`
        + 'MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1 , EXCLUDE 10.77.0.*',
    ],
  });
}

/** For WebRTC, Chromium asks for names with the dot at their end. */
function mapped({ name, names = [name], address }) {
  return names.map((each) => `MAP ${each} ${address} , MAP ${each}. ${address} , `).join('');
}

function files(device) {
  const video = join(home, 'camera.y4m');
  const audio = join(home, 'microphone.wav');
  writeFileSync(video, pictureFile(device));
  writeFileSync(audio, soundFile(device));
  return [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}`];
}

function launchFirefox({ authorities, device, resolve, without }) {
  const profile = join(home, 'profile');
  trust(profile, authorities);
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: program('firefox-esr'),
    headless: true,
    timeout: LAUNCH_MS,
    protocolTimeout: LAUNCH_MS,
    env: { ...process.env, HOME: home, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    userDataDir: profile,
    handleSIGINT: false,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      ...(without === 'webrtc' ? { 'media.peerconnection.enabled': false } : {}),
      ...(device === undefined ? {} : { 'media.navigator.audio.fake_frequency': device.hz }),
      // As for a page with a real camera: a fake one does not count, and names for mDNS do not leave a host of the lab.
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.gmp-manager.updateEnabled': false,
      'app.update.enabled': false,
      'toolkit.telemetry.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'browser.safebrowsing.update.enabled': false,
      'services.settings.server': 'data:,',
      ...(resolve === undefined ? {} : { 'network.dns.forceResolve': resolve.address }),
    },
  });
}

/**
 * Puts the authorities into the browser's own store, as a person would who trusts them; certificate errors stay errors.
 */
function trust(database, authorities) {
  const certutil = program('certutil');
  mkdirSync(database, { recursive: true });
  execFileSync(certutil, ['-N', '-d', `sql:${database}`, '--empty-password']);
  authorities.forEach((pem, i) => {
    const file = join(home, `authority-${i}.pem`);
    writeFileSync(file, pem);
    execFileSync(certutil, ['-A', '-d', `sql:${database}`, '-n', `authority ${i}`, '-t', 'C,,', '-i', file]);
  });
}

function keep(line) {
  if (consoleLines.length < CONSOLE_LINES_MAX) {
    consoleLines.push(`${new Date().toISOString()} ${line}`);
  }
}

function killBrowser() {
  const pid = browser?.process()?.pid;
  if (pid !== undefined) {
    try {
      // The driver starts it as the leader of a group.
      process.kill(-pid, 'SIGKILL');
    } catch {
      browser.process().kill('SIGKILL');
    }
  }
}

function end() {
  killBrowser();
  if (home !== undefined) {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  process.exit(0);
}

process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => {
  // The parent hears it too, and closes the channel when it has kept what it wants.
});
process.on('message', async ({ id, name, arguments: arguments_ }) => {
  try {
    const result = await functions[name](...arguments_);
    process.send({ id, result });
  } catch (error) {
    process.send({ id, error: error.stack ?? String(error) });
  }
});
