import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { FileTransfer, TransferState } from '../src/api.ts';
import { WINDOW_BYTES } from '../src/file-out.ts';
import { MemorySink } from '../src/file-sink.ts';
import type { FileSink } from '../src/file-sink.ts';
import { BLOCK_BYTES, readFileText, safeName } from '../src/file-text.ts';
import { Files } from '../src/files.ts';
import { FakeChannel } from './fake-channel.ts';

const ENDED: readonly TransferState[] = ['done', 'refused', 'cancelled', 'interrupted', 'damaged'];

/** Two pages with a connection between them. */
class World {
  readonly channels: FakeChannel[] = [];
  readonly states = new Map<string, TransferState[]>();
  sink: (name: string, size: number, type: string) => Promise<FileSink> = async (name, _, type) =>
    new MemorySink(name, type);
  prepare: (channel: FakeChannel) => void = () => undefined;
  offered: (file: FileTransfer) => void = (file) => void file.accept();
  maxMessageSize = 262_144;
  readonly here: Files;
  readonly there: Files;

  constructor() {
    this.there = new Files({
      open: () => assert.fail('not here'),
      maxMessageSize: () => 0,
      changed: (file) => {
        const before = this.states.get(file.id);
        this.#note(file);
        if (before === undefined && file.state === 'offered') this.offered(file);
      },
      sink: (...file) => this.sink(...file),
    });
    this.here = new Files({
      open: () => {
        const [here, there] = FakeChannel.pair();
        this.channels.push(here);
        this.prepare(here);
        setImmediate(() => {
          this.there.receive(there);
          here.open();
        });
        return here;
      },
      maxMessageSize: () => this.maxMessageSize,
      changed: () => undefined,
    });
  }

  #note(file: FileTransfer): void {
    const states = this.states.get(file.id) ?? [];
    if (states.at(-1) !== file.state) states.push(file.state);
    this.states.set(file.id, states);
  }

  /** Both ends, when both are over. */
  async both(file: FileTransfer): Promise<[FileTransfer, FileTransfer]> {
    const other = (): FileTransfer | undefined => this.there.all.find((one) => one.id === file.id);
    await until(() => ENDED.includes(file.state) && ENDED.includes(other()?.state ?? 'offered'));
    return [file, other() as FileTransfer];
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert.ok(turns < 2_000_000, 'it does not come');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const SOME = new Uint8Array(6 * BLOCK_BYTES);
for (let i = 0, x = 7; i < SOME.length; i++) SOME[i] = x = (x * 48271) % 2147483647;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return SOME.subarray(0, length);
}

function hashOf(bytes: Uint8Array): string {
  const all = createHash('sha256');
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    all.update(createHash('sha256').update(bytes.subarray(at, at + BLOCK_BYTES)).digest());
  }
  return all.digest('hex');
}

test('filesOfEverySizeArriveWhole', async () => {
  for (const size of [0, 1, 65_536, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5 * BLOCK_BYTES]) {
    const world = new World();
    const bytes = bytesOf(size);
    const [sent, got] = await world.both(world.here.send(new File([bytes], 'a.png', { type: 'image/png' })));

    assert.deepEqual([sent.state, got.state, got.name, got.type], ['done', 'done', 'a.png', 'image/png']);
    assert.deepEqual([sent.bytes, got.bytes, got.size], [size, size, size]);
    assert.deepEqual([sent.hash, got.hash], [hashOf(bytes), hashOf(bytes)]);
    assert.ok(Buffer.from(await got.file!.arrayBuffer()).equals(bytes));
    assert.deepEqual(world.states.get(got.id), ['offered', 'going', 'done']);
    await until(() => world.channels[0]!.readyState === 'closed');
  }
});

test('noMessageIsLongerThanTheConnectionAllows', async () => {
  const world = new World();
  world.maxMessageSize = 1000;
  let longest = 0;
  world.prepare = (channel) => {
    channel.alter = (data) => {
      if (typeof data !== 'string') longest = Math.max(longest, data.byteLength);
      return data;
    };
  };
  const [, got] = await world.both(world.here.send(new File([bytesOf(10_500)], 'a')));

  assert.equal(got.state, 'done');
  assert.equal(longest, 1000);
});

test('aRefusedFileSendsNothing', async () => {
  const world = new World();
  world.offered = (file) => file.cancel();
  const [sent, got] = await world.both(world.here.send(new File([bytesOf(10)], 'a')));

  assert.deepEqual([sent.state, got.state, sent.bytes], ['refused', 'refused', 0]);
});

for (const side of ['here', 'there'] as const) {
  test(`cancelled ${side} in the middle both stop and nothing stays`, async () => {
    const world = new World();
    let aborted = 0;
    const nothing = async () => undefined;
    world.sink = async () => ({ write: nothing, finish: nothing, abort: async () => void aborted++ });
    const file = world.here.send(new File([bytesOf(6 * BLOCK_BYTES)], 'a'));
    await until(() => file.bytes > BLOCK_BYTES);
    world[side].all[0]!.cancel();
    const [sent, got] = await world.both(file);
    await until(() => aborted > 0);

    assert.deepEqual([sent.state, got.state, aborted], ['cancelled', 'cancelled', 1]);
    await until(() => world.channels[0]!.readyState === 'closed');
  });
}

test('aFileCancelledBeforeItIsAcceptedIsCancelledOnBothSides', async () => {
  const world = new World();
  world.offered = () => undefined;
  const file = world.here.send(new File([bytesOf(10)], 'a'));
  await until(() => world.there.all.length === 1);
  file.cancel();
  const [sent, got] = await world.both(file);

  assert.deepEqual([sent.state, got.state], ['cancelled', 'cancelled']);
});

test('aConnectionThatIsLostInTheMiddleInterruptsBoth', async () => {
  const world = new World();
  const file = world.here.send(new File([bytesOf(6 * BLOCK_BYTES)], 'a'));
  await until(() => file.bytes > BLOCK_BYTES);
  world.channels[0]!.cut();
  const [sent, got] = await world.both(file);

  assert.deepEqual([sent.state, got.state], ['interrupted', 'interrupted']);
});

test('aByteThatChangesOnTheWayIsDamage', async () => {
  const world = new World();
  let chunks = 0;
  world.prepare = (channel) => {
    channel.alter = (data) => {
      if (typeof data !== 'string' && ++chunks === 9) new Uint8Array(data)[77]! ^= 1;
      return data;
    };
  };
  const [sent, got] = await world.both(world.here.send(new File([bytesOf(2 * BLOCK_BYTES)], 'a')));

  assert.deepEqual([sent.state, got.state, got.file], ['damaged', 'damaged', undefined]);
});

test('bytesThatAreMissingOrTooManyAreDamage', async () => {
  for (const change of [0, 2]) {
    const world = new World();
    world.prepare = (channel) => {
      channel.alter = (data) => (typeof data === 'string' ? data : new ArrayBuffer(data.byteLength * change));
    };
    const [sent, got] = await world.both(world.here.send(new File([bytesOf(1000)], 'a')));
    assert.deepEqual([sent.state, got.state], ['damaged', 'damaged']);
  }
});

test('bytesBeforeTheFileIsAcceptedAreDamage', async () => {
  const world = new World();
  world.offered = () => undefined;
  const file = world.here.send(new File([bytesOf(10)], 'a'));
  await until(() => world.there.all.length === 1);
  world.channels[0]!.send(new Uint8Array(4));
  const [sent, got] = await world.both(file);

  assert.deepEqual([sent.state, got.state], ['damaged', 'damaged']);
});

test('whenThereIsNoSpaceBothAreToldSo', async () => {
  const full = async (): Promise<never> => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const sinks = [full, async () => ({ write: full, finish: async () => undefined, abort: async () => {} })];
  for (const sink of sinks) {
    const world = new World();
    world.sink = sink;
    const [sent, got] = await world.both(world.here.send(new File([bytesOf(10)], 'a')));

    assert.deepEqual([sent.state, got.state], ['interrupted', 'interrupted']);
    assert.deepEqual([sent.problem, got.problem], ['no-space', 'no-space']);
  }
});

test('whoChoosesNoPlaceCanStillAcceptLater', async () => {
  const world = new World();
  world.offered = () => undefined;
  const file = world.here.send(new File([bytesOf(10)], 'a'));
  await until(() => world.there.all.length === 1);
  const memory = world.sink;
  world.sink = async () => {
    throw new DOMException('no place', 'AbortError');
  };
  await assert.rejects(world.there.all[0]!.accept(), /no place/);
  assert.equal(world.there.all[0]!.state, 'offered');

  world.sink = memory;
  await world.there.all[0]!.accept();
  assert.equal((await world.both(file))[1].state, 'done');
});

test('aFileThatCannotBeReadIsSaidToBeSo', async () => {
  const world = new World();
  const source = { name: 'a', size: 10, type: '', slice: () => ({ arrayBuffer: async () => new ArrayBuffer(9) }) };
  const [sent, got] = await world.both(world.here.send(source as unknown as File));

  assert.deepEqual([sent.state, sent.problem, got.problem], ['interrupted', 'not-read', 'not-read']);
});

test('fourAreOnTheWayAtOnceAndTheOthersWait', async () => {
  const world = new World();
  world.offered = () => undefined;
  const files = Array.from({ length: 6 }, (_, i) => world.here.send(new File([bytesOf(10)], `${i}`)));
  await until(() => world.there.all.length === 4);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(world.channels.length, 4);

  world.offered = (file) => void file.accept();
  for (const one of world.there.all) void one.accept();
  for (const file of files) assert.equal((await world.both(file))[1].state, 'done');
});

test('aFifthThatComesInAllTheSameIsRefused', async () => {
  const world = new World();
  world.offered = () => undefined;
  for (let i = 0; i < 4; i++) world.here.send(new File([bytesOf(10)], `${i}`));
  await until(() => world.there.all.length === 4);
  const [here, there] = FakeChannel.pair();
  const heard: unknown[] = [];
  here.addEventListener('message', (event) => heard.push((event as MessageEvent).data));
  here.open();
  world.there.receive(there);
  await until(() => heard.length > 0);

  assert.deepEqual(heard, ['{"type":"failed","problem":"too-many"}']);
  assert.equal(world.there.all.length, 4);
});

test('threeHundredMegabytesNeedLittleMemory', async () => {
  const blocks = 300;
  const size = blocks * BLOCK_BYTES;
  const source = {
    name: 'large.bin',
    size,
    type: '',
    slice: (from: number, to: number) => ({
      arrayBuffer: async () => new Uint8Array(to - from).fill((from / BLOCK_BYTES) & 255).buffer,
    }),
  };
  const world = new World();
  let written = 0;
  let ahead = 0;
  world.sink = async () => ({
    write: async (bytes) => {
      assert.equal(bytes[0], (written / BLOCK_BYTES) & 255);
      // A disk that is slower than the network, and rests for a while.
      const rests = written === 100 * BLOCK_BYTES ? 300 : written % (16 * BLOCK_BYTES) === 0 ? 5 : 0;
      if (rests > 0) await new Promise((resolve) => setTimeout(resolve, rests));
      written += bytes.length;
    },
    finish: async () => undefined,
    abort: async () => {},
  });
  let sentBytes = 0;
  world.prepare = (channel) => {
    channel.alter = (data) => {
      if (typeof data !== 'string') sentBytes += data.byteLength;
      ahead = Math.max(ahead, sentBytes - written);
      return data;
    };
  };
  const [sent, got] = await world.both(world.here.send(source as unknown as File));

  assert.deepEqual([sent.state, got.state, written], ['done', 'done', size]);
  assert.equal(sent.hash, got.hash);
  assert.ok(ahead <= WINDOW_BYTES + BLOCK_BYTES, `${ahead} bytes ahead of the disk`);
  assert.ok(world.channels[0]!.bufferedMax <= BLOCK_BYTES + 65_536, `${world.channels[0]!.bufferedMax} buffered`);
});

test('whateverHappensOnTheWayBothSidesEndAndDoneMeansWhole', async () => {
  const outcomes = new Map<string, number>();
  for (let seed = 1; seed <= 150; seed++) {
    let x = seed * 7919;
    const random = (below: number): number => (x = (x * 48271) % 2147483647) % below;
    const world = new World();
    const bytes = bytesOf(random(3 * BLOCK_BYTES));
    const at = random(60);
    const what = random(6);
    let messages = 0;
    world.maxMessageSize = 65_536;
    world.prepare = (channel) => {
      const happens = (data: string | ArrayBuffer): string | ArrayBuffer | undefined => {
        if (++messages !== at) return data;
        if (what === 0) setImmediate(() => channel.cut());
        if (what === 1) file.cancel();
        if (what === 2) world.there.all[0]?.cancel();
        if (what === 3) return undefined;
        if (what === 4 && typeof data !== 'string') new Uint8Array(data)[random(data.byteLength)]! ^= 1 << random(8);
        return data;
      };
      channel.alter = happens;
      channel.other.alter = happens;
    };
    const file: FileTransfer = world.here.send(new File([bytes], 'a'));
    if (what === 3) {
      await until(() => messages >= at || ENDED.includes(file.state));
      // What is lost on a reliable channel is lost with it.
      if (messages >= at) world.channels[0]!.cut();
    }
    await until(() => world.there.all.every((one) => ENDED.includes(one.state)) && ENDED.includes(file.state));

    const got = world.there.all[0];
    const outcome = `${file.state}/${got?.state}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (got?.state === 'done') {
      assert.ok(Buffer.from(await got.file!.arrayBuffer()).equals(bytes), `seed ${seed}`);
      assert.equal(got.hash, hashOf(bytes), `seed ${seed}`);
    }
    if (file.state === 'done') assert.equal(got?.state, 'done', `seed ${seed}`);
    if (what === 5) assert.equal(outcome, 'done/done', `seed ${seed}`);
    assert.notEqual(file.state, 'offered', `seed ${seed}`);
  }
  for (const outcome of ['done/done', 'cancelled/cancelled', 'interrupted/interrupted', 'damaged/damaged']) {
    assert.ok(outcomes.has(outcome), `${outcome}: ${JSON.stringify([...outcomes])}`);
  }
});

test('aNameIsOnlyAName', () => {
  const names: readonly (readonly [string, string])[] = [
    ['photo.jpg', 'photo.jpg'],
    ['照片 1.jpg', '照片 1.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system.ini', 'system.ini'],
    ['..', 'file'],
    ['', 'file'],
    ['.bashrc', 'bashrc'],
    ['a\u0000b\nc\u007f.txt', 'abc.txt'],
    ['gpj\u202Eexe.txt', 'gpjexe.txt'],
    ['what?*.txt ', 'what__.txt'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['e\u0301.txt', 'é.txt'],
  ];
  for (const [name, safe] of names) assert.equal(safeName(name), safe, name);
  const long = safeName(`${'好'.repeat(200)}.jpeg`);
  assert.ok(Buffer.byteLength(long) <= 255 && long.endsWith('好.jpeg'), long);
});

test('aTypeThatCouldRunHereIsOnlyBytes', () => {
  const typed = (mime: string) => readFileText(JSON.stringify({ type: 'file', id: 'a', name: 'a', size: 1, mime }));
  for (const [mime, safe] of [
    ['text/html', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['image/png', 'image/png'],
    ['video/mp4', 'video/mp4'],
  ] as const) {
    assert.equal((typed(mime) as { mime: string }).mime, safe);
  }
});

test('whatIsNoTextOfATransferIsNothing', () => {
  for (const text of [
    '',
    'null',
    '{}',
    '{"type":"file","id":"a","name":"a","size":-1,"mime":""}',
    '{"type":"file","id":"a","name":"a","size":1e300,"mime":""}',
    '{"type":"file","id":1,"name":"a","size":1,"mime":""}',
    '{"type":"written"}',
    '{"type":"failed","problem":"x"}',
    '{"type":"end","hash":1}',
  ]) {
    assert.equal(readFileText(text), undefined, text);
  }
});
