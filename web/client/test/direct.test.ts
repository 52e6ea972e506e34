import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIRECT_KEPT, DIRECT_TEXT_BYTES, readDirect } from '../src/direct.ts';
import { DirectOutbox, writeDirect } from '../src/direct-outbox.ts';
import type { ChatText, DirectMessage } from '../src/direct.ts';
import type { Json } from '../src/protocol.ts';

const sdp = 'v=0\r\n';
const MESSAGES: readonly DirectMessage[] = [
  { type: 'media', microphone: true, camera: false, screen: false },
  { type: 'quality', bars: 2, audio: 71 },
  { type: 'chat', id: 'a-1', text: 'hello 你好 👋', atMs: 5 },
  { type: 'app', id: 'a-2', value: null },
  { type: 'app', id: 'a-3', value: { deep: [1, 'two', { three: false }] } },
  { type: 'ack', ids: ['a-1', 'a-2'] },
  { type: 'safety', step: 'commit', bytes: '0a'.repeat(32) },
  { type: 'recording', step: 'ask', id: 'q-1' },
  { type: 'signal', body: { description: { type: 'offer', sdp } } },
  { type: 'signal', body: { candidate: null } },
  { type: 'signal', body: { candidate: { candidate: '', sdpMid: '0' } } },
  { type: 'named', heard: true },
  { type: 'bye' },
];

test('everyMessageIsReadAsItWasWritten', () => {
  for (const message of MESSAGES) {
    const written = writeDirect(message);
    assert.equal(written.kind, 'text');
    assert.deepEqual(readDirect(written.kind === 'text' && written.text), { kind: 'message', message });
  }
});

test('aTypeOfALaterVersionIsUnknownAndNoFault', () => {
  assert.deepEqual(readDirect('{"type":"whiteboard"}'), { kind: 'unknown', type: 'whiteboard' });
  assert.deepEqual(readDirect('{"type":"toString"}'), { kind: 'unknown', type: 'toString' });
});

test('aMessageWithoutWhatItPromisesIsBad', () => {
  const bad: readonly unknown[] = [
    new ArrayBuffer(2),
    '',
    '[]',
    'null',
    '{}',
    '{"type":1}',
    '{"type":"media","microphone":true,"camera":true}',
    '{"type":"quality","bars":4}',
    '{"type":"quality","bars":3,"audio":101}',
    '{"type":"chat","id":"","text":"x","atMs":1}',
    `{"type":"chat","id":"${'x'.repeat(65)}","text":"x","atMs":1}`,
    '{"type":"chat","id":"a","text":"x"}',
    '{"type":"app","id":"a"}',
    '{"type":"ack","ids":[1]}',
    `{"type":"ack","ids":${JSON.stringify(Array(DIRECT_KEPT + 1).fill('a'))}}`,
    '{"type":"safety","step":"nonce","bytes":"0A"}',
    '{"type":"safety","step":"nonce"}',
    '{"type":"recording","step":"start","id":"q"}',
    '{"type":"recording","step":"ask"}',
    '{"type":"signal","body":{}}',
    '{"type":"signal","body":{"data":1}}',
    '{"type":"signal","body":{"description":{"type":"offer"}}}',
    '{"type":"signal","body":{"candidate":null,"description":{"type":"offer","sdp":""}}}',
    ' '.repeat(70_000),
  ];
  for (const data of bad) assert.equal(readDirect(data).kind, 'bad', String(data).slice(0, 80));
});

test('whatIsTooLongIsRefusedWithItsSize', () => {
  const refused = writeDirect({ type: 'chat', id: 'a', text: '好'.repeat(DIRECT_TEXT_BYTES / 3), atMs: 0 });

  assert.ok(refused.kind === 'refused' && refused.code === 'message-too-long');
  assert.match(refused.problem, /^\d+ bytes as JSON \(at most 16384\)$/);
});

test('aDescriptionMayBeLongerThanAText', () => {
  const long = { type: 'offer', sdp: 'x'.repeat(30_000) } as const;

  assert.equal(writeDirect({ type: 'signal', body: { description: long } }).kind, 'text');
  assert.equal(writeDirect({ type: 'app', id: 'a', value: long.sdp }).kind, 'refused');
});

test('whatIsNotJsonIsRefused', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const value of [undefined, cycle, 1n]) {
    const refused = writeDirect({ type: 'app', id: 'a', value: value as Json });
    assert.ok(refused.kind === 'refused' && refused.code === 'message-not-json');
  }
});

const chat = (outbox: DirectOutbox, text: string): ChatText => ({ type: 'chat', id: outbox.nextId(), text, atMs: 0 });

test('whatIsNotAcknowledgedIsSaidAgainInOrder', () => {
  const outbox = new DirectOutbox('page');
  const said = ['one', 'two', 'three'].map((text) => chat(outbox, text));
  for (const message of said) outbox.keep(message);

  assert.deepEqual(outbox.acknowledge([said[1]!.id, 'never said']), [said[1]!.id]);
  assert.deepEqual(outbox.acknowledge([said[1]!.id]), []);
  assert.deepEqual(
    outbox.unacknowledged().map((text) => JSON.parse(text).text),
    ['one', 'three'],
  );
});

test('atMostSoManyAreKeptAndTheNextIsRefused', () => {
  const outbox = new DirectOutbox('page');
  for (let i = 0; i < DIRECT_KEPT; i++) assert.equal(outbox.keep(chat(outbox, 'x')).kind, 'text');

  const refused = outbox.keep(chat(outbox, 'x'));

  assert.ok(refused.kind === 'refused' && refused.code === 'outbox-full');
  assert.equal(outbox.unacknowledged().length, DIRECT_KEPT);
});

test('whenEverythingIsSaidTwiceEverythingIsHeardOnce', () => {
  const outbox = new DirectOutbox('page');
  const other = new DirectOutbox('other');
  for (let i = 0; i < 1000; i++) assert.equal(other.hear(chat(outbox, 'x').id), true);
  for (let i = 0; i < DIRECT_KEPT; i++) outbox.keep(chat(outbox, 'x'));
  const ids = outbox.unacknowledged().map((text) => JSON.parse(text).id as string);

  assert.deepEqual(ids.filter((id) => other.hear(id)), ids);
  assert.deepEqual(ids.filter((id) => other.hear(id)), []);
});

test('overConnectionsThatBreakEverythingIsHeardOnceInOrder', () => {
  for (let seed = 1; seed <= 200; seed++) {
    let x = seed * 7919;
    const random = (below: number): number => (x = (x * 48271) % 2147483647) % below;
    const [here, there] = [new DirectOutbox('here'), new DirectOutbox('there')];
    const heard: string[] = [];
    const delivered: string[] = [];
    let way: string[] = [];
    let back: string[][] = [];
    let said = 0;
    for (let step = 0; step < 2000 || here.unacknowledged().length > 0; step++) {
      assert.ok(step < 20_000, `seed ${seed}: it does not end`);
      const what = random(step < 2000 ? 40 : 30);
      if (what === 0) {
        way = [...here.unacknowledged()];
        back = [];
      } else if (what < 15 && way.length > 0) {
        const message = readDirect(way.shift());
        assert.ok(message.kind === 'message' && message.message.type === 'chat');
        if (there.hear(message.message.id)) heard.push(message.message.text);
        back.push([message.message.id]);
      } else if (what < 30) {
        delivered.push(...here.acknowledge(back.shift() ?? []));
      } else {
        const written = here.keep(chat(here, String(said)));
        if (written.kind === 'text') {
          way.push(written.text);
          said += 1;
        }
      }
    }
    assert.deepEqual(heard, Array.from({ length: said }, (_, i) => String(i)), `seed ${seed}`);
    assert.equal(new Set(delivered).size, said, `seed ${seed}`);
    assert.equal(delivered.length, said, `seed ${seed}`);
  }
});

test('nothingOfOneParticipantIsSaidToTheNext', () => {
  const outbox = new DirectOutbox('page');
  const message = chat(outbox, 'for you alone');
  outbox.keep(message);

  assert.deepEqual(outbox.clear(), [message.id]);
  assert.deepEqual(outbox.unacknowledged(), []);
  assert.notEqual(outbox.nextId(), message.id);
});
