import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { encode } from 'uqr';
import { phaseOf } from '@duet/client';
import type { ActiveCall, Participant } from '@duet/client';
import { qrModules, qrOf } from '../src/qr.ts';
import { isOnlyHere, isRelayOnly, linkTo, newRoom, roomOf, socketAddress } from '../src/room.ts';
import { endOf, noticesOf, otherMediaText, pathText, statusOf, waitingTitle } from '../src/status.ts';
import { LANGUAGES, pickLanguage } from '../src/text/languages.ts';

const { en, zh } = LANGUAGES;
const bo: Participant = { id: 'pBo1234567', order: 2, name: 'Bo', instance: 'b', state: 'present' };
const inCall: ActiveCall = {
  kind: 'active',
  intent: { room: 'r', instance: 'a' },
  signaling: { state: 'joined' },
  you: { id: 'pAnn', order: 1, instance: 'a', state: 'present' },
  iceServers: [],
  askedIceServers: false,
  unsaid: false,
  other: { state: 'present', participant: bo },
  connection: { state: 'connected', instance: 'b', everConnected: true },
  fullRetries: 0,
  unavailableRetries: 0,
};

/** Every text of a dictionary by its path; functions are called with a marker. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (x: string) => string)('⟦x⟧'))]];
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, `${path}/${key}`));
}

test('bothLanguagesSayTheSameThings', () => {
  assert.deepEqual(leaves(zh).map(([path]) => path).sort(), leaves(en).map(([path]) => path).sort());
  for (const [path, text] of [...leaves(en), ...leaves(zh)]) assert.notEqual(text.trim(), '', path);
});

test('bothLanguagesNameTheSamePeople', () => {
  const named = (texts: unknown) => leaves(texts).filter(([, text]) => text.includes('⟦x⟧')).map(([path]) => path);

  assert.deepEqual(named(zh).sort(), named(en).sort());
});

test('everyTextThePageAsksForIsInTheDictionary', () => {
  const page = readFileSync('app/src/index.html', 'utf8');
  const keys = [...page.matchAll(/data-t="([^"]+)"/g)].map((match) => match[1] ?? '');

  assert.ok(keys.length > 5);
  for (const key of keys) assert.equal(typeof (en as unknown as Record<string, unknown>)[key], 'string', key);
});

test('thePageHasNothingThatItsPolicyForbids', () => {
  const page = readFileSync('app/src/index.html', 'utf8');

  assert.match(page, /<meta charset="utf-8">/);
  assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|https?:/);
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
});

test('theLanguageIsTheFirstThatIsKnown', () => {
  assert.equal(pickLanguage(['fr-FR', 'zh-TW', 'en']), 'zh');
  assert.equal(pickLanguage(['en-GB', 'zh']), 'en');
  assert.equal(pickLanguage(['fr']), 'en');
  assert.equal(pickLanguage([]), 'en');
});

test('aRoomOfThePageIs105RandomBits', () => {
  const room = newRoom((count) => Uint8Array.from({ length: count }, (_, i) => i * 37));

  assert.match(room, /^[a-z2-7]{21}$/);
  const letters = new Set(newRoom((count) => Uint8Array.from({ length: count }, (_, i) => i + 11)));
  assert.equal(letters.size, 21, 'every five bits have a letter of their own');
});

test('anyNameIsARoomInTheFragment', () => {
  for (const room of ['k3v9', '会议室', 'a b/c?d', '100%', 'ü']) {
    assert.equal(roomOf(new URL(linkTo(room, 'https://host/video/?x=1#old')).hash), room);
  }
  assert.equal(roomOf('#100%'), '100%');
  assert.equal(roomOf('#'), undefined);
  assert.equal(linkTo('r', 'https://host/video/?x=1'), 'https://host/video/#r');
});

test('thatACallIsRelayedOnlyIsPartOfItsLink', () => {
  assert.equal(linkTo('r', 'https://host/video/?relay=only&x=1'), 'https://host/video/?relay=only#r');
  assert.equal(isRelayOnly('https://host/?relay=only#r'), true);
  for (const page of ['https://host/', 'https://host/?relay=off', 'https://host/?relay', 'https://host/#relay=only']) {
    assert.equal(isRelayOnly(page), false, page);
  }
});

test('thePathOfTheMediaIsNamedAsItIs', () => {
  assert.equal(pathText(undefined, en), '');
  assert.equal(pathText({ relayed: 'no' }, en), 'direct');
  assert.equal(pathText({ relayed: 'here', protocol: 'tls' }, en), 'relayed (TLS)');
  assert.equal(pathText({ relayed: 'there' }, zh), zh.path.there);
});

test('aLinkToThisMachineIsForNobodyElse', () => {
  const links = ['http://localhost:8080/#r', 'http://127.0.0.1:8080/', 'https://[::1]:8443/', 'https://a.localhost/'];
  assert.ok(links.every(isOnlyHere));
  const further = ['https://192.168.1.7:8443/#r', 'https://example.org/', 'https://localhost.example.org/'];
  assert.ok(!further.some(isOnlyHere));
});

test('theLinkIsAQrCodeAsAnotherEncoderMakesIt', () => {
  for (const length of [1, 17, 18, 32, 33, 53, 54, 78, 79, 106, 107, 134]) {
    const text = 'https://192.168.1.23:8443/video/#'.repeat(5).slice(0, length);
    const modules = qrModules(text);
    const same = Array.from({ length: 8 }, (_, maskPattern) => {
      return encode([...new TextEncoder().encode(text)], { ecc: 'L', boostEcc: false, maskPattern, border: 0 }).data;
    });

    assert.ok(same.some((data) => isDeepStrictEqual(data, modules)), `${length} bytes`);
  }
  assert.equal(qrOf('x'.repeat(135)), undefined);
});

test('aQrCodeIsDrawnInsideItsQuietZone', () => {
  const drawing = qrOf('https://192.168.1.23:8443/#k3v9x0q2m7c4j8w1n5t6a');

  assert.equal(drawing?.size, 29 + 8);
  assert.match(drawing.path, /^M4 4h7v1h-7z/);
});

test('theServerIsWhereThePageCameFrom', () => {
  assert.equal(socketAddress('https://host:8443/#r'), 'wss://host:8443/ws');
  assert.equal(socketAddress('https://host/video/'), 'wss://host/video/ws');
  assert.equal(socketAddress('http://localhost:8080/'), 'ws://localhost:8080/ws');
});

test('theStateIsSaidInWords', () => {
  assert.equal(statusOf(inCall, 0, en).text, 'In a call with Bo');
  assert.equal(statusOf(inCall, 0, zh).text, '正在与Bo通话');
  assert.equal(statusOf({ ...inCall, other: { state: 'none' } }, 0, en).text, en.waiting);
  const unnamed = { ...inCall, other: { state: 'present', participant: { ...bo, name: '' } } } as const;
  assert.equal(statusOf(unnamed, 0, en).text, 'In a call with the other person');
});

test('theAbsenceOfTheOtherCountsDown', () => {
  const away: ActiveCall = {
    ...inCall,
    other: { state: 'away', participant: bo, reason: 'connection-lost', untilMs: 31_000, seatGone: false },
    connection: { state: 'failed', instance: 'b', everConnected: true },
  };

  const status = statusOf(away, 18_500, en);

  assert.equal(status.text, en.awayLost('Bo'));
  assert.equal(status.countdown, '13 s');
  assert.equal(statusOf(away, 99_000, en).countdown, '0 s');
});

test('aServerThatIsNotReachedSaysWhy', () => {
  const { you: _, ...before } = inCall;
  const signaling = { state: 'lost', sinceMs: 0 } as const;

  assert.equal(statusOf({ ...before, signaling }, 0, en).banner, en.notOpened.unreachable);
  const why = 'too-many-connections';
  assert.equal(statusOf({ ...before, signaling: { ...signaling, why } }, 0, zh).banner, zh.notOpened[why]);
});

test('aLostServerIsABannerAndTheCallGoesOn', () => {
  const lost: ActiveCall = { ...inCall, signaling: { state: 'lost', sinceMs: 0 } };

  assert.equal(phaseOf(lost), 'reconnecting');
  assert.equal(statusOf(lost, 0, en).banner, en.serverLostInCall);
  assert.equal(statusOf(lost, 0, en).text, 'In a call with Bo');
});

test('whoHasLeftIsNamed', () => {
  const left: ActiveCall = { ...inCall, other: { state: 'none', departed: { name: 'Bo', reason: 'left' } } };

  assert.equal(waitingTitle(left, en), 'Bo has left');
  assert.equal(waitingTitle({ ...inCall, other: { state: 'none' } }, en), en.waitingTitle);
});

test('whatTheOtherDoesNotSendIsSaid', () => {
  const media = { microphone: false, camera: false };
  const other = { state: 'present', participant: bo, media } as const;

  assert.equal(otherMediaText(other, en), 'The camera of Bo is off · Bo is muted');
  assert.equal(otherMediaText({ ...other, media: { microphone: true, camera: true } }, en), '');
});

test('missingDevicesAreExplainedTogetherWhereTheReasonIsOne', () => {
  const camera = { state: 'missing', code: 'device-busy' } as const;

  assert.deepEqual(noticesOf({ microphone: { state: 'on' }, camera }, en), [en.missing['device-busy'].camera]);
  assert.deepEqual(noticesOf({ microphone: camera, camera }, en), [en.missing['device-busy'].both]);
  assert.deepEqual(noticesOf({ microphone: { state: 'asking' }, camera: { state: 'asking' } }, en), [en.asking]);
});

test('anErrorSaysWhatToNameWhenAskingForHelp', () => {
  const error = { code: 'policy', message: 'm' };
  const end = endOf({ kind: 'ended', reason: 'refused', error, participantId: 'pBo1234567' }, en);

  assert.equal(end.text, en.endText['policy']);
  assert.match(end.callId, /pBo123\b/);
  assert.equal(endOf({ kind: 'ended', reason: 'left', participantId: 'p' }, en).callId, '');
});
