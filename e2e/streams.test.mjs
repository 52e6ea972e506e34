// "Nothing is lost" of docs/protocol.md, over real sockets: the client core's own session, in processes of their own, against the packaged
// server, through a proxy that breaks about one connection for each hundred signals, while the server is killed now and then.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { FaultyProxy } from './lib/faulty-proxy.mjs';
import { LocalServer } from './lib/local-server.mjs';
import { SHORT } from './lib/scene.mjs';
import { bundleSession, compare, Talkers } from './lib/talkers.mjs';

const LONG = process.env.E2E_LONG !== undefined;
/** Of all pairs, both ways together. */
const SIGNALS = Number(process.env.E2E_SIGNALS ?? (SHORT ? 5_000 : 100_000));
const PAIRS = 10;
const KILLS = Number(process.env.E2E_KILLS ?? (SHORT ? 1 : 5));
const BYTES_PER_CUT = 80_000;
/** In the long form a broken connection may stay open until the client or the server finds out by itself, after 15 s. */
const DEAD_MS = LONG ? 20_000 : SHORT ? 1_000 : 3_000;
const FAST = ['--relay', 'off', '--limit', 'messages-per-second=2000', '--limit', 'message-burst=2000'];
const AS_THEY_ARE = ['--relay', 'off'];
const TAKE_OVER_MS = 5_000;
/** What has arrived is acknowledged after 200 ms. */
const ACKNOWLEDGED_MS = 500;
const LOOK_MS = 50;
const SETTLE_MS = 60_000;
/** What a client is told and gets over; never `rate-limited`. */
const ANSWERS = ['candidate-too-large', 'out-of-sequence', 'window-full', 'participant-away'];

it('the checker finds what is lost, doubled, early, unasked for, and what arrived although it was reported', () => {
  const said = 'sent 0\nsent 1\nsent 2\n';
  const faults = (sender, received) => compare(said + sender, received.map((n) => `received ${n}\n`).join('')).faults;

  assert.deepEqual(faults('', [0, 1, 2]), []);
  assert.deepEqual(faults('reported 1 left\n', [0, 2]), []);
  assert.deepEqual(faults('reported 1 left\n', [0, 1, 2]), [], 'whoever leaves may have got it unnoticed');
  assert.deepEqual(faults('', [0, 2]), ['1 is lost without a word']);
  assert.deepEqual(faults('', [0, 1, 1, 2]), ['1 arrived twice']);
  assert.deepEqual(faults('', [0, 2, 1]), ['1 arrived after 2']);
  assert.deepEqual(faults('', [0, 1, 2, 3]), ['3 was never said']);
  assert.deepEqual(faults('reported 1 full\n', [0, 1, 2]), ['1 arrived and was reported: full']);
  assert.deepEqual(faults('reported 1 left\nreported 1 ended\n', [0, 2]), ['1 was reported twice']);
});

describe('streams', { concurrency: true, timeout: 1_800_000 }, () => {
  /** Whatever is killed or frozen has one to itself. */
  let fast;
  let asTheyAre;
  let here;
  let there;
  let bundle;
  const toClose = [];

  before(async () => {
    bundle = await bundleSession();
    try {
      [here, there] = [await start(), await start()];
      fast = await LocalServer.duet('streams-fast', FAST);
      toClose.push({ close: () => fast.stop() });
      asTheyAre = await LocalServer.duet('streams', AS_THEY_ARE);
      toClose.push({ close: () => asTheyAre.stop() });
    } catch (error) {
      await close();
      throw error;
    }
  });
  after(close);

  it(`${SIGNALS} signals through cuts and ${KILLS} killed servers: each arrives once, in order, or is reported`, async (t) => {
    const kill = async (progress) => {
      for (let i = 1; i <= KILLS; i++) {
        await progress(i / (KILLS + 1));
        await fast.killAndRestart();
      }
    };
    const figures = await converse(fast, { pairs: PAIRS, signals: SIGNALS, perSecond: SHORT ? 200 : 100, meanwhile: kill });
    t.diagnostic(`${sentence(figures)}, server killed ${KILLS} times`);
    assert.ok(figures.cuts * 300 > SIGNALS, `${figures.cuts} cuts are too few to say anything`);
  });

  it('the client keeps to the limits as they are, however fast it is told to say something', async (t) => {
    const figures = await converse(asTheyAre, { pairs: 2, signals: SHORT ? 1_000 : 8_000, perSecond: 300 });
    t.diagnostic(sentence(figures));
  });

  it('a reload comes back to its seat while its old connection still seems to be there', async () => {
    const { ann, bo, proxy, room } = await couple();
    await Promise.all([ann.say(3), bo.say(3)]);
    await Promise.all([arrived(ann, 3), arrived(bo, 3)]);
    await pause(ACKNOWLEDGED_MS);
    proxy.fallSilent();
    await bo.say(2);
    const before = await ann.state();

    const again = await here.open('again', { url: direct(), room, resume: before.token });
    const { told } = await again.until('back', has('joined'));
    const joined = told.find(({ type }) => type === 'joined');
    assert.equal(joined.you.id, idOf(before), 'the seat is the same');
    assert.equal(joined.recovered, false);
    const there = await bo.until('told', has('participant-back'));
    const back = there.told.find(({ type }) => type === 'participant-back');
    assert.deepEqual([back.instance, back.recovered], ['again', false]);
    assert.deepEqual(there.reported, { 'started-over': 2 }, 'what the page of before never got');

    await Promise.all([again.say(4), bo.say(4)]);
    await Promise.all([arrived(again, 4), arrived(bo, 7)]);
    await nobodyWasTurnedAway(again, bo);
  });

  it('a second tab with the same seat takes it, and the first one does not come back for it', async () => {
    const { ann, bo, proxy, room } = await couple();
    const before = await ann.state();

    const second = await here.open('second', { url: direct(), room, resume: before.token });
    const joined = (await second.until('in', has('joined'))).told.find(({ type }) => type === 'joined');
    assert.equal(joined.you.id, idOf(before));
    await superseded(ann, proxy);

    await Promise.all([second.say(3), bo.say(3)]);
    await Promise.all([arrived(second, 3), arrived(bo, 3)]);
    assert.ok(!has('participant-left')(await bo.state()), 'nobody has left');
    await nobodyWasTurnedAway(ann, second, bo);
  });

  it('a third one takes the seat of who is away, who is told so on coming back', async () => {
    const { ann, bo, proxy, room } = await couple();
    proxy.refuse();
    await ann.say(2);
    await bo.until('told that the other is away', has('participant-away'));

    const cat = await here.open('cat', { url: direct(), room });
    const { retryAfterMs } = (await cat.until('refused', has('full'))).told.find(({ type }) => type === 'full');
    assert.ok(retryAfterMs > 0 && retryAfterMs <= TAKE_OVER_MS, `may try again after ${retryAfterMs} ms`);
    await pause(retryAfterMs);
    await cat.join();
    await cat.until('in', has('joined'));
    const { told } = await bo.until('told', has('participant-joined', 1));
    assert.equal(told.filter(({ type, reason }) => type === 'participant-left' && reason === 'replaced').length, 1);
    await Promise.all([cat.say(3), bo.say(3)]);
    await Promise.all([arrived(cat, 3), arrived(bo, 3)]);

    proxy.accept();
    await superseded(ann, proxy);
    assert.deepEqual((await ann.state()).reported, { ended: 2 }, 'what it said meanwhile');
  });

  it('20 s without a beat of the processor cost nothing', async (t) => {
    const { eve, fay, process: frozen } = await freezable();
    await eve.say(5);
    frozen.freeze();
    await fay.say(20);
    await pause(20_000);
    const away = (await fay.state()).told.find(({ type }) => type === 'participant-away');
    assert.ok(away !== undefined, 'the other was told');
    const thawedMs = Date.now();
    frozen.thaw();

    await arrived(eve, 20);
    t.diagnostic(`away (${away.reason}), everything there ${Date.now() - thawedMs} ms after the thaw`);
    const { told } = await fay.until('told', has('participant-back'));
    assert.equal(told.find(({ type }) => type === 'participant-back').recovered, true);
    await arrived(fay, 5);
    await wholeAndUntold(eve, fay);
    await nobodyWasTurnedAway(eve, fay);
    assert.ok(!has('participant-left')(await fay.state()));
  });

  if (LONG) {
    it('after 90 s the seat is gone: what was said is reported, and who comes back is somebody new', async () => {
      const { eve, fay, process: frozen } = await freezable();
      const before = await eve.state();
      frozen.freeze();
      await fay.say(20);
      const { told } = await fay.until('told that the other has left', has('participant-left'), 90_000);
      assert.equal(told.find(({ type }) => type === 'participant-left').reason, 'grace-ended');
      assert.deepEqual((await fay.state()).reported, { left: 20 });
      await pause(40_000);
      frozen.thaw();

      await fay.until('told that somebody has joined', has('participant-joined'));
      assert.notEqual(idOf(await eve.until('in', has('joined', 2))), idOf(before));
      await Promise.all([eve.say(3), fay.say(3)]);
      await Promise.all([arrived(eve, 3), arrived(fay, 3)]);
      await nobodyWasTurnedAway(eve, fay);
    });
  }

  // ---- what the tests are made of ----

  /** A process for participants. */
  async function start() {
    const talkers = await Talkers.start(bundle);
    toClose.push(talkers);
    return talkers;
  }

  async function proxyBefore({ port }, faults) {
    const proxy = await FaultyProxy.before(port, faults);
    toClose.push(proxy);
    return proxy;
  }

  /** What was started; whatever is not ended keeps this process waiting. */
  async function close() {
    for (const each of toClose.splice(0)) await each.close();
  }

  /** Pairs that talk to each other through a proxy, until all of it has arrived; then the logs are compared. */
  async function converse(server, { pairs, signals, perSecond, meanwhile = async () => undefined }) {
    const proxy = await proxyBefore(server, { cutEveryBytes: BYTES_PER_CUT, deadMs: DEAD_MS });
    const started = Date.now();
    const each = Math.ceil(signals / pairs / 2);
    const couples = await Promise.all(Array.from({ length: pairs }, () => meet(proxy.url, { url: proxy.url })));
    const all = couples.flat();
    proxy.startCutting();
    const received = async () => (await Promise.all(all.map((talker) => talker.state()))).reduce((sum, state) => sum + state.received, 0);
    let talking = true;
    const progress = async (part) => {
      while (talking && (await received()) < part * signals) await pause(LOOK_MS);
    };
    const talks = Promise.all(all.map((talker) => talker.talk(each, perSecond))).finally(() => (talking = false));
    await Promise.all([talks, meanwhile(progress), goesOn(received, () => !talking)]);
    await goesOn(received, async () => (await Promise.all(couples.map(([ann, bo]) => heardAll(ann, bo)))).every((whole) => whole)).catch(() => {
      // The logs say it better.
    });
    const total = { sent: 0, delivered: 0, reported: new Map(), cuts: proxy.cuts, seconds: (Date.now() - started) / 1_000 };
    for (const [ann, bo] of couples) {
      for (const { said, delivered, reported } of await wholeAndUntold(ann, bo)) {
        total.sent += said;
        total.delivered += delivered;
        for (const why of reported.values()) total.reported.set(why, (total.reported.get(why) ?? 0) + 1);
      }
      for (const talker of [ann, bo]) await nothingButCuts(talker);
    }
    // A room of another test that is full is no fault.
    assert.doesNotMatch(server.log, / (WARN|ERROR) +(?!event=full )\S/, `the server's log: ${server.logFile}`);
    return total;
  }

  /** Two participants in a room of their own; the first one comes by a proxy of its own, which breaks nothing by itself. */
  async function couple() {
    const proxy = await proxyBefore(asTheyAre);
    const room = randomBytes(13).toString('hex');
    const [ann, bo] = await meet(proxy.url, { url: direct(), room });
    return { ann, bo, proxy, room };
  }

  async function freezable() {
    const process = await start();
    const [eve, fay] = await meet(direct(), { url: direct(), of: process });
    return { eve, fay, process };
  }

  async function meet(firstUrl, { url, room = randomBytes(13).toString('hex'), of = here }) {
    const ann = await of.open('ann', { url: firstUrl, room });
    await ann.until('in', has('joined'));
    const bo = await there.open('bo', { url, room });
    await Promise.all([ann.until('together', together), bo.until('together', together)]);
    return [ann, bo];
  }

  function direct() {
    return `ws://127.0.0.1:${asTheyAre.port}/ws`;
  }
});

/** Waits until it is done; fails when nothing more arrives for as long as it takes to find a dead connection and to come back. */
async function goesOn(received, isDone) {
  let [last, sinceMs] = [-1, Date.now()];
  while (!(await isDone())) {
    const now = await received();
    if (now !== last) [last, sinceMs] = [now, Date.now()];
    if (Date.now() - sinceMs > SETTLE_MS) throw new Error(`nothing has arrived for ${SETTLE_MS} ms, ${now} before that`);
    await pause(LOOK_MS);
  }
}

/** Whether each of the two has everything that the other said and that was not reported. */
async function heardAll(ann, bo) {
  const [one, other] = await Promise.all([ann.state(), bo.state()]);
  return [[one, other], [other, one]].every(([{ sent, reported }, { received }]) =>
    received >= sent - Object.values(reported).reduce((sum, count) => sum + count, 0));
}

/** Compares the logs of two that lived through it all: nothing is wrong in them, and nothing is reported but what was refused or too much. */
async function wholeAndUntold(ann, bo) {
  // What is not acknowledged is reported at the end.
  await pause(ACKNOWLEDGED_MS);
  await Promise.all([ann, bo].map((talker) => talker.close()));
  return [[ann, bo], [bo, ann]].map(([sender, receiver]) => {
    const { faults, ...figures } = compare(sender.log, receiver.log);
    assert.deepEqual(faults.slice(0, 10), [], `${sender.name} to ${receiver.name}: ${faults.length} faults`);
    const others = [...figures.reported].filter(([, why]) => why !== 'full' && why !== 'refused');
    assert.deepEqual(others.slice(0, 10), [], `${sender.name} to ${receiver.name}: reported although both seats lived`);
    return figures;
  });
}

/** Nobody left, nobody was turned away, and no error but those that belong to broken connections. */
async function nothingButCuts(talker) {
  const { told, errors, closed } = await talker.state();
  assert.deepEqual([...new Set(errors)].filter((code) => !ANSWERS.includes(code)), [], talker.name);
  const ends = told.filter(({ type }) => ['participant-left', 'full', 'ended'].includes(type));
  assert.deepEqual(ends, [], talker.name);
  assert.equal(closed, undefined, talker.name);
}

/** It is told that its seat went on without it, and does not try again. */
async function superseded(talker, proxy) {
  const { told } = await talker.until('told that its seat has gone on', ({ closed }) => closed !== undefined);
  assert.equal(told.at(-1).type, 'ended');
  assert.equal(told.at(-1).reason, 'superseded');
  const { opens } = await talker.state();
  const { asked } = proxy;
  await pause(3_000);
  assert.deepEqual([(await talker.state()).opens, proxy.asked], [opens, asked], `${talker.name} tried to come back`);
  assert.equal((await talker.state()).closed, 4_001);
}

async function nobodyWasTurnedAway(...talkers) {
  for (const talker of talkers) {
    const { told } = await talker.state();
    assert.deepEqual(told.filter(({ type }) => type === 'full'), [], talker.name);
  }
}

function arrived(talker, count) {
  return talker.until(`reached by ${count} signals`, ({ received }) => received >= count);
}

function has(type, count = 1) {
  return ({ told }) => told.filter((one) => one.type === type).length >= count;
}

function together({ others }) {
  return others.length === 1;
}

function idOf({ told }) {
  return told.findLast(({ type }) => type === 'joined').you.id;
}

function sentence({ sent, delivered, reported, cuts, seconds }) {
  const whys = [...reported].map(([why, count]) => `${count} ${why}`).join(', ');
  return `${sent} sent, ${delivered} delivered, ${[...reported.values()].reduce((sum, count) => sum + count, 0)} reported (${whys}), `
    + `0 lost, doubled or reordered, ${cuts} cuts, ${seconds.toFixed(1)} s`;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
