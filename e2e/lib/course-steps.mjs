// What two people do in a room of the course dialect, from the first join to the last leave.

import { setTimeout as sleep } from 'node:timers/promises';
import { CourseClient } from './course-client.mjs';

const BURST = 50;
/** So many of a burst are sent one after the other while the connection changes; the others at once afterwards. */
const PACED = 40;
const BYE_MS = 1_000;

/** About a kilobyte of what JSON, UTF-8 and a careless relay may change. */
export const SDP = [
  'v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=张三与李四的通话 "é" e\u0301 \\ \t\u2028 🎥👩‍👩‍👧 \u0000\u007f\r\n',
  ...Array.from({ length: 16 }, (_, i) => `a=rtpmap:${96 + i} 编解码器-${i}/90000 naïve ÷ \u{1d11e} 0\ufffd:"}],[{\r\n`),
].join('');

const EVERY_BYTE = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 0xff));

/** One round of two kinds of clients; `round` varies who is slow and how somebody vanishes. Gives how early messages were. */
export async function wholeRound({ kinds, urls, room, round, stepMs }) {
  const people = [];
  const enter = (name, of) => {
    const client = new CourseClient(name, kinds[of], urls[of], stepMs);
    people.push(client);
    return client;
  };
  try {
    const ann = enter('ann', 0);
    const bo = enter('bo', 1);
    await Promise.all([ann.connected(), bo.connected()]);
    await join(ann, room);
    await join(bo, room, ann);
    await Promise.all([burst(ann, bo, room), burst(bo, ann, room)]);
    [ann, bo].forEach((client) => client.checkTransport());
    await relay(ann, bo, room, { type: 'offer', sdp: SDP });
    await relay(bo, ann, room, { type: 'answer', sdp: SDP });
    await relay(ann, bo, room, `ann:${SDP}`);
    await binary(ann, bo, room);
    await binary(bo, ann, room);
    await acknowledged(ann, bo, room);
    await third(enter('cy', round % 2), [ann, bo], room);
    await leaveAndReturn(bo, ann, room);
    const dee = await vanish(bo, ann, room, { rudely: round % 2 === 1, again: () => enter('dee', 1) });
    await leave(ann, room, dee);
    await fence(dee);
    [ann, bo, dee].forEach((client) => client.nothingElse());
    return { sent: ann.early.sent + bo.early.sent, received: ann.early.received + bo.early.received };
  } finally {
    people.forEach((client) => client.close());
  }
}

async function join(client, room, resident) {
  client.emit('join', room);
  const [, id] = await client.next('joined', room);
  client.named(id);
  await resident?.next('otherjoin', room, client.id);
}

/** Numbered messages while the connection may be changing, and just after it has. */
async function burst(from, to, room) {
  const number = (i) => `${from.id} ${i}`;
  const heard = (async () => {
    for (let i = 0; i < BURST; i++) {
      await to.next('message', room, number(i));
    }
  })();
  const said = (async () => {
    let i = 0;
    for (; i < PACED && !from.upgraded; i++) {
      from.early.sent++;
      from.emit('message', room, number(i));
      await sleep(1);
    }
    await from.upgrade();
    for (; i < BURST; i++) {
      from.emit('message', room, number(i));
    }
  })();
  await Promise.all([heard, said]);
}

async function relay(from, to, room, data) {
  from.emit('message', room, data);
  await to.next('message', room, data);
}

/** Bytes alone, in an object, twice in one; and then that text still is what it was. */
async function binary(from, to, room) {
  await relay(from, to, room, EVERY_BYTE);
  await relay(from, to, room, { type: 'file', name: '照片.png', bytes: EVERY_BYTE.subarray(7, 300), last: true });
  await relay(from, to, room, [EVERY_BYTE.subarray(1), 'between', { more: EVERY_BYTE.subarray(0, 1) }, Buffer.alloc(0)]);
  await relay(from, to, room, 'after bytes');
}

async function acknowledged(from, to, room) {
  await from.emitAcked('message', room, 'with acknowledgement');
  await to.next('message', room, 'with acknowledgement');
}

/** A third is told that the room is full, and the two never learn of it: the next they hear is each other. */
async function third(cy, [ann, bo], room) {
  await cy.connected();
  cy.emit('join', room);
  const [, id] = await cy.next('full', room);
  cy.named(id);
  cy.emit('message', room, 'from outside');
  cy.emit('leave', room);
  await cy.next('leaved', room, cy.id);
  cy.nothingElse();
  cy.close();
  await relay(ann, bo, room, 'is anybody else here');
  await relay(bo, ann, room, 'nobody');
}

async function leave(client, room, other) {
  client.emit('leave', room);
  await client.next('leaved', room, client.id);
  await other.next('bye', room, client.id);
}

async function leaveAndReturn(bo, ann, room) {
  await leave(bo, room, ann);
  await join(bo, room, ann);
  await relay(ann, bo, room, 'welcome back');
}

/** Gives who came in the place of the one who is gone. */
async function vanish(bo, ann, room, { rudely, again }) {
  const { id } = bo;
  const gone = performance.now();
  bo.disappear(rudely);
  await ann.next('bye', room, id);
  const afterMs = performance.now() - gone;
  if (afterMs > BYE_MS) {
    throw new Error(`${ann.name}: bye came ${Math.round(afterMs)} ms after the other was gone, not within ${BYE_MS}`);
  }
  const dee = again();
  await dee.connected();
  await join(dee, room, ann);
  await relay(ann, dee, room, 'and you are?');
  return dee;
}

/** What the server had to say to this client has come when it answers this. */
async function fence(client) {
  const room = `fence-${client.id}`;
  client.emit('leave', room);
  await client.next('leaved', room, client.id);
}
