import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescriptionOrder } from '../src/description-order.ts';
import { isOf } from '../src/sdp.ts';

const offer = (turn?: number) => ({ type: 'offer', sdp: 'o', ...(turn === undefined ? {} : { turn }) }) as const;
const answer = (answers?: number) =>
  ({ type: 'answer', sdp: 'a', ...(answers === undefined ? {} : { answers }) }) as const;

test('anOfferThatComesAfterANewerOneIsOld', () => {
  const order = new DescriptionOrder();
  order.takes(offer(3));

  assert.equal(order.judge(offer(2)), 'old');
  assert.equal(order.judge(offer(4)), 'new');
});

test('anOfferThatComesTwiceIsAnsweredAgainAndNotTakenAgain', () => {
  const order = new DescriptionOrder();
  order.takes(offer(3));

  assert.equal(order.judge(offer(3)), 'again');
  order.takes({ type: 'answer', sdp: 'a', turn: 4, answers: 1 });
  assert.equal(order.judge(offer(3)), 'old');
});

test('anAnswerNamesItsOfferAndIsNoneToAnother', () => {
  const [here, there] = [new DescriptionOrder(), new DescriptionOrder()];
  here.makes('offer');
  there.takes(here.marked({ type: 'offer', sdp: 'o' }));
  there.makes('answer');
  const said = there.marked({ type: 'answer', sdp: 'a' });

  assert.deepEqual(said, { type: 'answer', sdp: 'a', turn: 1, answers: 1 });
  assert.equal(here.judge(said), 'new');
  here.makes('offer');
  assert.equal(here.judge(said), 'old');
});

test('whoDoesNotCountIsAlwaysNew', () => {
  const order = new DescriptionOrder();
  order.takes(offer());
  order.makes('answer');

  assert.equal(order.judge(offer()), 'new');
  assert.equal(order.judge(answer()), 'new');
  assert.equal(order.marked(answer()).answers, undefined);
});

test('aCandidateBelongsToTheGenerationThatItNames', () => {
  const sdp = 'v=0\r\na=ice-ufrag:ab+\r\n';

  assert.equal(isOf(sdp, 'ab+'), true);
  assert.equal(isOf(sdp, 'ab'), false);
  assert.equal(isOf(sdp, undefined), true);
});
