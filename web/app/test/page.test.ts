import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOf } from '../src/browser.ts';
import { capabilitiesOf, isTested } from '../src/capabilities.ts';
import type { Facts, Features } from '../src/capabilities.ts';
import { cornerAt } from '../src/drag.ts';
import { ceilingOf, GRAPH, lineOf } from '../src/graph.ts';
import { commandOf, cornerBeside, SHORTCUTS } from '../src/keys.ts';
import { CHAT, madeUpCall } from '../src/made-up.ts';
import type { CallState } from '../src/sdk.ts';
import { settingsFrom } from '../src/settings.ts';
import { FRESH_UI, isSeen, layoutOf, screenOf, unreadOf } from '../src/view-model.ts';
import type { Corner } from '../src/view-model.ts';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const ANDROID = CHROME.replace('X11; Linux x86_64', 'Linux; Android 15; Pixel 9').replace('Safari', 'Mobile Safari');
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15';
const all: Features = {
  lobby: true, devices: true, screen: true, chat: true, files: true, recording: true, quality: true, safety: true,
};
const none = Object.fromEntries(Object.keys(all).map((name) => [name, false])) as unknown as Features;
const facts: Facts = {
  secure: true,
  webrtc: true,
  displayMedia: true,
  enumerate: true,
  pictureInPicture: true,
  fullscreen: true,
  share: true,
  notifications: true,
  recorder: true,
  sinks: true,
  coarse: false,
};
const stream = (videos: number) => ({ getVideoTracks: () => Array(videos).fill({}) }) as unknown as MediaStream;
const call = madeUpCall(stream(1));

test('aBrowserIsKnownByItsName', () => {
  const name = (agent: string) => browserOf(agent).name;

  assert.equal(name(CHROME), 'chrome');
  assert.equal(name(`${CHROME} Edg/140.0`), 'edge');
  assert.equal(name('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'), 'firefox');
  assert.equal(name(SAFARI), 'safari');
  assert.equal(browserOf(ANDROID).phone, true);
  assert.equal(browserOf(SAFARI, 5).phone, true, 'an iPad');
  assert.equal(browserOf(SAFARI, 0).phone, false);
});

test('aBrowserInsideAnotherApplicationIsFound', () => {
  assert.equal(browserOf(`${ANDROID} MicroMessenger/8.0.49`).inApp, 'wechat');
  assert.equal(browserOf(`${ANDROID} V1_AND_SQ_9.0.0 QQ/9.0.0.1`).inApp, 'qq');
  assert.equal(browserOf(`${ANDROID} DingTalk/7.5.0`).inApp, 'dingtalk');
  assert.equal(browserOf(`${ANDROID} MQQBrowser/15.0`).inApp, undefined);
  assert.equal(browserOf(CHROME).inApp, undefined);
});

test('whatTheCallCannotDoIsNotOffered', () => {
  const can = capabilitiesOf(none, facts, browserOf(CHROME));

  for (const name of Object.keys(all)) assert.equal(can[name as keyof Features], false, name);
  const everything = Object.entries(capabilitiesOf(all, facts, browserOf(CHROME)));
  assert.deepEqual(everything.filter(([, has]) => !has), [['flip', false]]);
});

test('aPhoneSharesNoScreenAndHasTwoCameras', () => {
  const phone = capabilitiesOf(all, { ...facts, coarse: true }, browserOf(ANDROID));

  assert.equal(phone.screen, false);
  assert.equal(phone.keyboard, false);
  assert.equal(phone.flip, true);
  assert.equal(capabilitiesOf(all, { ...facts, displayMedia: false }, browserOf(CHROME)).screen, false);
});

test('safariIsNotSaidToBeTested', () => {
  assert.equal(isTested(browserOf(SAFARI)), false);
  assert.equal(isTested(browserOf(CHROME)), true);
  assert.equal(isTested(browserOf(`${CHROME} MicroMessenger/8.0`)), false);
});

const press = { key: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, inText: false };

test('everyShortcutOfTheListDoesWhatTheListSays', () => {
  for (const [command, keys] of Object.entries(SHORTCUTS)) {
    const shiftKey = keys.includes('Shift');
    assert.equal(commandOf({ ...press, key: keys.at(-1) ?? '', shiftKey }), command);
    assert.equal(commandOf({ ...press, key: (keys.at(-1) ?? '').toLowerCase(), shiftKey }), command);
  }
});

test('whoWritesPressesNoShortcut', () => {
  assert.equal(commandOf({ ...press, key: 'm', inText: true }), undefined);
  assert.equal(commandOf({ ...press, key: '?', shiftKey: true, inText: true }), undefined);
  assert.equal(commandOf({ ...press, key: 'Escape', inText: true }), 'close');
  assert.equal(commandOf({ ...press, key: 'm', ctrlKey: true }), undefined);
  assert.equal(commandOf({ ...press, key: 'm', repeat: true }), undefined);
  assert.equal(commandOf({ ...press, key: 'l' }), undefined, 'leaving needs Shift');
  assert.equal(commandOf({ ...press, key: '?', shiftKey: true }), 'keys');
  assert.equal(commandOf({ ...press, key: 'constructor' }), undefined);
});

test('theFaceOfThePageFollowsTheCall', () => {
  const face = (state: CallState) => screenOf({ state });

  assert.equal(screenOf(undefined), 'start');
  assert.equal(face({ name: 'lobby', here: [], full: false, server: { state: 'opening' } }), 'invited');
  assert.equal(face({ name: 'waiting', server: { state: 'joining' } }), 'connecting');
  assert.equal(face({ name: 'waiting', server: { state: 'joined' } }), 'waiting');
  assert.equal(face({ name: 'ended', reason: 'left' }), 'ended');
});

test('aPictureIsSeenWhileTheOtherSendsOne', () => {
  assert.equal(isSeen(call), true);
  assert.equal(isSeen({ ...call, remoteMedia: { microphone: true, camera: false } }), false);
  assert.equal(isSeen({ ...call, remote: stream(0) }), false);
  assert.equal(isSeen({ ...call, other: { state: 'none' } }), false);
});

test('whatTheOtherWroteIsUnreadUntilItWasSeen', () => {
  const chatted = { ...call, chat: CHAT };

  assert.equal(unreadOf({ call: chatted, ui: FRESH_UI }), 2);
  assert.equal(unreadOf({ call: chatted, ui: { ...FRESH_UI, seenMessages: 2 } }), 1);
  assert.equal(unreadOf({ call: chatted, ui: { ...FRESH_UI, seenMessages: 4 } }), 0);
  assert.equal(unreadOf({ call: undefined, ui: FRESH_UI }), 0);
});

test('aSharedScreenTakesTheStage', () => {
  assert.deepEqual(layoutOf(call, false), { big: 'remote', small: ['self'] });
  assert.deepEqual(layoutOf(call, true), { big: 'self', small: ['remote'] });
  assert.equal(layoutOf({ ...call, remoteScreen: stream(1) }, false).big, 'screen');
  for (const swapped of [false, true]) {
    const { big, small } = layoutOf({ ...call, remoteScreen: stream(1) }, swapped);
    assert.deepEqual([big, ...small].sort(), ['remote', 'screen', 'self']);
  }
});

test('aSmallPictureFallsIntoTheNearestCorner', () => {
  const box = { left: 100, top: 0, width: 800, height: 600 };

  assert.equal(cornerAt(120, 10, box), 'top-left');
  assert.equal(cornerAt(700, 10, box), 'top-right');
  assert.equal(cornerAt(499, 301, box), 'bottom-left');
  assert.equal(cornerAt(501, 599, box), 'bottom-right');
});

test('theArrowKeysGoFromCornerToCorner', () => {
  const way = ['ArrowUp', 'ArrowLeft', 'ArrowDown', 'ArrowRight'] as const;
  const corners = way.reduce<Corner[]>(
    (gone, key) => [...gone, cornerBeside(gone.at(-1) as Corner, key) as Corner], ['bottom-right']);

  assert.deepEqual(corners, ['bottom-right', 'top-right', 'top-left', 'bottom-left', 'bottom-right']);
  assert.equal(cornerBeside('top-left', 'Enter'), undefined);
});

test('aGraphHasAGapWhereNothingIsKnown', () => {
  assert.equal(ceilingOf([1, 3, undefined], 1), 5);
  assert.equal(ceilingOf([], 50), 50);
  assert.equal(ceilingOf([1_200_000], 1), 2_000_000);
  const path = lineOf([0, 5, undefined, 10], 10);
  assert.equal(path.split('M').length, 3, 'two pieces');
  assert.ok(path.endsWith(`M${GRAPH.width} 0`), path);
  assert.ok(lineOf(Array(500).fill(1), 2).startsWith('M0 28'));
});

test('whatIsKeptIsReadWithDistrust', () => {
  const settings = settingsFrom((key) => ({ theme: 'constructor', mirror: 'false', language: 'zh' })[key], ['en']);

  assert.deepEqual(settings, { language: 'zh', name: '', theme: 'auto', mirror: false, sounds: true, speaker: '' });
  assert.equal(settingsFrom(() => undefined, ['zh-TW']).language, 'zh');
});
