import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOf } from '../src/browser.ts';
import { BO, madeUpCall, madeUpRoom } from '../src/made-up.ts';
import type { CallState, Other } from '../src/sdk.ts';
import { bytesText, clock, endOf, noticesOf, otherMediaText, plightOf, statusOf, waitingTitle } from '../src/status.ts';
import { en } from '../src/text/en.ts';
import { zh } from '../src/text/zh.ts';
import { hasRoom, isGrid } from '../src/view-model.ts';


const joined = { state: 'joined' } as const;
const connected: CallState = { name: 'connected', server: joined };
const present: Other = { state: 'present', participant: BO };
const inCall = { state: connected, other: present };
const nobody: Other = { state: 'none' };
const chrome = browserOf('Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36');

test('theStateIsSaidInWords', () => {
  assert.equal(statusOf(inCall, 0, en).text, 'In a call with Bo');
  assert.equal(statusOf(inCall, 0, zh).text, '正在与Bo通话');
  assert.equal(statusOf({ state: { name: 'waiting', server: joined }, other: nobody }, 0, en).text, en.waiting);
  const visited = { name: 'waiting', server: joined, visitors: 1 } as const;
  assert.equal(statusOf({ state: visited, other: nobody }, 0, en).text, en.visited);
  const onTheWay = { name: 'waiting', server: { state: 'joining' } } as const;
  assert.equal(statusOf({ state: onTheWay, other: nobody }, 0, en).text, en.reaching);
  const unnamed: Other = { state: 'present', participant: { ...BO, name: '' } };
  assert.equal(statusOf({ ...inCall, other: unnamed }, 0, en).text, 'In a call with the other person');
  assert.equal(statusOf(undefined, 0, en).text, '');
});

test('theAbsenceOfTheOtherCountsDown', () => {
  const other: Other = { state: 'away', participant: BO, reason: 'connection-lost', untilMs: 31_000, seatGone: false };
  const away = { state: { name: 'reconnecting', server: joined, mediaFlows: false }, other } as const;

  const status = statusOf(away, 18_500, en);

  assert.equal(status.text, en.awayLost('Bo'));
  assert.equal(status.countdown, '13 s');
  assert.equal(statusOf(away, 99_000, en).countdown, '0 s');
  assert.equal(statusOf({ ...away, state: connected }, 0, en).text, en.awayButHere('Bo'));
  assert.equal(statusOf({ ...away, other: { ...other, reason: 'returning' } }, 0, en).text, en.awayReturning('Bo'));
});

test('aServerThatIsNotReachedSaysWhy', () => {
  const before = { name: 'waiting', server: { state: 'lost' } } as const;

  assert.equal(statusOf({ state: before, other: nobody }, 0, en).banner, en.notOpened.unreachable);
  const why = 'too-many-connections';
  const state = { name: 'waiting', server: { state: 'lost', why } } as const;
  assert.equal(statusOf({ state, other: nobody }, 0, zh).banner, zh.notOpened[why]);
});

test('ofSeveralEverybodyIsNamed', () => {
  const stream = { getVideoTracks: () => [] } as unknown as MediaStream;
  const nameless = { other: { state: 'present', participant: { ...BO, name: '' } } } as const;
  const four = madeUpRoom(madeUpCall(stream), [{}, {}, nameless]);

  assert.equal(statusOf(four, 0, en).text, 'In a call with Bo, Cleo, and Guest');
  assert.equal(statusOf(four, 0, zh).text, '正在与Bo、Cleo和访客通话');
  assert.equal(statusOf({ ...four, state: { name: 'connecting', server: joined } }, 0, en).text,
    'Connecting to Bo, Cleo, and Guest…');
});

test('whatIsTheMatterWithOneOfSeveralStandsInTheirPlace', () => {
  const other: Other = { state: 'away', participant: BO, reason: 'connection-lost', seatGone: false };
  const broken = { name: 'reconnecting', server: joined, mediaFlows: false } as const;

  assert.equal(plightOf({ state: connected, other: present }, 'Bo', en), '');
  assert.equal(plightOf({ state: connected, other }, 'Bo', en), '', 'they are seen all the same');
  assert.equal(plightOf({ state: broken, other }, 'Bo', en), en.awayLost('Bo'));
  assert.equal(plightOf({ state: broken, other: present }, 'Bo', en), en.interrupted('Bo'));
  assert.equal(plightOf({ state: { ...broken, name: 'connecting' }, other: present }, 'Bo', en), en.connecting('Bo'));
  const returning: Other = { ...other, reason: 'returning' };
  assert.equal(plightOf({ state: connected, other: returning }, 'Bo', en), en.awayReturning('Bo'));
  const gone: Other = { ...other, seatGone: true };
  const { text } = statusOf({ state: { name: 'connected', server: joined }, other: gone }, 0, en);
  assert.match(text, /not in the room any more/);
});

test('threeAreAGridAndTwoAreNotAndThereMayBeRoomForMore', () => {
  const two = madeUpCall({} as MediaStream);

  assert.equal(isGrid(two), false);
  assert.equal(hasRoom(two), false);
  assert.equal(hasRoom({ ...two, capacity: 3 }), true);
  const three = madeUpRoom(two, [{}, {}]);
  assert.equal(isGrid(three), true);
  assert.equal(hasRoom(three), true);
  assert.equal(hasRoom({ ...three, capacity: 3 }), false);
});

test('aFullRoomCountsDownToTheNextTry', () => {
  const server = { state: 'delayed', why: 'full', untilMs: 4_000 } as const;
  const status = statusOf({ state: { name: 'waiting', server }, other: nobody }, 1_500, en);

  assert.deepEqual(status, { text: en.fullRetry, countdown: '3 s', banner: '' });
});

test('aLostServerIsABannerAndTheCallGoesOn', () => {
  const state = { name: 'reconnecting', server: { state: 'lost' }, mediaFlows: true } as const;

  assert.equal(statusOf({ state, other: present }, 0, en).banner, en.serverLostInCall);
  assert.equal(statusOf({ state, other: present }, 0, en).text, 'In a call with Bo');
  assert.equal(statusOf({ state: { ...state, mediaFlows: false }, other: present }, 0, en).banner, en.serverLost);
});

test('aLostPathIsSaidAndIsNoBanner', () => {
  const state = { name: 'reconnecting', server: joined, mediaFlows: false } as const;

  assert.deepEqual(statusOf({ state, other: present }, 0, en),
    { text: en.interrupted('Bo'), countdown: '', banner: '' });
});

test('whoHasLeftIsNamed', () => {
  assert.equal(waitingTitle({ state: 'none', departed: { name: 'Bo', reason: 'left' } }, en), 'Bo has left');
  assert.equal(waitingTitle({ state: 'none', departed: { reason: 'lost' } }, en), 'The other person did not come back');
  assert.equal(waitingTitle(nobody, en), en.waitingTitle);
});

test('whatTheOtherDoesNotSendIsSaid', () => {
  assert.equal(otherMediaText(present, { microphone: false, camera: false }, en),
    'The camera of Bo is off · Bo is muted');
  assert.equal(otherMediaText(present, { microphone: true, camera: true }, en), '');
  assert.equal(otherMediaText(present, undefined, en), '');
});

test('missingDevicesAreExplainedTogetherWhereTheReasonIsOne', () => {
  const busy = { state: 'missing', code: 'device-busy' } as const;
  const asking = { state: 'asking' } as const;

  assert.deepEqual(noticesOf({ state: 'on' }, busy, chrome, en), [en.missing['device-busy'].camera]);
  assert.deepEqual(noticesOf(busy, busy, chrome, en), [en.missing['device-busy'].both]);
  assert.deepEqual(noticesOf(asking, asking, chrome, en), [en.asking]);
});

test('whoHasSaidNoIsToldWhereThisBrowserKeepsIt', () => {
  const denied = { state: 'missing', code: 'permission-denied' } as const;
  const firefox = browserOf('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0');
  const phone = browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1');

  const said = (browser: typeof chrome) => noticesOf(denied, denied, browser, en);

  assert.deepEqual(said(chrome), [en.missing['permission-denied'].both, en.permissionHelp.chrome]);
  assert.equal(said(firefox)[1], en.permissionHelp.firefox);
  assert.equal(said(phone)[1], en.permissionHelp.phone);
});

test('anErrorSaysWhatToNameWhenAskingForHelp', () => {
  const error = { code: 'policy', message: 'm' };
  const end = endOf({ reason: 'refused', error }, 'pBo1234567', en);

  assert.equal(end.text, en.endText['policy']);
  assert.match(end.callId, /pBo123\b/);
  assert.equal(endOf({ reason: 'left' }, 'p', en).callId, '');
});

test('lengthsAndSizesAreSaidAsPeopleSayThem', () => {
  assert.deepEqual([0, 59_999, 61_000, 3_661_000].map(clock), ['0:00', '0:59', '1:01', '1:01:01']);
  assert.deepEqual([0, 999, 1_500, 123_456, 1_000_000_000].map(bytesText),
    ['0 B', '999 B', '1.5 kB', '123 kB', '1.0 GB']);
});
