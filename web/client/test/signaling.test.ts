import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOVING_MAX_MS, MOVING_SPREAD_MS, backoffMs, mayReconnect, movingMs } from '../src/backoff.ts';
import { isRefusal } from '../src/call-state.ts';
import { openFailureOf, probeAddress } from '../src/open-failure.ts';
import type { OpenFailure } from '../src/open-failure.ts';
import { SignalingConnection } from '../src/signaling.ts';

/** A socket that the test opens, answers and closes. */
class FakeSocket {
  readyState = 0;
  sent: string[] = [];
  closedWith: number | undefined | 'open' = 'open';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  break(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** One timer at most is ever set; the test's clock runs it. */
class World {
  nowMs = 0;
  sockets: FakeSocket[] = [];
  events: string[] = [];
  probed: OpenFailure = 'unreachable';
  posted: (body: string) => Promise<string | undefined> = () => Promise.resolve(undefined);
  #timers = new Map<number, { run: () => void; atMs: number }>();
  #next = 1;
  connection: SignalingConnection;

  constructor() {
    this.connection = new SignalingConnection(
      'ws://server/ws',
      {
        opened: () => this.events.push('opened'),
        message: (message) => this.events.push(message.type),
        lost: () => this.events.push('lost'),
        notOpened: (why) => this.events.push(why),
        closed: (code) => this.events.push(`closed ${code}`),
      },
      {
        createSocket: (url, protocol) => {
          assert.deepEqual([url, protocol], ['ws://server/ws', 'duet.v1']);
          const socket = new FakeSocket();
          this.sockets.push(socket);
          return socket as unknown as WebSocket;
        },
        now: () => this.nowMs,
        random: () => 0.5,
        probe: (url) => {
          assert.equal(url, 'ws://server/ws');
          return Promise.resolve(this.probed);
        },
        post: (_url, body) => this.posted(body),
        setTimer: (run, afterMs) => {
          this.#timers.set(this.#next, { run, atMs: this.nowMs + afterMs });
          return this.#next++;
        },
        clearTimer: (timer) => void this.#timers.delete(timer),
      },
    );
    this.connection.open();
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.nowMs = due[1].atMs;
      due[1].run();
    }
    this.nowMs = endMs;
  }

  get timers(): number {
    return this.#timers.size;
  }
}

const participant = { id: 'p', order: 1, state: 'present' };
const seat = { token: 't', graceMs: 30_000 };
const joined = { type: 'joined', you: participant, seat, participants: [], iceServers: [] };

test('aLostConnectionIsOpenedAgain', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.socket.break(1006);
  world.pass(400);

  assert.deepEqual(world.events, ['opened', 'joined', 'lost']);
  assert.equal(world.sockets.length, 2);
});

test('theWaitGrowsUntilAJoinHasSucceeded', () => {
  const world = new World();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const before = world.nowMs;
    world.socket.open();
    world.socket.break(1006);
    const count = world.sockets.length;
    while (world.sockets.length === count) world.pass(10);
    waits.push(world.nowMs - before);
  }

  assert.deepEqual(waits, [...waits].sort((a, b) => a - b));
  assert.ok((waits.at(-1) ?? 0) > 4_000 && (waits.at(-1) ?? 0) <= 10_000, String(waits));
});

test('finalCloseCodesAreHonoured', () => {
  for (const code of [1002, 1003, 1007, 1008, 1009, 4001]) {
    const world = new World();
    world.socket.open();
    world.socket.break(code);
    world.pass(600_000);

    assert.deepEqual(world.events, ['opened', `closed ${code}`]);
    assert.equal(world.sockets.length, 1);
  }
  for (const code of [1000, 1001, 1006, 1012, 4000, 4008]) assert.equal(mayReconnect(code), true);
});

test('silenceIsAnsweredByAPingAndTheConnectionIsGivenUpWithoutAnAnswer', () => {
  const world = new World();
  world.socket.open();
  world.pass(10_000);
  assert.deepEqual(world.socket.sent, ['{"type":"ping","id":2}']);
  world.pass(4_999);
  assert.deepEqual(world.events, ['opened']);

  world.pass(1);

  assert.deepEqual(world.events, ['opened', 'lost']);
});

test('aPongKeepsTheConnection', () => {
  const world = new World();
  world.socket.open();
  for (let i = 0; i < 20; i++) {
    world.pass(10_000);
    world.socket.say({ type: 'pong', id: i });
  }

  assert.deepEqual(world.events, ['opened']);
  assert.equal(world.socket.sent.length, 20);
});

test('theServersHeartbeatIsFollowed', () => {
  const world = new World();
  world.socket.open();
  world.socket.say({ type: 'hello', protocol: 'duet.v1', heartbeat: { pingMs: 3_000, deadMs: 5_000 } });
  world.pass(3_000);

  assert.equal(world.socket.sent.length, 1);
});

test('aNudgeTriesAtOnceInsteadOfWaiting', () => {
  const world = new World();
  world.socket.open();
  world.socket.break(1006);
  world.connection.nudge();

  assert.equal(world.sockets.length, 2);
});

test('aNudgeChecksAConnectionThatLooksAlive', () => {
  const world = new World();
  world.socket.open();
  world.connection.nudge();
  world.pass(2_000);

  assert.deepEqual(world.events, ['opened', 'lost']);
});

test('aDoubtedServerThatDoesNotAnswerIsLookedForAnewAtOnce', () => {
  const world = new World();
  world.socket.open();
  world.connection.nudge(true);
  world.pass(500);
  assert.deepEqual(world.events, ['opened']);
  world.connection.nudge(true);

  assert.deepEqual(world.events, ['opened', 'lost']);
  assert.equal(world.sockets.length, 2);
  world.connection.nudge(true);
  assert.equal(world.sockets.length, 2, 'one that is being opened is waited for');
});

test('aDoubtedServerThatAnswersIsKept', () => {
  const world = new World();
  world.socket.open();
  for (let i = 0; i < 5; i++) {
    world.connection.nudge(true);
    world.pass(100);
    world.socket.say({ type: 'pong' });
  }

  assert.deepEqual(world.events, ['opened']);
});

test('aConnectionThatNeverOpensIsGivenUp', () => {
  const world = new World();
  world.pass(10_000);
  assert.deepEqual(world.events, ['lost']);
});

test('closingEndsItForGood', () => {
  const world = new World();
  world.socket.open();
  world.connection.close();
  world.connection.nudge();
  world.pass(600_000);

  assert.equal(world.socket.closedWith, 1000);
  assert.equal(world.sockets.length, 1);
  assert.equal(world.timers, 0);
});

test('textThatIsNoKnownMessageIsLetThrough', () => {
  const world = new World();
  world.socket.open();
  world.socket.say({ type: 'invented-later' });
  world.socket.onmessage?.({ data: '{' });
  world.socket.onmessage?.({ data: new ArrayBuffer(1) });

  assert.deepEqual(world.events, ['opened']);
});

test('theBackoffStaysBetweenItsBoundsAndInsideTheGrace', () => {
  for (let attempt = 0; attempt < 40; attempt++) {
    for (const random of [0, 0.3, 0.999_999]) {
      const ms = backoffMs(attempt, random, 0);
      assert.ok(ms >= 200 && ms <= 10_000, `${attempt} ${random}: ${ms}`);
      assert.ok(backoffMs(attempt, random, 4_000) <= 2_000);
    }
  }
});

test('whileTheSeatIsKeptNobodyWaitsLong', () => {
  for (let attempt = 0; attempt < 40; attempt++) assert.ok(backoffMs(attempt, 0.999_999, 30_000) <= 2_500);
});

test('aServerThatStopsIsComeBackToWhenItSaysAndNotAllAtOnce', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.socket.say({ type: 'moving', retryAfterMs: 1_000 });
  world.socket.break(1012);

  world.pass(1_499);
  assert.equal(world.sockets.length, 1);
  world.pass(1);
  assert.equal(world.sockets.length, 2);
  // It is not there yet: from now on as ever.
  world.socket.break(1006);
  world.pass(400);
  assert.equal(world.sockets.length, 3);

  assert.equal(movingMs(1e9, 0), MOVING_MAX_MS);
  assert.equal(movingMs(1_000, 0.999_999), 1_000 + MOVING_SPREAD_MS);
});

test('anAnswerToTheProbeIsAReason', () => {
  const reasons = [undefined, 403, 421, 426, 429, 502, 503, 504, 200, 404, 500].map(openFailureOf);

  assert.deepEqual(reasons, [
    'unreachable', 'origin-refused', 'host-refused', 'upgrade-lost', 'too-many-connections', 'unreachable',
    'stopping', 'unreachable', 'not-duet', 'not-duet', 'not-duet',
  ]);
  assert.deepEqual([...new Set(reasons)].filter(isRefusal), ['origin-refused', 'host-refused']);
});

test('theProbeAsksTheAddressOfTheWebSocketAndNamesThePage', () => {
  assert.equal(probeAddress('ws://h:8080/ws', 'http://h:8080'), 'http://h:8080/ws?origin=http%3A%2F%2Fh%3A8080');
  assert.equal(probeAddress('wss://h/video/ws', 'https://p'), 'https://h/video/ws?origin=https%3A%2F%2Fp');
});

test('aConnectionThatDidNotOpenSaysWhy', async () => {
  const world = new World();
  world.probed = 'too-many-connections';

  world.socket.break(1006);
  await Promise.resolve();

  assert.deepEqual(world.events, ['lost', 'too-many-connections']);
});

test('aConnectionThatWasOpenIsNotAskedAbout', async () => {
  const world = new World();
  world.socket.open();

  world.socket.break(1006);
  await Promise.resolve();

  assert.deepEqual(world.events, ['opened', 'lost']);
});

test('aLostUpgradeIsBelievedTheSecondTime', async () => {
  const world = new World();
  world.probed = 'upgrade-lost';

  world.socket.break(1006);
  await Promise.resolve();
  world.pass(10_000);
  world.socket.break(1006);
  await Promise.resolve();

  assert.deepEqual(world.events, ['lost', 'lost', 'upgrade-lost']);
});

const join = { type: 'join', id: 1, room: 'r', instance: 'i' } as const;
const signal = (seq: number) => ({ type: 'signal', to: 'p', epoch: 1, seq, candidate: null }) as const;
const news = { type: 'signal', to: 'p', epoch: 1, seq: 9, data: 'later' } as const;
/** What waits for a promise has had its turn. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A connection whose POSTs the test answers, in order. */
class AheadWorld extends World {
  /** Without their keys. */
  bodies: string[] = [];
  readonly keys = new Set<string>();
  answers: ((text: string | undefined) => void)[] = [];

  constructor() {
    super();
    this.posted = (body) => {
      const [key = '', ...messages] = body.split('\n');
      this.keys.add(key);
      this.bodies.push(messages.join('\n'));
      return new Promise((resolve) => this.answers.push(resolve));
    };
    this.connection.sendAhead(join);
  }

  async answer(text: string | undefined): Promise<void> {
    this.answers.shift()?.(text);
    await settled();
  }
}

test('aJoinGoesAheadOfTheSocket', async () => {
  const world = new AheadWorld();
  assert.deepEqual(world.bodies, [JSON.stringify(join)]);

  await world.answer(JSON.stringify(joined));
  assert.deepEqual(world.events, ['joined']);
  world.connection.send(signal(1));
  world.connection.send(signal(2));
  await world.answer('');
  assert.deepEqual(world.bodies.slice(1), [JSON.stringify(signal(1)), JSON.stringify(signal(2))]);
  const [key, ...others] = world.keys;
  assert.match(key ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(others, []);
});

test('whatIsSaidDuringAPostGoesTogetherWithTheNext', async () => {
  const world = new AheadWorld();
  world.connection.send(signal(1));
  world.connection.send(signal(2));
  await world.answer(JSON.stringify(joined));

  assert.deepEqual(world.bodies.slice(1), [`${JSON.stringify(signal(1))}\n${JSON.stringify(signal(2))}`]);
});

test('whatNobodyWaitsForGoesWithWhatComesLater', async () => {
  const world = new AheadWorld();
  world.connection.send(news);
  await world.answer(JSON.stringify(joined));
  assert.equal(world.bodies.length, 1);

  world.connection.send(signal(1));
  assert.deepEqual(world.bodies.slice(1), [`${JSON.stringify(news)}\n${JSON.stringify(signal(1))}`]);
});

test('anOpenSocketWaitsForTheAnswerThatIsOnItsWay', async () => {
  const world = new AheadWorld();
  world.socket.open();
  await settled();
  assert.deepEqual(world.events, []);

  await world.answer(JSON.stringify(joined));
  assert.deepEqual(world.events, ['joined', 'opened']);
  world.connection.send(signal(1));
  assert.deepEqual(world.socket.sent, [JSON.stringify(signal(1))]);
});

test('anOpenSocketDoesNotWaitLongAndThenHearsNothingAheadAnyMore', async () => {
  const world = new AheadWorld();
  world.socket.open();
  world.pass(1_000);
  assert.deepEqual(world.events, ['opened']);

  await world.answer(JSON.stringify(joined));
  assert.deepEqual(world.events, ['opened']);
  assert.equal(world.timers, 1);
});

test('aServerThatTakesNothingAheadIsAskedOnce', async () => {
  const world = new AheadWorld();
  await world.answer(undefined);
  world.connection.send(signal(1));
  assert.equal(world.bodies.length, 1);

  world.socket.open();
  await settled();
  assert.deepEqual(world.events, ['opened']);
});

test('whoLeavesBeforeTheSocketIsOpenSaysSo', async () => {
  const world = new AheadWorld();
  world.connection.send({ type: 'leave' });
  world.connection.close();
  await world.answer(JSON.stringify(joined));

  assert.deepEqual(world.bodies.slice(1), ['{"type":"leave"}']);
  assert.deepEqual(world.events, []);
});

test('whoLeavesWhileTheOpenSocketStillWaitsSaysSoToo', async () => {
  const world = new AheadWorld();
  world.socket.open();
  world.connection.send({ type: 'leave' });
  world.connection.close();
  await world.answer(JSON.stringify(joined));

  assert.deepEqual(world.bodies.slice(1), ['{"type":"leave"}']);
});

test('nothingGoesAheadOfAnOpenSocketOrASecondOne', async () => {
  const world = new World();
  world.posted = () => assert.fail('posted');
  world.socket.open();
  world.connection.sendAhead(join);
  world.socket.break(1006);
  world.connection.sendAhead(join);
  await settled();
});
