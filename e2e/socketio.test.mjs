// The course's clients of every age, over every transport, against the packaged product on loopback.
//   E2E_SOCKETIO=node    against Node's own socket.io instead, which is how this scenario itself is tested
//   E2E_ROUNDS=5         rounds for each kind of client: 20, or 2 with --short, unless said otherwise

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { CourseClient, MODES, VERSIONS } from './lib/course-client.mjs';
import { SDP, wholeRound } from './lib/course-steps.mjs';
import { LocalServer } from './lib/local-server.mjs';
import { java25, javaClientPath } from './lib/needs.mjs';
import { SHORT } from './lib/scene.mjs';
import { SlowUpgrade } from './lib/slow-upgrade.mjs';

const run = promisify(execFile);
const ROUNDS = Number(process.env.E2E_ROUNDS ?? (SHORT ? 2 : 20));
/** What a WebSocket's chunks are held back in a round, so that an upgrade takes long; 0 is the straight way. */
const DELAYS_MS = [15, 0, 3, 8];

/** Who is there first, and who comes: other versions and other transports in one room. */
const MIXED = [
  ['2.0.3 default', '4.8.4 default'],
  ['4.8.4 default', '2.0.3 default'],
  ['2.0.3 polling', '4.8.4 websocket'],
  ['4.8.4 polling', '2.0.3 websocket'],
  ['2.5.0 websocket', '3.1.3 polling'],
  ['4.8.4 websocket', '4.8.4 polling'],
  ['2.0.3 websocket', '2.0.3 polling'],
];

/** What a server may do wrong, and what has to be said of it. */
const FAULTS = {
  loses: /awaited \["message",.* 19"\], got \["message",.* 20"\]/,
  doubles: /awaited \["message",.* 20"\], got \["message",.* 19"\]/,
  reorders: /awaited \["message",.* 19"\], got \["message",.* 20"\]/,
  'changes-text': /awaited \["message",.*"offer".*, got \["message",.*"offer"/s,
  'changes-bytes': /awaited \["message",.*512 bytes 0001.*, got \["message",.*512 bytes 0001.*from character/s,
  'says-bye-twice': /awaited \["otherjoin",.*\], got \["bye",/,
  'forgets-bye': /awaited \["bye",.*\] for 500 ms, got nothing/,
  'forgets-leaved': /awaited \["leaved",.*\] for 500 ms, got nothing/,
  'takes-a-third': /awaited \["full",.*\], got \["joined",/,
  'names-another-id': /awaited \["otherjoin",.*\], got \["otherjoin",/,
};

it('the description sent has about a kilobyte, of characters of every length', () => {
  const lengths = new Set([...SDP].map((character) => Buffer.byteLength(character)));

  assert.deepEqual([...lengths].sort(), [1, 2, 3, 4]);
  assert.ok(Buffer.byteLength(SDP) > 1_000 && Buffer.byteLength(SDP) < 1_500, `${Buffer.byteLength(SDP)} bytes`);
});

describe('the steps find what a server does wrong', { timeout: 60_000 }, () => {
  for (const [fault, words] of Object.entries(FAULTS)) {
    it(`one that ${fault.replaceAll('-', ' ')}`, async () => {
      const server = await LocalServer.node('socketio-fault', [fault]);
      try {
        const kinds = ['4.8.4 websocket', '4.8.4 websocket'];
        const round = wholeRound({ kinds, urls: [server.url, server.url], room: fresh(), round: 0, stepMs: 500 });
        await assert.rejects(round, words);
      } finally {
        await server.stop();
      }
    });
  }
});

describe('Socket.IO clients of every age', { timeout: 600_000 }, () => {
  let server;
  const ways = [];

  before(async () => {
    const node = process.env.E2E_SOCKETIO === 'node';
    // Every round has one who finds the room full, and all come from one address.
    const limits = ['--limit', 'failed-joins=100000'];
    server = node ? await LocalServer.node('socketio') : await LocalServer.duet('socketio', limits);
    for (const delayMs of DELAYS_MS) {
      ways.push(delayMs === 0 ? server : await SlowUpgrade.open(server.port, delayMs));
    }
  });
  after(async () => {
    await Promise.all(ways.filter((way) => way !== server).map((way) => way.close()));
    await server?.stop();
  });

  const crossed = { sent: 0, received: 0 };
  for (const version of VERSIONS) {
    for (const mode of Object.keys(MODES)) {
      it(`${version} ${mode}`, (t) => rounds(t, [`${version} ${mode}`, `${version} ${mode}`]));
    }
  }
  for (const mode of Object.keys(MODES)) {
    it(`Java 2.1.2 ${mode}`, javaRounds(mode));
  }
  for (const [first, second] of MIXED) {
    it(`${first}, then ${second}`, (t) => rounds(t, [first, second]));
  }

  // Its polling writes what is not ASCII as no later client does, so the rooms and texts of the rounds would not pass.
  for (const mode of Object.keys(MODES)) {
    it(`1.7.4 ${mode}: two meet and talk in ASCII`, async () => {
      const people = ['ann', 'bo'].map((name) => new CourseClient(name, `1.7.4 ${mode}`, server.url, 5_000));
      try {
        const [ann, bo] = people;
        for (const client of people) {
          await client.connected();
          client.socket.emit('join', 'old');
          client.named((await client.next('joined', 'old'))[1]);
        }
        await ann.next('otherjoin', 'old', bo.id);
        ann.socket.emit('message', 'old', { type: 'offer', sdp: SDP });
        await bo.next('message', 'old', { type: 'offer', sdp: SDP });
        bo.socket.emit('leave', 'old');
        await bo.next('leaved', 'old', bo.id);
        await ann.next('bye', 'old', bo.id);
      } finally {
        people.forEach((client) => client.close());
      }
    });
  }

  it('4.8.4 with the option retries: what is asked for is answered, and nothing waits behind it for ever', async () => {
    const retries = { retries: 2, ackTimeout: 5_000 };
    const people = ['ann', 'bo', 'cy'].map((name) => new CourseClient(name, '4.8.4 default', server.url, 5_000, retries));
    try {
      const [ann, bo, cy] = people;
      const room = fresh();
      for (const client of people) {
        await client.connected();
      }
      assert.equal(await ann.emitRetried('join', room), undefined);
      await ann.next('joined', room);
      assert.equal(await bo.emitRetried('join', room), undefined);
      assert.equal((await cy.emitRetried('join', room)).code, 'room-full');
      assert.equal((await cy.emitRetried('message', room, 'from outside')).code, 'not-in-room');
      assert.equal((await cy.emitRetried('offer', room)).code, 'unknown-event');
      assert.equal(await ann.emitRetried('message', room, 1), undefined);
      await bo.next('joined', room);
      await bo.next('message', room, 1);
      assert.equal(await bo.emitRetried('leave', room), undefined);
    } finally {
      people.forEach((client) => client.close());
    }
  });

  it('messages crossed upgrades', () => mustHaveCrossed(crossed));

  function mustHaveCrossed({ sent, received }) {
    assert.ok(sent > 0 && received > 0, 'no message crossed an upgrade, so none was put to the test');
  }

  function javaRounds(mode) {
    return async (t) => {
      const { url } = mode === 'default' ? ways[0] : server;
      const arguments_ = ['-cp', javaClientPath(), 'dev.duet.javaclient.CourseVisit', url, ROUNDS, mode];
      const { stdout } = await run(java25(), arguments_.map(String)).catch((error) => {
        throw new Error(`${error.stdout}${error.stderr}; the server's log: ${server.logFile}`);
      });
      t.diagnostic(stdout.trim());
    };
  }

  async function rounds(t, kinds) {
    const early = { sent: 0, received: 0 };
    const started = performance.now();
    for (let round = 0; round < ROUNDS; round++) {
      const urls = kinds.map((kind) => (kind.endsWith('default') ? ways[round % ways.length] : server).url);
      const { sent, received } = await wholeRound({ kinds, urls, room: fresh(), round }).catch((error) => {
        error.message = `round ${round + 1} of ${ROUNDS}: ${error.message}; the server's log: ${server.logFile}`;
        throw error;
      });
      early.sent += sent;
      early.received += received;
    }
    const each = Math.round((performance.now() - started) / ROUNDS);
    const upgrading = kinds.some((kind) => kind.endsWith('default'));
    const during = upgrading ? `; during upgrades ${early.sent} messages sent and ${early.received} received` : '';
    t.diagnostic(`${ROUNDS} rounds of ${each} ms${during}`);
    crossed.sent += early.sent;
    crossed.received += early.received;
    // Two rounds against a server that has just been started may all be too early or too late.
    if (upgrading && ROUNDS >= 10) {
      mustHaveCrossed(early);
    }
  }
});

/** A room that nobody has been in, with a name that is not ASCII. */
function fresh() {
  return `房间-${randomBytes(6).toString('hex')}`;
}
