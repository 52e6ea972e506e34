import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationPatch } from '../src/webm.ts';

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

const HEADER = '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff';
/** How the files of Chromium 156 begin: no duration. */
const CHROMIUM = bytes(
  `${HEADER} 1549a96699 2ad7b1830f4240 4d80864368726f6d65 5741864368726f6d65 1654ae6bfdae000000`,
);
/** How the files of Firefox 153 begin: a duration of 0. */
const FIREFOX = bytes(
  `1a45dfa3010000000000001f4286810142f7810142f2810442f381084282847765626d42878102428581021853806701ffffffffffffff
   114d9b740100000000000000 1549a9660100000000000049 2ad7b1830f4240 4489880000000000000000
   4d809851546d7578696e674170704c69625765624d2d302e302e31
   57419977726974696e674170704c69625765624d2d302e302e31 1654ae6b0100000000000095`,
);

function patched(file: Uint8Array, durationMs: number): Uint8Array {
  const patch = durationPatch(file, durationMs);
  assert.ok(patch !== undefined);
  return new Uint8Array(Buffer.concat([file.subarray(0, patch.from), patch.bytes, file.subarray(patch.to)]));
}

test('aFileWithoutADurationGetsOne', () => {
  const file = patched(CHROMIUM, 5002.7);

  assert.equal(
    hex(file),
    hex(bytes(HEADER)) +
      '1549a9660100000000000024' +
      '2ad7b1830f42404d80864368726f6d655741864368726f6d65' +
      '44898840b38ab333333333' +
      '1654ae6bfdae000000',
  );
});

test('aDurationOfNothingIsReplacedInItsPlace', () => {
  const file = patched(FIREFOX, 1000);

  assert.equal(file.length, FIREFOX.length);
  assert.equal(hex(file), hex(FIREFOX).replace('4489880000000000000000', '448988408f400000000000'));
});

test('whatWasInsertedOnceIsReplacedTheNextTime', () => {
  const twice = patched(patched(CHROMIUM, 5), 5002.7);
  assert.equal(hex(twice), hex(patched(CHROMIUM, 5002.7)));
});

test('theUnitOfTheFileIsHeeded', () => {
  const microseconds = bytes(hex(FIREFOX).replace('2ad7b1830f4240', '2ad7b1830003e8'));
  const patch = durationPatch(microseconds, 2);
  assert.equal(new DataView(patch!.bytes.buffer).getFloat64(0), 2000);
});

test('aFileThatIsOtherwiseStaysAsItIs', () => {
  // A segment with a length, into which nothing can be inserted; a cut one; none at all.
  const closed = bytes(hex(CHROMIUM).replace('01ffffffffffffff', '0100000000000100'));
  assert.equal(durationPatch(closed, 1000), undefined);
  for (let length = 0; length < HEADER.length / 2 + 24; length++) {
    assert.equal(durationPatch(CHROMIUM.subarray(0, length), 1000), undefined, `${length} bytes`);
  }
  for (const other of ['', '00', '0000002066747970', 'ffffffffffffffffffff', '1a45dfa3ff']) {
    assert.equal(durationPatch(bytes(other), 1000), undefined, other);
  }
});

test('randomBytesAreNoFault', () => {
  for (let seed = 1; seed < 3000; seed++) {
    const file = patched(CHROMIUM, seed);
    for (let i = 0, x = seed; i < 6; i++) {
      x = (x * 48271) % 2147483647;
      file[x % file.length] = x >> 8;
    }
    durationPatch(file, 1000);
  }
});
