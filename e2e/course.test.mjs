// The pages of a course (course-pages/), served unmodified by the packaged product from a folder of somebody's own: text chat, calls,
// and everything that goes on around a call. Their scripts name public networks, and there is none.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { CoursePage, ownPages, perceiveEachOther } from './lib/course-page.mjs';
import { unpack } from './lib/package.mjs';
import { Scene, SHORT } from './lib/scene.mjs';

/** Who comes first and who second. */
const PAIRS = [
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
];

/** Whose pages have everything in common: on one machine, of one browser, by one address. */
const CLASSROOM = 'http://localhost:8080';
const TURNS = SHORT ? 3 : 20;

/** Between the two clicks of a double click; after the first one's `joined` the page takes no second. */
const DOUBLE_CLICKS_MS = [0, 5, 10, 20];

describe('course pages', { timeout: 300_000 }, () => {
  const scene = new Scene('course');
  let folder;

  before(async () => {
    const { command, remove } = unpack();
    const pages = ownPages();
    folder = pages.folder;
    scene.onClose(remove);
    scene.onClose(pages.remove);
    await scene.open({ command, arguments: ['--pages', folder] });
    await scene.trustServer();
  });
  after(() => scene.close());

  for (const [first, second] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    it(`text chat: ${first}, then ${second}`, scene.test(async () => {
      const people = [ownHost('ann', first, 1), ownHost('bo', second, 2)];
      const [ann, bo] = await Promise.all(people.map(opened('text.html')));

      await chat(ann, bo);
      await Promise.all([ann.closeTab(), bo.closeTab()]);
    }));

    it(`a call: ${first}, then ${second}`, scene.test(async (t) => {
      const room = fresh();
      const people = [ownHost('ann', first, 1), ownHost('bo', second, 2), ownHost('cy', 'chromium', 3)];
      const [ann, bo, cy] = await Promise.all(people.map(opened(`call.html?room=${room}`)));
      const step = timer(t);

      await ann.connect();
      await bo.connect();
      await step('the first call', () => inCall(ann, bo));
      assert.deepEqual([await ann.told(), await bo.told()], [['joined', 'otherjoin'], ['joined']]);
      assert.deepEqual([...await ann.strangers(), ...await bo.strangers()], []);

      await step('chat over the data channel', async () => {
        await ann.writes('hello');
        await bo.reads('their: hello');
        await bo.writes('你好 👋');
        await ann.reads('mine: hello', 'their: 你好 👋');
      });

      await step('a third is refused', async () => {
        await cy.person.click('#connect');
        await cy.reaches('leaved');
        assert.deepEqual(await cy.told(), ['full', 'disconnect']);
        assert.deepEqual(await Promise.all([ann.told(), bo.told()]), [['joined', 'otherjoin'], ['joined']]);
        await inCall(ann, bo);
        await cy.closeTab();
      });

      await step('leave, and a second call', async () => {
        await bo.leave();
        await ann.resets();
        await bo.connect();
        await inCall(ann, bo);
      });

      await step('reload, and a third call', async () => {
        await bo.person.reload();
        await ann.resets();
        await bo.connect();
        await inCall(ann, bo);
      });

      await step('the first one leaves, comes back, and is called', async () => {
        await ann.leave();
        await bo.resets();
        await ann.connect();
        await inCall(bo, ann);
      });
      assert.deepEqual(await bo.told(), ['joined', 'bye', 'otherjoin'], 'each departure once');
      await Promise.all([ann.closeTab(), bo.closeTab()]);
    }));
  }

  it('two people of one address and one browser press Connect in the same moment, and meet', scene.test(async (t) => {
    const [dan, eve] = await Promise.all(classmates().map(opened('call.html', CLASSROOM)));
    await inTurns(t, async (room) => {
      await Promise.all([dan, eve].map((page) => page.person.goto(`${CLASSROOM}/call.html?room=${room}`)));
      // Not one after the other: both wait for the same instant of their one clock.
      const at = Date.now() + 300;
      await Promise.all([dan, eve].map((page) => page.person.evaluate(pressAt, at, [0])));

      await Promise.all([dan, eve].map((page) => page.reaches('joined', 'joined_conn')));
      await perceiveEachOther(dan.person, eve.person);
      const told = await Promise.all([dan.told(), eve.told()]);
      assert.deepEqual(told.map(String).sort(), ['joined', 'joined,otherjoin']);
    });
    assert.ok(!scene.server.log.includes('event=double-click'), 'nobody was taken for a second click');
    await Promise.all([dan.closeTab(), eve.closeTab()]);
  }));

  it('a double click on Connect takes one seat: a friend gets the other, and the call works', scene.test(async (t) => {
    const [dan, eve] = await Promise.all(classmates().map(opened('call.html', CLASSROOM)));
    await inTurns(t, async (room, turn) => {
      await Promise.all([dan, eve].map((page) => page.person.goto(`${CLASSROOM}/call.html?room=${room}`)));
      const seen = logged('event=double-click ');
      await dan.person.evaluate(pressAt, Date.now(), [0, DOUBLE_CLICKS_MS[turn % DOUBLE_CLICKS_MS.length]]);
      await dan.reaches('joined');
      await waitFor('the server to say what it saw', () => logged('event=double-click ') === seen + 1);
      await eve.connect();
      await inCall(dan, eve);

      assert.deepEqual((await dan.told()).filter((event) => event !== 'joined'), ['otherjoin'], 'it does not call itself');
    });
    await Promise.all([dan.closeTab(), eve.closeTab()]);
  }));

  if (!SHORT) {
    it('on one machine, http://localhost is enough: text chat and a call', scene.test(async () => {
      const people = classmates();
      const chatting = await Promise.all(people.map(opened('text.html', CLASSROOM)));
      await chat(...chatting);
      await Promise.all(chatting.map((page) => page.closeTab()));

      const [dan, eve] = await Promise.all(people.map(opened(`call.html?room=${fresh()}`, CLASSROOM)));
      await dan.connect();
      await eve.connect();
      await inCall(dan, eve);
      assert.equal(await dan.person.evaluate(() => location.origin), CLASSROOM);
      await Promise.all([dan.closeTab(), eve.closeTab()]);
    }));
  }

  for (const [ofCourse, ofDuet] of SHORT ? PAIRS.slice(0, 1) : PAIRS) {
    for (const first of SHORT ? ["Duet's page"] : ["Duet's page", 'the course page']) {
      const title = `a course page in ${ofCourse} and Duet's own page in ${ofDuet} call each other, ${first} comes first`;
      it(title, scene.test(async (t) => {
        const room = fresh();
        const ann = await opened(`call.html?room=${room}`)(ownHost('ann', ofCourse, 1));
        const bo = await ownHost('bo', ofDuet, 2);
        const step = timer(t);
        bo.video = 'video#remote';
        const joins = [() => ann.connect(), () => bo.join(`${scene.url}/duet/#${room}`)];
        const courseFirst = first === 'the course page';

        await step('the call', async () => {
          await joins[courseFirst ? 0 : 1]();
          await joins[courseFirst ? 1 : 0]();
          await bo.reach(['connected']);
          await perceiveEachOther(ann.person, bo);
        });
        assert.deepEqual(await ann.told(), courseFirst ? ['joined', 'otherjoin'] : ['joined']);

        await step("Duet's page is loaded anew", async () => {
          await bo.reload();
          await bo.enter();
          await bo.reach(['connected']);
          await perceiveEachOther(ann.person, bo);
        });
        assert.deepEqual((await ann.told()).slice(-2), ['bye', 'otherjoin']);

        await step('the course page is loaded anew', async () => {
          await ann.person.reload();
          await bo.reachOther('none');
          await ann.connect();
          await bo.reach(['connected']);
          await perceiveEachOther(ann.person, bo);
        });

        await step('the course page leaves', async () => {
          await ann.leave();
          await bo.reachOther('none');
          await bo.reach(['waiting']);
        });
        await bo.click('#leave');
        await bo.reach(['ended']);
        await Promise.all([ann.closeTab(), bo.closeTab()]);
      }));
    }
  }

  it('a page of another server, or from disk, can be shown what helps; and the log says it once', scene.test(async () => {
    const ann = await ownHost('ann', 'chromium', 1);
    await ann.agent.call('serve', folder, 5500);
    for (const [address, origin, words] of [
      ['http://localhost:5500/text.html', 'http://localhost:5500', /--allow-origin http:\/\/localhost:5500 /],
      [`file://${folder}/text.html`, 'null', /opened from disk.* --pages FOLDER.*直接从磁盘打开/s],
    ]) {
      await ann.open(address);
      const { came, status, text } = await ann.evaluate(connectElsewhere, scene.url);
      await ann.closeTab();

      assert.notEqual(came, 'connected');
      assert.equal(status, 403);
      assert.match(text, /^origin-refused: /);
      assert.match(text, words);
      assert.equal(logged(`event=origin-refused origin=${origin} `), 1, `one line about ${origin}`);
    }
  }));

  it('plain http from another device leads to https, page and query; Socket.IO there is told its address', scene.test(async () => {
    const ann = await ownHost('ann', 'chromium', 1);
    const plain = `http://${scene.server.host.address}:8080`;
    const page = await CoursePage.open(ann, `${plain}/call.html?room=x`);
    assert.equal(await ann.evaluate(() => location.href), `${scene.url}/call.html?room=x`);
    await page.closeTab();

    const { status, body } = await ann.agent.call('fetch', `${plain}/socket.io/?EIO=3&transport=polling`);
    assert.equal(status, 400);
    assert.ok(body.includes(`Socket.IO is at ${scene.url}/socket.io/`), body);
    assert.equal(logged('event=wrong-address '), 1);
  }));

  it('clients that are too old are told which ones are not', scene.test(async () => {
    const { agent } = await ownHost('ann', 'chromium', 1);
    for (const [request, about] of [
      ['/socket.io/1/?t=1', '/socket.io/1/'],
      ['/socket.io/?EIO=2&transport=polling', 'EIO=2'],
    ]) {
      for (let i = 0; i < 2; i++) {
        const { status, body } = await agent.call('fetch', `${scene.url}${request}`, scene.authorities[0]);
        assert.equal(status, 400);
        assert.match(body, /(2\.x|1\.7).*socket\.io\.js/);
      }
      assert.equal(logged(`event=wrong-client about=${about.includes('=') ? `"${about}"` : about} `), 1);
    }
  }));

  /** How many lines of the server's log contain this. */
  function logged(words) {
    return scene.server.log.split('\n').filter((line) => line.includes(words)).length;
  }

  /** The person with a browser of this kind on a host of their own. */
  function ownHost(name, kind, number) {
    return scene.person(`${name}${kind}`, kind, number);
  }

  /** Two people at the server's own machine. */
  function classmates() {
    return ['dan', 'eve'].map((name, i) => scene.person(name, 'chromium', i + 4, { hostName: 'server' }));
  }

  /** Does it so often, each time in a room that nobody has been in. */
  async function inTurns(t, turn) {
    const started = Date.now();
    for (let i = 0; i < TURNS; i++) {
      await turn(fresh(), i).catch((error) => {
        error.message = `turn ${i + 1} of ${TURNS}: ${error.message}`;
        throw error;
      });
    }
    t.diagnostic(`${TURNS} of ${TURNS} calls, ${Math.round((Date.now() - started) / TURNS)} ms each`);
  }

  /** Opens a page for whoever is named. */
  function opened(page, origin = scene.url) {
    return async (person) => CoursePage.open(await person, `${origin}/${page}`);
  }
});

/** Runs in a page: presses Connect at an instant, and so long after it. */
function pressAt(at, afterMs) {
  const press = () => document.querySelector('#connect').click();
  setTimeout(() => afterMs.forEach((ms) => (ms === 0 ? press() : setTimeout(press, ms))), Math.max(0, at - Date.now()));
}

/** Runs in a page: what happens to it at a server that is not its own, and what the network panel shows of it. */
async function connectElsewhere(server) {
  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    [script.src, script.onload, script.onerror] = [`${server}/socket.io/socket.io.js`, resolve, reject];
    document.head.append(script);
  });
  const socket = window.io.connect(server, { reconnection: false });
  const came = await new Promise((resolve) => {
    socket.on('connect', () => resolve('connected'));
    socket.on('connect_error', resolve);
  });
  const answer = await fetch(`${server}/socket.io/?EIO=3&transport=polling`);
  return { came: String(came), status: answer.status, text: await answer.text() };
}

/** The resident has called whoever came, and both perceive the other. */
async function inCall(resident, newcomer) {
  await resident.reaches('joined_conn');
  await newcomer.reaches('joined');
  await perceiveEachOther(resident.person, newcomer.person);
}

async function chat(ann, bo) {
  const room = fresh();
  for (const [page, name] of [[ann, 'ann'], [bo, '小波']]) {
    await page.person.evaluate((values) => {
      [document.querySelector('#name').value, document.querySelector('#room').value] = values;
    }, [name, room]);
    await page.person.click('#connect');
    await page.person.waitFor('the way to write', () => !document.querySelector('#send').disabled);
  }

  await ann.writes('hello: 1 2 3');
  await bo.reads('ann:hello: 1 2 3');
  await bo.writes('你好 👋');
  await ann.reads('ann:hello: 1 2 3', '小波:你好 👋');
  await bo.reads('ann:hello: 1 2 3', '小波:你好 👋');

  await bo.person.click('#leave');
  await bo.person.waitFor('the way back in', () => !document.querySelector('#connect').disabled);
}

function fresh() {
  return randomBytes(8).toString('hex');
}

/** Names the step that failed, and says how long each took. */
function timer(t) {
  return async (what, action) => {
    const started = Date.now();
    try {
      await action();
    } catch (error) {
      error.message = `${what}: ${error.message}`;
      throw error;
    }
    t.diagnostic(`${what}: ${Date.now() - started} ms`);
  };
}

async function waitFor(what, condition, withinMs = 2_000) {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `waited ${withinMs} ms for ${what}`);
    await pause(25);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
