import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Consent } from '../src/consent.ts';
import type { RecordingMessage } from '../src/direct.ts';
import { generator } from './virtual-time.ts';

/** One page, and what it has said that the other has not heard yet. */
class Page {
  readonly said: RecordingMessage[] = [];
  readonly consent = new Consent({ say: (message) => this.said.push(message), changed: () => undefined });
  #questions = 0;

  get state(): string {
    return this.consent.state;
  }

  ask(name = 'q'): Promise<boolean> {
    return this.consent.ask(`${name}${++this.#questions}`);
  }

  /** All that it has said is heard, in order. */
  to(other: Page, otherIsFirst: boolean): void {
    for (const message of this.said.splice(0)) other.consent.heard(message, otherIsFirst);
  }
}

/** A call of two who can say things to each other; the first has the lower order. */
class Pair {
  a = new Page();
  b = new Page();

  settle(): void {
    while (this.a.said.length + this.b.said.length > 0) {
      this.a.to(this.b, false);
      this.b.to(this.a, true);
    }
  }

  /** The channel closes, and what was on its way is lost. */
  close(): void {
    for (const { consent, said } of [this.a, this.b]) {
      consent.closed();
      said.length = 0;
    }
  }

  open(): void {
    for (const { consent, said } of [this.a, this.b]) {
      said.length = 0;
      consent.opened();
    }
  }

  get states(): readonly string[] {
    return [this.a.state, this.b.state];
  }
}

function recording(): Pair {
  const pair = new Pair();
  void pair.a.ask();
  pair.settle();
  pair.b.consent.answer(true);
  pair.settle();
  assert.deepEqual(pair.states, ['here', 'there']);
  return pair;
}

test('whoIsAskedDecides', async () => {
  for (const agree of [true, false]) {
    const pair = new Pair();
    const decided = pair.a.ask();
    pair.settle();
    assert.deepEqual(pair.states, ['asking', 'asked']);
    pair.b.consent.answer(agree);
    pair.settle();
    assert.equal(await decided, agree);
    assert.deepEqual(pair.states, agree ? ['here', 'there'] : ['none', 'none']);
  }
});

test('anAnswerBeforeTheQuestionIsNone', () => {
  const pair = new Pair();
  pair.a.consent.heard({ type: 'recording', step: 'agree', id: 'q1' }, true);
  pair.settle();
  void pair.a.ask('other');
  pair.a.consent.heard({ type: 'recording', step: 'agree', id: 'q1' }, true);
  assert.equal(pair.a.state, 'asking');
});

test('whoBelievesToBeRecordedAndIsNotIsToldSo', () => {
  const pair = recording();
  pair.a.consent.stop();
  pair.a.said.length = 0;
  pair.b.said.push({ type: 'recording', step: 'agree', id: 'q1' });
  pair.settle();
  assert.deepEqual(pair.states, ['none', 'none']);
});

test('anAgreementEndsWithWhoGaveIt', () => {
  const pair = recording();
  pair.a.consent.otherGone();
  pair.a.said.length = 0;
  pair.b = new Page();
  assert.equal(pair.a.state, 'none');
  pair.b.said.push({ type: 'recording', step: 'agree', id: 'q1' });
  pair.settle();
  assert.deepEqual(pair.states, ['none', 'none']);
});

test('nothingIsRecordedWhileTheOtherIsAway', () => {
  const pair = recording();
  pair.close();
  assert.deepEqual(pair.states, ['asking', 'none']);
  pair.open();
  pair.settle();
  assert.deepEqual(pair.states, ['here', 'there'], 'the same page has agreed to this');
});

test('aPageThatIsLoadedAgainIsAskedAgain', () => {
  const pair = recording();
  pair.close();
  pair.b = new Page();
  pair.open();
  pair.settle();
  assert.deepEqual(pair.states, ['asking', 'asked']);
  pair.b.consent.answer(false);
  pair.settle();
  assert.deepEqual(pair.states, ['none', 'none']);
});

test('whoHasAgreedMayThinkAgain', () => {
  const pair = recording();
  pair.b.consent.answer(false);
  pair.settle();
  assert.deepEqual(pair.states, ['none', 'none']);
  void pair.a.ask();
  pair.settle();
  assert.deepEqual(pair.states, ['asking', 'asked'], 'what was agreed to before is another question');
});

test('whatWasStoppedWhileTheOtherWasAwayDoesNotGoOn', () => {
  const pair = recording();
  pair.close();
  pair.a.consent.stop();
  pair.open();
  pair.settle();
  assert.deepEqual(pair.states, ['none', 'none']);
});

test('oneQuestionCountsWhenBothAskAtOnce', async () => {
  const pair = new Pair();
  void pair.a.ask('a');
  const second = pair.b.ask('b');
  pair.settle();
  assert.deepEqual(pair.states, ['asking', 'asked']);
  assert.equal(await second, false);
  pair.b.consent.answer(true);
  pair.settle();
  assert.deepEqual(pair.states, ['here', 'there']);
  assert.equal(await pair.b.ask('b'), false, 'one records at a time');
});

test('whoeverRecordsHasBeenAllowedToByThisOther', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const random = generator(seed);
    const pick = (count: number) => Math.floor(random() * count);
    const pair = new Pair();
    let open = true;
    for (let step = 0; step < 60; step++) {
      const [page, other] = pick(2) === 0 ? [pair.a, pair.b] : [pair.b, pair.a];
      [
        () => void page.ask(page === pair.a ? 'a' : 'b'),
        () => page.consent.answer(pick(2) === 0),
        () => page.consent.stop(),
        () => open && page.to(other, other === pair.a),
        () => open && page.to(other, other === pair.a),
        () => {
          if (open) pair.close();
          else pair.open();
          open = !open;
        },
        () => {
          if (open) return;
          // Somebody else comes.
          pair.b = new Page();
          pair.a.consent.otherGone();
        },
      ][pick(7)]?.();
      if (!open) page.said.length = other.said.length = 0;
    }
    if (!open) pair.open();
    pair.settle();
    const expected = { none: 'none', asking: 'asked', asked: 'asking', here: 'there', there: 'here' };
    assert.equal(pair.b.state, expected[pair.a.state as keyof typeof expected], `seed ${seed}`);
  }
});
