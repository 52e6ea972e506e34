import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../src/session.ts';

class FakeSocket {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

/** A session whose owner joins whenever it opens. */
class World {
  nowMs = 0;
  sockets: FakeSocket[] = [];
  events: string[] = [];
  session: Session;
  posted: (body: string) => Promise<string | undefined> = () => Promise.resolve(undefined);
  #timers = new Map<number, { run: () => void; atMs: number }>();
  #next = 1;

  constructor() {
    this.session = new Session(
      'ws://server/ws',
      {
        opened: () => this.session.send({ type: 'join', id: 1, room: 'r', instance: 'a' }),
        message: (message) => this.events.push(message.type),
        undelivered: ({ why, bodies }) => this.events.push(`${bodies.length} ${why}`),
        lost: () => this.events.push('lost'),
        notOpened: () => undefined,
        closed: (code) => this.events.push(`closed ${code}`),
      },
      {
        createSocket: () => {
          const socket = new FakeSocket();
          this.sockets.push(socket);
          return socket as unknown as WebSocket;
        },
        now: () => this.nowMs,
        random: () => 0.5,
        probe: () => Promise.resolve('unreachable'),
        post: (_url, body) => this.posted(body),
        setTimer: (run, afterMs) => {
          this.#timers.set(this.#next, { run, atMs: this.nowMs + afterMs });
          return this.#next++;
        },
        clearTimer: (timer) => void this.#timers.delete(timer),
      },
    );
    this.session.open();
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  get timers(): number {
    return this.#timers.size;
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
}

const you = { id: 'ann', order: 2, epoch: 1, instance: 'a', state: 'present' };
const bo = { id: 'bo', order: 1, epoch: 1, instance: 'b', state: 'present', accepted: 0 };
const joined = {
  type: 'joined',
  you,
  seat: { token: 't', graceMs: 30_000 },
  recovered: false,
  participants: [bo],
  iceServers: [],
};

test('whoHasJoinedAheadOfTheSocketIsHeardAtOnce', async () => {
  const world = new World();
  const bodies: string[] = [];
  world.posted = (body) => Promise.resolve(bodies.push(body) === 1 ? JSON.stringify(joined) : '');
  world.session.sendAhead({ type: 'join', id: 1, room: 'r', instance: 'a' });
  await new Promise((resolve) => setImmediate(resolve));
  world.session.send({ type: 'signal', to: 'bo', candidate: null });
  await new Promise((resolve) => setImmediate(resolve));

  const [key, signal] = bodies[1]?.split('\n') ?? [];
  assert.equal(key, bodies[0]?.split('\n')[0]);
  assert.equal((JSON.parse(signal ?? '{}') as { seq?: number }).seq, 1);
});

test('whatIsSaidWithoutAConnectionIsSaidWhenThereIsOneAgain', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.socket.onclose?.({ code: 1006 });
  world.session.send({ type: 'signal', to: 'bo', data: 'kept' });
  world.pass(400);
  world.socket.open();

  assert.deepEqual(world.socket.sent[0]?.['streams'], [{ participant: 'bo', epoch: 1, received: 0 }]);
  world.socket.say({ ...joined, recovered: true });

  assert.equal(world.socket.sent[1]?.['data'], 'kept');
  assert.deepEqual(world.events, ['joined', 'lost', 'joined']);
});

test('acknowledgementsAreSaidByThemselves', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.socket.say({ type: 'signal', from: 'bo', seq: 1, data: 'x' });
  world.pass(200);

  assert.deepEqual(world.socket.sent.at(-1), { type: 'ack', participant: 'bo', epoch: 1, seq: 1 });
});

test('closingReportsWhatWasNotAcknowledgedAndLeavesNoTimer', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.session.send({ type: 'signal', to: 'bo', data: 1 });
  world.session.close();

  assert.deepEqual(world.events, ['joined', '1 ended']);
  assert.equal(world.timers, 0);
});

test('aFinalCloseReportsItToo', () => {
  const world = new World();
  world.socket.open();
  world.socket.say(joined);
  world.session.send({ type: 'signal', to: 'bo', data: 1 });
  world.socket.onclose?.({ code: 4001 });

  assert.deepEqual(world.events, ['joined', '1 ended', 'closed 4001']);
});
