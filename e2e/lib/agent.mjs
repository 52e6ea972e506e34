// A small process inside a host's network namespace. It owns at most one browser and any number of WebSocket
// observers, and does what its parent asks by messages. It exists because Firefox is driven over a TCP socket on its
// own loopback, which is another one in every namespace. When the parent is gone, so is the browser.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import WebSocket from 'ws';
import { pictureFile, soundFile } from './devices.mjs';
import { installCamera, installPortrait, installWatch } from './in-page.mjs';
import { program } from './needs.mjs';

const FETCH_MS = 2_000;
const LAUNCH_MS = 60_000;
const CONSOLE_LINES_MAX = 2_000;
const WEBSOCKET_OPEN_MS = 10_000;

let home;
let browser;
let kind;
let source;
let portrait;
let watch;
const pages = new Map();
const consoleLines = [];
const observers = new Map();
let nextPage = 1;

const functions = {
  /**
   * Starts a browser that trusts these authorities and whose camera and microphone show and sound what `device` says.
   */
  async launch(options) {
    home = mkdtempSync(join(tmpdir(), 'duet-e2e-'));
    ({ kind, device: source, portrait, watch } = options);
    browser = await (kind === 'firefox' ? launchFirefox(options) : launchChromium(options));
    return browser.version();
  },

  async open(url) {
    const page = await browser.newPage();
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
    if (portrait !== undefined) {
      await page.evaluateOnNewDocument(installPortrait, portrait);
    } else if (kind === 'firefox' && source !== undefined) {
      await page.evaluateOnNewDocument(installCamera, source);
    }
    await page.goto(url, { waitUntil: 'load' });
    return id;
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

  async click(id, selector) {
    await pages.get(id).click(selector);
  },

  /** Runs the source of a function in the page. */
  evaluate(id, code, arguments_) {
    return pages.get(id).evaluate(`(${code})(...${JSON.stringify(arguments_)})`);
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

function launchChromium({ authorities, device, resolve }) {
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
      '--use-fake-ui-for-media-stream',
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
function mapped({ name, address }) {
  return `MAP ${name} ${address} , MAP ${name}. ${address} , `;
}

function files(device) {
  const video = join(home, 'camera.y4m');
  const audio = join(home, 'microphone.wav');
  writeFileSync(video, pictureFile(device));
  writeFileSync(audio, soundFile(device));
  return [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}`];
}

function launchFirefox({ authorities, device, resolve }) {
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
