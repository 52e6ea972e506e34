import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JoinedMessage, Participant, ServerMessage, SignalBody } from '../src/protocol.ts';
import { ACK_AFTER_MESSAGES, ACK_AFTER_MS, RATE_PAUSE_MS, Streams } from '../src/streams.ts';
import type { StreamsOutput } from '../src/streams.ts';

/** Streams with a clock that the test moves, and what they gave since they were last asked. */
class Side {
  streams = new Streams();
  nowMs = 1_000;
  #outputs: StreamsOutput[] = [];

  hear(...messages: ServerMessage[]): this {
    for (const message of messages) this.#outputs.push(...this.streams.fromServer(message, this.nowMs));
    return this;
  }

  say(...bodies: SignalBody[]): this {
    for (const body of bodies) {
      this.#outputs.push(...this.streams.toServer({ type: 'signal', to: 'bo', ...body }, this.nowMs));
    }
    return this;
  }

  join(): this {
    this.streams.opened(this.nowMs);
    this.#outputs.push(...this.streams.toServer({ type: 'join', id: 1, room: 'r' }, this.nowMs));
    return this;
  }

  pass(ms: number): this {
    const endMs = this.nowMs + ms;
    while (this.streams.deadlineMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.streams.deadlineMs);
      this.#outputs.push(...this.streams.due(this.nowMs));
    }
    this.nowMs = endMs;
    return this;
  }

  outputs(): StreamsOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** The messages sent, those of one type. */
  sent(type: string): Record<string, unknown>[] {
    return this.outputs().flatMap((output) =>
      output.type === 'send' && output.message.type === type ? [output.message as Record<string, unknown>] : [],
    );
  }

  seqs(): unknown[] {
    return this.sent('signal').map((message) => message['seq']);
  }
}

const ann: Participant = { id: 'ann', order: 2, epoch: 5, instance: 'a', state: 'present' };
const bo: Participant = { id: 'bo', order: 1, epoch: 7, instance: 'b', state: 'present', accepted: 0 };
const joined = (more: Partial<JoinedMessage>): JoinedMessage => ({
  type: 'joined',
  id: 1,
  room: 'r',
  you: ann,
  seat: { token: 't', graceMs: 30_000 },
  capacity: 2,
  recovered: false,
  participants: [bo],
  iceServers: [],
  ...more,
});
const signal = (seq: number): ServerMessage => ({ type: 'signal', from: 'bo', seq, data: seq });
const many = (count: number): SignalBody[] => Array.from({ length: count }, (_, n) => ({ data: n }));

function together(): Side {
  const side = new Side().join().hear(joined({}));
  side.outputs();
  return side;
}

test('aPageJoinsWithoutNumbersAndNumbersFromOne', () => {
  const side = new Side().join();
  assert.deepEqual(side.sent('join'), [{ type: 'join', id: 1, room: 'r', streams: [] }]);

  side.hear(joined({})).say({ data: 'x' }, { candidate: null });

  assert.deepEqual(side.sent('signal'), [
    { type: 'signal', id: 2, to: 'bo', epoch: 7, seq: 1, data: 'x' },
    { type: 'signal', id: 3, to: 'bo', epoch: 7, seq: 2, candidate: null },
  ]);
});

test('aLostConnectionIsCaughtUpWith', () => {
  const side = together().say(...many(3)).hear(signal(1), signal(2));
  side.outputs();
  side.streams.lost();
  side.say({ data: 'meanwhile' });
  assert.deepEqual(side.outputs(), [], 'kept');

  side.join();
  assert.deepEqual(side.sent('join')[0]?.['streams'], [{ participant: 'bo', epoch: 7, received: 2 }]);
  side.hear(joined({ recovered: true, participants: [{ ...bo, accepted: 2 }] }));

  assert.deepEqual(side.seqs(), [3, 4]);
});

test('whatIsAcknowledgedIsNotSaidAgain', () => {
  const side = together().say(...many(3)).hear({ type: 'ack', participant: 'bo', seq: 3 });
  side.streams.lost();
  side.outputs();

  side.join().hear(joined({ recovered: true, participants: [{ ...bo, accepted: 3 }] }));
  side.pass(60_000);

  assert.deepEqual(side.seqs(), []);
});

test('acknowledgementsAreCumulativeAndComeInTime', () => {
  const side = together().hear(signal(1), signal(2));
  assert.deepEqual(side.sent('ack'), []);
  side.pass(ACK_AFTER_MS);
  assert.deepEqual(side.sent('ack'), [{ type: 'ack', participant: 'bo', epoch: 7, seq: 2 }]);

  for (let seq = 3; seq < 3 + ACK_AFTER_MESSAGES; seq++) side.hear(signal(seq));

  assert.equal(side.sent('ack').length, 1, 'many are not waited for');
});

test('whatComesTwiceIsTakenOnceAndAcknowledgedAgain', () => {
  const side = together().hear(signal(1)).pass(ACK_AFTER_MS);
  side.outputs();

  side.hear(signal(1));
  assert.deepEqual(side.outputs(), []);
  side.pass(ACK_AFTER_MS);

  assert.equal(side.sent('ack').length, 1);
});

test('whoLeavesAcknowledgesFirst', () => {
  const side = together().hear(signal(1));
  side.outputs();

  const outputs = side.streams.toServer({ type: 'leave', returning: true }, side.nowMs);

  assert.deepEqual(outputs.map((output) => output.type === 'send' && output.message.type), ['ack', 'leave']);
});

test('aFullOutboxIsSaidAtOnce', () => {
  const side = together();
  side.streams.lost();

  side.say(...many(257));

  assert.deepEqual(side.outputs(), [
    { type: 'undelivered', participant: 'bo', bodies: [{ data: 256 }], why: 'full' },
  ]);
});

test('theServersWindowIsFollowed', () => {
  const hello = (limits: Record<string, number>): ServerMessage => ({
    type: 'hello', protocol: 'duet.v1', server: 's', limits, heartbeat: { pingMs: 1, deadMs: 1 }, seatGraceMs: 1,
    features: [],
  });
  const side = together().hear(hello({ windowBytes: 100, messageBytes: 2_000 }));
  side.outputs();

  side.say({ data: '\u{1f600}'.repeat(30) }, { data: 'x'.repeat(2_000) }, { data: 'fits' });

  const whys = side.outputs().map((output) => (output.type === 'undelivered' ? output.why : output.type));
  assert.deepEqual(whys, ['full', 'too-large', 'send'], 'bytes are counted, not characters');
});

test('messagesArePaced', () => {
  const side = together().say(...many(250));

  const atOnce = side.seqs().length;
  assert.ok(atOnce > 100 && atOnce < 200, String(atOnce));
  side.pass(1_000);
  const perSecond = side.seqs().length;
  assert.ok(perSecond >= 35 && perSecond < 50, String(perSecond));
  side.pass(60_000);
  assert.equal(side.seqs().at(-1), 250);
});

test('afterARateLimitEverythingIsSaidAgainLater', () => {
  const side = together().say(...many(3)).hear({ type: 'ack', participant: 'bo', seq: 1 });
  side.outputs();

  side.hear({ type: 'error', code: 'rate-limited', message: '' });
  side.hear({ type: 'error', id: 4, code: 'out-of-sequence', message: '', participant: 'bo', expected: 2 });
  side.pass(RATE_PAUSE_MS - 1);
  assert.deepEqual(side.seqs(), []);
  side.pass(1_000);

  assert.deepEqual(side.seqs(), [2, 3]);
});

test('aNumberThatIsWaitedForIsSaidOnceHoweverManyAskForIt', () => {
  const side = together().say(...many(4));
  side.outputs();

  for (const id of [3, 4, 5]) {
    side.hear({ type: 'error', id, code: 'out-of-sequence', message: '', participant: 'bo', expected: 2 });
  }

  assert.deepEqual(side.seqs(), [2, 3, 4]);
});

test('aRefusedSignalIsReportedAndItsNumberGoesToTheNext', () => {
  const side = together().say(...many(3));
  side.outputs();

  side.hear({
    type: 'error', id: 3, code: 'candidate-too-large', message: '', participant: 'bo', expected: 2, refused: 2,
  });
  side.hear({ type: 'error', id: 4, code: 'out-of-sequence', message: '', participant: 'bo', expected: 2 });

  const outputs = side.outputs();
  assert.deepEqual(outputs.filter((output) => output.type === 'undelivered'), [
    { type: 'undelivered', participant: 'bo', bodies: [{ data: 1 }], why: 'refused' },
  ]);
  const sends = outputs.flatMap((output) => (output.type === 'send' ? [output.message] : []));
  assert.deepEqual(sends, [{ type: 'signal', id: 5, to: 'bo', epoch: 7, seq: 2, data: 2 }]);
});

test('aFullWindowWaitsForAnAcknowledgement', () => {
  const side = together().say(...many(2));
  side.outputs();

  side.hear({ type: 'error', id: 3, code: 'window-full', message: '', participant: 'bo', expected: 2 }).pass(500);
  assert.deepEqual(side.seqs(), []);
  side.hear({ type: 'ack', participant: 'bo', seq: 1 });

  assert.deepEqual(side.seqs(), [2]);
});

test('whoIsAwayWithoutStreamsIsWaitedFor', () => {
  const side = together().say({ data: 1 });
  side.outputs();
  side.hear({ type: 'error', id: 2, code: 'participant-away', message: '', participant: 'bo', expected: 1 });
  side.pass(20_000);
  assert.deepEqual(side.seqs(), []);

  side.hear({ type: 'participant-back', participant: bo, recovered: true });

  assert.deepEqual(side.seqs(), [1]);
});

test('whoStartsOverHasNotGotWhatWasNotAcknowledged', () => {
  const side = together().say(...many(3)).hear({ type: 'ack', participant: 'bo', seq: 1 }, signal(1));
  side.outputs();

  side.hear({ type: 'participant-back', participant: { ...bo, epoch: 8 }, recovered: false }).say({ data: 'new' });

  const [first, , last] = side.outputs();
  const bodies = [{ data: 1 }, { data: 2 }];
  assert.deepEqual(first, { type: 'undelivered', participant: 'bo', bodies, why: 'started-over' });
  assert.deepEqual(last?.type === 'send' && last.message, {
    type: 'signal', id: 5, to: 'bo', epoch: 8, seq: 1, data: 'new',
  });
  assert.equal(side.hear(signal(1)).outputs().length, 1, 'its numbers begin again as well');
});

test('whoMustStartOverReportsEverything', () => {
  const side = together().say(...many(2));
  side.streams.lost();
  side.outputs();

  side.join().hear(joined({ you: { ...ann, epoch: 6 } })).say({ data: 'new' });

  const outputs = side.outputs();
  assert.equal(outputs.filter((output) => output.type === 'undelivered').length, 1);
  assert.deepEqual(outputs.at(-1)?.type === 'send' && outputs.at(-1), {
    type: 'send', message: { type: 'signal', id: 4, to: 'bo', epoch: 7, seq: 1, data: 'new' },
  });
});

test('whoLeftOrIsMissingGetsNothingMore', () => {
  for (const news of [
    { type: 'participant-left', participant: 'bo', reason: 'left' },
    joined({ recovered: true, participants: [] }),
  ] as const) {
    const side = together().say({ data: 1 });
    side.outputs();
    side.hear(news).say({ data: 2 });

    const whys = side.outputs().flatMap((output) => (output.type === 'undelivered' ? [output.why] : []));
    assert.deepEqual(whys, ['left', 'left']);
  }
});

test('whoMayReturnToARestartedServerIsWaitedForSoLong', () => {
  const restarted = joined({ recovered: true, participants: [], othersMayReturnMs: 20_000 });
  const side = together().say({ data: 1 });
  side.streams.lost();
  side.join().hear(restarted);
  side.outputs();

  side.say({ data: 2 }).pass(19_000);
  assert.deepEqual(side.outputs(), []);
  side.hear({ type: 'participant-back', participant: bo, recovered: true });
  assert.deepEqual(side.seqs(), [1, 2]);

  side.hear(restarted).pass(20_000);
  const reported = side.outputs().find((output) => output.type === 'undelivered');
  assert.deepEqual(reported?.why, 'left');
});

test('toAPageThatStartedOverEverythingBeginsAtOneAlsoFromWhoReturnsLater', () => {
  const side = together().hear(signal(1));
  side.streams.lost();
  side.join().hear(joined({ you: { ...ann, epoch: 6 }, participants: [], othersMayReturnMs: 20_000 }));
  side.outputs();

  side.hear({ type: 'participant-back', participant: bo, recovered: true }, signal(1));

  const heard = side.outputs().flatMap((output) => (output.type === 'message' ? [output.message.type] : []));
  assert.deepEqual(heard, ['participant-back', 'signal']);
});

test('aSignalBeforeItsSenderIsNamedIsNotLost', () => {
  const side = new Side().join().hear(joined({ participants: [] }), signal(1));
  side.outputs();

  side.hear({ type: 'participant-joined', participant: bo }).pass(ACK_AFTER_MS);

  const outputs = side.outputs();
  assert.deepEqual(outputs.map((output) => (output.type === 'undelivered' ? '' : output.message.type)), [
    'participant-joined', 'signal', 'ack',
  ]);
});

test('aServerWithoutStreamsGetsSignalsAsTheyAre', () => {
  const { epoch: _, accepted: _accepted, ...plainBo } = bo;
  const { epoch: _epoch, ...plainAnn } = ann;
  const side = new Side().join().hear(joined({ you: plainAnn, participants: [plainBo] }));
  side.outputs();

  side.say({ data: 1 }).hear({ type: 'signal', from: 'bo', data: 2 }).pass(60_000);
  assert.deepEqual(side.outputs(), [
    { type: 'send', message: { type: 'signal', to: 'bo', data: 1 } },
    { type: 'message', message: { type: 'signal', from: 'bo', data: 2 } },
  ]);
  side.streams.lost();

  assert.deepEqual(side.say({ data: 3 }).outputs(), [
    { type: 'undelivered', participant: 'bo', bodies: [{ data: 3 }], why: 'unreachable' },
  ]);
});

test('theEndOfTheSessionReportsWhatIsLeft', () => {
  const side = together().say({ data: 1 });
  side.outputs();

  side.hear({ type: 'ended', reason: 'superseded' });

  assert.deepEqual(side.outputs().map((output) => output.type), ['undelivered', 'message']);
  assert.equal(side.streams.deadlineMs, Infinity);
});
