import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timings } from '../src/timings.ts';

test('aStageIsMarkedWhenItIsReachedFirst', () => {
  let now = 5;
  const timings = new Timings(() => now);
  timings.mark('begun');
  const before = timings.all;

  now = 9;
  timings.mark('begun');
  timings.mark('socket');

  assert.deepEqual(timings.all, { begun: 5, socket: 9 });
  assert.deepEqual(before, { begun: 5 });
});
