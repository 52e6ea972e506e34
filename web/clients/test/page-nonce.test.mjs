// Each browser client that is served, run in a page of its own: what it asks the server for.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { withPageNonce } from '../../scripts/page-nonce.mjs';

const ADDITION = readFileSync(join('clients', 'src', 'page-nonce.js'), 'utf8');
const SCRIPTS = [2, 3, 4].flatMap((major) => {
  const folder = join('node_modules', `socket.io-client-${major}`, 'dist');
  return readdirSync(folder).filter((name) => name.endsWith('.js') && !name.includes('msgpack')).map((name) => join(folder, name));
});
const realTimeout = globalThis.setTimeout;
const NONCE = /^[0-9a-f]{32}$/;

/** Nobody waits for a client that would try again. */
function unwaited(...args) {
  return realTimeout(...args).unref();
}

/** Runs a script as a page would, and gives its `io`, the address of every request, and the page's window. */
async function load(script) {
  const asked = [];
  class XMLHttpRequest {
    withCredentials = false;

    open(method, url) {
      asked.push(new URL(url));
    }

    setRequestHeader() {}

    send() {}

    abort() {}
  }
  const page = {
    XMLHttpRequest, crypto: globalThis.crypto, console, setTimeout: unwaited, clearTimeout, navigator: {}, URL,
    location: { protocol: 'https:', hostname: 'duet.test', port: '', host: 'duet.test' },
    addEventListener() {}, removeEventListener() {}, document: { cookie: '' },
  };
  if (script.includes('export{')) {
    const { crypto: _, navigator: __, ...globals } = page;
    Object.assign(globalThis, globals, { window: globalThis, duetIceServers: undefined });
    const alone = script.replace(/^\/\/# sourceMappingURL=.*$/gm, '');
    const module = await import(`data:text/javascript,${encodeURIComponent(`${alone}\n//${Math.random()}`)}`);
    return { io: module.io, asked, window: globalThis };
  }
  page.window = page;
  page.self = page;
  createContext(page);
  runInContext(script, page);
  return { io: page.io, asked, window: page };
}

for (const file of SCRIPTS) {
  const library = readFileSync(file, 'utf8');
  const served = withPageNonce(library, ADDITION);
  const open = (io, ...args) => io(...args).io.engine?.close();

  test(`${file} is the library and a small addition, and its map is found`, () => {
    assert.ok(served.startsWith(library));
    assert.ok(served.length - library.length < 2_100, `${served.length - library.length} more`);
    assert.equal(served.trim().split('\n').at(-1), library.trim().split('\n').at(-1));
  });

  test(`${file}: a page has one number, another load another`, async () => {
    const [first, second] = [await load(served), await load(served)];
    open(first.io, 'https://duet.test');
    open(first.io, 'https://duet.test', { forceNew: true, transports: ['polling'] });
    open(second.io, 'https://duet.test');
    const numbers = [...first.asked, ...second.asked].map((url) => url.searchParams.getAll('duetPage').join());
    assert.equal(numbers.length, 3);
    assert.match(numbers[0], NONCE);
    assert.equal(numbers[1], numbers[0]);
    assert.match(numbers[2], NONCE);
    assert.notEqual(numbers[2], numbers[0]);
  });

  test(`${file}: what the page asks for stays`, async () => {
    const { io, asked } = await load(served);
    const options = { query: { token: 'a b' }, forceNew: true };
    open(io, 'https://duet.test', options);
    open(io, 'https://duet.test/?token=a%20b');
    open(io, 'https://duet.test', { forceNew: true, query: 'token=a%20b' });
    assert.deepEqual(asked.map((url) => url.searchParams.get('token')), ['a b', 'a b', 'a b']);
    assert.ok(asked.every((url) => NONCE.test(url.searchParams.get('duetPage'))));
    assert.deepEqual(options.query, { token: 'a b' });
  });

  test(`${file}: the server's ICE servers are where the page finds them, before it hears that it is in`, async () => {
    const { io, window } = await load(served);
    const { io: manager } = io('https://duet.test', { autoConnect: false });
    manager.open();
    manager.engine.close();
    const servers = [{ urls: ['turn:duet.test'], username: 'u', credential: 'c' }];
    manager.ondecoded({ type: 2, nsp: '/', data: ['other', []] });
    assert.equal(window.duetIceServers, undefined);
    manager.ondecoded({ type: 2, nsp: '/', data: ['duet-ice-servers', servers] });
    await pause(5);
    assert.deepEqual(window.duetIceServers, servers);
  });

  test(`${file}: opened again, it says the same, once`, async () => {
    const { io, asked } = await load(served);
    const manager = io('https://duet.test/?a=1', { autoConnect: false, query: 'token=1' }).io;
    manager.open();
    manager.engine.close();
    const [query, uri] = [manager.opts.query, manager.uri];
    assert.deepEqual([query, uri, asked[0].search].map((each) => each.match(/duetPage=/g).length), [1, 1, 1]);

    manager.open();
    assert.deepEqual([manager.opts.query, manager.uri], [query, uri]);
  });
}
