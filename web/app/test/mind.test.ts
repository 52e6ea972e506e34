import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOf } from '../src/browser.ts';
import type { PageCall } from '../src/call-source.ts';
import { capabilitiesOf } from '../src/capabilities.ts';
import { BO, CHAT, madeUpCall } from '../src/made-up.ts';
import { Page } from '../src/page.ts';
import type { CallState } from '../src/sdk.ts';
import { settingsFrom } from '../src/settings.ts';
import { learn } from '../src/text/languages.ts';
import { screenOf } from '../src/view-model.ts';
import type { CallData, Notify } from '../src/view-model.ts';

await learn('en');

const WINDOW = { dark: false, secure: true, damaged: false, loaded: true };
const joined = { state: 'joined' } as const;
const LOBBY: CallState = { name: 'lobby', here: [], full: false, server: joined };

/** A call that does as it is told, and tells the page. */
class FakeCall {
  data: CallData = { ...madeUpCall({ getVideoTracks: () => [] } as unknown as MediaStream),
    state: LOBBY, other: { state: 'none' } };
  readonly told: string[] = [];
  screenRefused = false;
  readonly echo = { state: { state: 'trying', over: 'udp' }, stop: () => this.told.push('hang up') };
  #changed: (() => void)[] = [];

  /** What a page holds of it. */
  readonly call = new Proxy(this, {
    get: (fake, name) => {
      if (name === 'join') return (called?: string) =>
        fake.become({ name: 'waiting', server: joined }, `join ${called}`);
      if (name === 'leave') return () => fake.become({ name: 'ended', reason: 'left' }, 'leave');
      if (name === 'look') return () => undefined;
      if (name === 'preview') return () => Promise.resolve();
      if (name === 'echo') return () => Promise.resolve(fake.echo);
      if (name === 'say') return (text: string) => fake.told.push(`say ${text}`);
      if (name === 'on') return (_: string, listener: () => void) => fake.#changed.push(listener);
      if (name === 'screen') return { ...fake.data.screen,
        start: () => fake.startScreen(), stop: () => fake.told.push('stop') };
      return fake.data[name as keyof CallData];
    },
  }) as unknown as PageCall;

  become(state: CallState, why = '', more: Partial<CallData> = {}): void {
    this.told.push(why);
    this.data = { ...this.data, ...more, state };
    for (const listener of this.#changed) listener();
  }

  startScreen(): Promise<void> {
    return this.screenRefused ? Promise.reject(new Error('no')) : Promise.resolve();
  }
}

function world(comesBack = false) {
  const calls: FakeCall[] = [];
  const rooms: (string | undefined)[] = [];
  const asked: { url: string; room: string; relayOnly: boolean }[] = [];
  const kept = new Map<string, string>();
  const yes = { lobby: true, devices: false, screen: true, chat: true, files: true,
    recording: true, quality: true, safety: true };
  const facts = {
    webrtc: true,
    secure: true, displayMedia: true, enumerate: true, pictureInPicture: true, fullscreen: true, share: true,
    notifications: true, recorder: true, sinks: true, coarse: false,
  };
  const browser = browserOf('Chrome/140.0 Safari/537.36');
  const page = new Page(settingsFrom(() => undefined, ['en']), {
    browser,
    can: capabilitiesOf(yes, facts, browser),
    courtesy: { changed: () => undefined, isTalkingMuted: () => false,
      askToNotify: () => Promise.resolve<Notify>('on') },
    openCall: (options) => {
      asked.push(options);
      calls.push(new FakeCall());
      return (calls.at(-1) as FakeCall).call;
    },
    comesBack: () => comesBack,
    base: () => 'https://host/video/?relay=only#old',
    remember: (key, value) => kept.set(key, value),
    roomChanged: (room) => rooms.push(room),
    changed: () => undefined,
  });
  const model = (nowMs = performance.now()) => page.model(nowMs, WINDOW);
  return { page, calls, rooms, asked, kept, model, face: () => screenOf(model().call) };
}

test('whoStartsACallIsInItsRoomAtOnce', () => {
  const { page, calls, rooms, asked, kept, model, face } = world();
  page.enter(undefined);
  assert.equal(face(), 'start');

  page.set('name', ' Ann ');
  page.create();

  assert.equal(face(), 'waiting');
  assert.deepEqual(calls[0]?.told, ['join Ann']);
  assert.equal(kept.get('name'), 'Ann');
  assert.equal(rooms.length, 1);
  assert.equal(asked[0]?.room, rooms[0]);
  assert.equal(asked[0]?.relayOnly, true);
  assert.equal(asked[0]?.url, 'wss://host/video/ws');
  assert.equal(model().link, `https://host/video/?relay=only#${rooms[0]}`);
});

test('whoComesByALinkIsAskedFirst', () => {
  const { page, calls, face } = world();
  page.enter('r');

  assert.equal(face(), 'invited');
  page.join();
  page.join();
  assert.deepEqual(calls[0]?.told, ['join ']);
});

test('aCallWithOneselfIsBeforeTheDoorOnly', async () => {
  const { page, calls, model } = world();
  page.enter('r');
  await Promise.all([page.echo(), page.echo()]);

  assert.equal(model().echo?.state.state, 'trying');
  assert.equal(typeof model().echo?.draw, 'function');
  await page.echo();
  assert.equal(model().echo, undefined, 'it was hung up');

  await page.echo();
  page.join();
  assert.equal(model().echo, undefined, 'they went in');
  const slow = page.echo();
  await slow;
  assert.equal(model().echo, undefined, 'it came too late');
  assert.equal(calls[0]?.told.filter((told) => told === 'hang up').length, 4, 'two at once, twice ended, too late');
});

test('whoReloadsIsNotAsked', () => {
  const { page, face } = world(true);
  page.enter('r');

  assert.equal(face(), 'waiting');
});

test('theSameRoomAgainIsAnotherCall', () => {
  const { page, calls, rooms, face } = world();
  page.enter('r');
  page.join();
  calls[0]?.become({ name: 'ended', reason: 'full' });
  assert.equal(face(), 'ended');

  page.again();

  assert.equal(calls.length, 2);
  assert.equal(face(), 'waiting');
  calls[0]?.become({ name: 'ended', reason: 'error' });
  assert.equal(face(), 'waiting', 'a call that was left behind has nothing to say');
  assert.deepEqual(rooms, []);
});

test('whoseOtherTabHasTheSeatStartsAnew', () => {
  const { page, calls, rooms, face } = world();
  page.enter('r');
  page.join();
  calls[0]?.become({ name: 'ended', reason: 'superseded' });

  page.again();

  assert.equal(face(), 'start');
  assert.deepEqual(rooms, [undefined]);
});

test('theControlsGoWhenNothingMovesAndNothingIsOpen', () => {
  const { page, calls, model } = world();
  page.enter('r');
  page.join();
  const later = performance.now() + 60_000;
  assert.equal(model(later).ui.calm, false, 'nobody is there yet');
  calls[0]?.become({ name: 'connected', server: joined }, '', { other: { state: 'present', participant: BO } });

  assert.equal(model(later).ui.calm, true);
  assert.equal(model(performance.now()).ui.calm, false);
  page.menu(true);
  assert.equal(model(later).ui.calm, false);
  page.menu(false);
  page.settle();
  assert.equal(model(performance.now()).ui.calm, true);
  page.panel('chat');
  assert.equal(model(later).ui.calm, false);
});

test('theClockOfTheCallRunsWhileTheOtherIsThere', () => {
  const { page, calls, model } = world();
  page.enter('r');
  page.join();
  assert.equal(model().connectedAtMs, undefined);
  calls[0]?.become({ name: 'connected', server: joined }, '', { other: { state: 'present', participant: BO } });
  const since = model().connectedAtMs;
  assert.ok(since !== undefined);

  calls[0]?.become({ name: 'reconnecting', server: joined, mediaFlows: false });
  assert.equal(model().connectedAtMs, since);
  calls[0]?.become({ name: 'waiting', server: joined }, '', { other: { state: 'none' } });
  assert.equal(model().connectedAtMs, undefined);
});

test('whatIsReadInTheOpenChatIsNotUnread', () => {
  const { page, calls, model } = world();
  page.enter('r');
  page.join();
  page.panel('chat');
  calls[0]?.become({ name: 'connected', server: joined }, '',
    { chat: CHAT, other: { state: 'present', participant: BO } });

  assert.equal(model().ui.seenMessages, CHAT.length);
  page.panel('chat');
  assert.equal(model().ui.panel, undefined, 'the same button closes it');
  page.write('  hello ');
  page.say(model().ui.draft);
  page.say('   ');
  assert.deepEqual(calls[0]?.told.filter((one) => one.startsWith('say')), ['say hello']);
  assert.equal(model().ui.draft, '');
});

test('aScreenThatCannotBeSharedIsSaid', async () => {
  const { page, calls, model } = world();
  page.enter('r');
  page.join();
  (calls[0] as FakeCall).screenRefused = true;

  page.screen();
  await Promise.resolve();
  await Promise.resolve();

  assert.equal(model().ui.screenFailed, true);
});

test('whatThePersonHasChosenIsKept', () => {
  const { page, kept } = world();

  page.set('theme', 'dark');
  page.set('mirror', false);

  assert.deepEqual([...kept], [['theme', 'dark'], ['mirror', 'false']]);
  assert.equal(page.settings.mirror, false);
});
