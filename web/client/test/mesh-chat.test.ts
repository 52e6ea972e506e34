import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallState, ChatMessage } from '../src/api.ts';
import { MeshChat } from '../src/mesh-chat.ts';
import { stateOfAll } from '../src/mesh-state.ts';

const own = (id: string, delivered: boolean): ChatMessage => ({ id, from: 'you', text: id, atMs: 0, delivered });
const theirs = (id: string): ChatMessage => ({ id, from: 'other', text: id, atMs: 0, delivered: true });
const bo = {};
const cy = {};

const shown = (chat: MeshChat) => chat.all.map(({ id, delivered, name }) => `${id} ${delivered} ${name ?? ''}`.trim());

test('whatIsSaidToAllIsThereOnceAndDeliveredWhenAllHaveIt', () => {
  const chat = new MeshChat();
  chat.take(bo, [own('1', false)], 'Bo');
  chat.take(cy, [own('1', false)], 'Cy');
  chat.take(bo, [own('1', true)], 'Bo');
  assert.deepEqual(shown(chat), ['1 false']);

  chat.take(cy, [own('1', true)], 'Cy');
  assert.deepEqual(shown(chat), ['1 true']);
});

test('whoHasLeftIsNotWaitedFor', () => {
  const chat = new MeshChat();
  chat.take(bo, [own('1', true)], 'Bo');
  chat.take(cy, [own('1', false)], 'Cy');

  chat.gone(cy);

  assert.deepEqual(shown(chat), ['1 true']);
});

test('whatTheOthersSayBearsTheirNameAndStaysWhenTheyHaveLeft', () => {
  const chat = new MeshChat();
  chat.take(bo, [theirs('b1')], 'Bo');
  chat.take(cy, [theirs('c1')], undefined);
  chat.take(bo, [theirs('b1'), theirs('b2')], 'Bo');
  chat.gone(bo);

  assert.deepEqual(shown(chat), ['b1 true Bo', 'c1 true', 'b2 true Bo']);
});

test('whatIsForgottenDoesNotComeBack', () => {
  const chat = new MeshChat();
  const all = Array.from({ length: 1_000 }, (_, i) => theirs(`b${i}`));
  chat.take(bo, all, 'Bo');
  chat.take(cy, [theirs('c')], 'Cy');
  chat.take(bo, all, 'Bo');

  assert.equal(chat.all.length, 1_000);
  assert.equal(chat.all.at(-1)?.id, 'c');
});

test('theStateOfAllIsTheSeatsAndTheBestOfTheLinks', () => {
  const server = { state: 'joined' } as const;
  const waiting: CallState = { name: 'waiting', server };
  const connecting: CallState = { name: 'connecting', server };
  const connected: CallState = { name: 'connected', server };
  const broken: CallState = { name: 'reconnecting', server, mediaFlows: false };
  const cut: CallState = { name: 'reconnecting', server: { state: 'lost' }, mediaFlows: false };
  const ended: CallState = { name: 'ended', reason: 'left' };

  assert.deepEqual(stateOfAll(waiting, []), waiting);
  assert.deepEqual(stateOfAll(waiting, [connecting, broken]), connecting);
  assert.deepEqual(stateOfAll(waiting, [broken, connected]), connected);
  assert.deepEqual(stateOfAll(waiting, [broken]), broken);
  assert.deepEqual(stateOfAll(cut, [{ ...broken, mediaFlows: true }]), { ...cut, mediaFlows: true });
  assert.deepEqual(stateOfAll(ended, [connected]), ended);
});
