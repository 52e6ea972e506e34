import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { encode } from 'uqr';
import { qrModules, qrOf } from '../src/qr.ts';
import { isOnlyHere, isRelayOnly, linkTo, mended, newRoom, roomOf, seemsDamaged, socketAddress } from '../src/room.ts';
import { pathText } from '../src/status.ts';
import { en } from '../src/text/en.ts';
import { pickLanguage } from '../src/text/languages.ts';
import { zh } from '../src/text/zh.ts';



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

test('thePageHasNothingThatItsPolicyForbids', () => {
  const page = readFileSync('app/src/index.html', 'utf8');
  const views = readdirSync('app/src/views').map((name) => readFileSync(`app/src/views/${name}`, 'utf8'));

  assert.match(page, /<meta charset="utf-8">/);
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
  assert.ok(views.length > 5);
  for (const markup of [page, ...views])
    assert.doesNotMatch(markup, /\sstyle=|<style|\son[a-z]+=|src="https?:|unsafeHTML/);
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

const OWN = 'k3v7q2hzxw5ncmr4ptd6j';

test('aLinkOfOursIsMendedWhereThatIsCertain', () => {
  const glueds = ['', '.', ')', ',', '>', '"', '。', '）', '来吧', '?utm_source=x1', '&fbclid=abc', ' bye 22', '…'];
  for (const glued of glueds)
    for (const before of ['', ' ', '<', '“', '#'])
      assert.equal(mended(before + OWN + glued), OWN, before + glued);
  assert.equal(mended(OWN.toUpperCase()), OWN);
  assert.equal(mended(`${OWN[0]?.toUpperCase() ?? ''}${OWN.slice(1)}.`), OWN);
});

test('whatIsNotCertainIsCalledDamaged', () => {
  const shorter = [OWN.slice(1), OWN.slice(0, -1), OWN.slice(0, 9) + OWN.slice(10), OWN.slice(3)];
  for (const damaged of [...shorter, `${OWN}x`, `${OWN}2`, OWN.replace('3', '1')]) {
    assert.equal(mended(damaged), damaged);
    assert.equal(seemsDamaged(damaged), true, damaged);
  }
});

test('aNameOfItsOwnStaysAsItIs', () => {
  const short = ['Tea', 'class 3b', 'standup', '张三的房间', '100%'];
  for (const name of [...short, 'Mathe-2026-12-01', 'appointment22334455', 'MeetingWithDoctorMiller', OWN]) {
    assert.equal(mended(name), name);
    assert.equal(seemsDamaged(name), false, name);
  }
});
