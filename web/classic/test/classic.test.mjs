import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  candidateInit, candidateMessage, chatLine, clock, kindOf, pickLanguage, readChatLine, roomOf, sizeOf, summary,
} from '../src/messages.js';
import { TEXTS } from '../src/texts.js';

// The runner starts in web/.
const source = (name) => readFileSync(join('classic', 'src', name), 'utf8');

test('a chat line is one string, and its text may hold colons', () => {
  assert.equal(chatLine('Ann', 'at 10:30'), 'Ann:at 10:30');
  assert.deepEqual(readChatLine('Ann:at 10:30'), { name: 'Ann', text: 'at 10:30' });
  assert.deepEqual(readChatLine('no name'), { name: '', text: 'no name' });
  assert.deepEqual(readChatLine(chatLine('A:n:n ', 'x')), { name: 'A n n', text: 'x' });
});

test('a candidate is written with label and id, and read back as it was', () => {
  const candidate = { sdpMLineIndex: 1, sdpMid: 'audio', candidate: 'candidate:1 1 udp 2 192.0.2.1 50000 typ host' };

  assert.deepEqual(candidateMessage({ ...candidate, usernameFragment: 'x' }), {
    type: 'candidate', label: 1, id: 'audio', candidate: candidate.candidate,
  });
  assert.deepEqual(candidateInit(candidateMessage(candidate)), candidate);
});

test('only what is whole is taken for an offer, an answer or a candidate', () => {
  assert.equal(kindOf({ type: 'offer', sdp: 'v=0' }), 'offer');
  assert.equal(kindOf({ type: 'answer', sdp: 'v=0' }), 'answer');
  assert.equal(kindOf({ type: 'candidate', label: 0, id: '0', candidate: '' }), 'candidate');
  for (const data of [undefined, null, 'offer', 1, [], {}, { type: 'offer' }, { type: 'offer', sdp: 1 }, { type: 'candidate' }]) {
    assert.equal(kindOf(data), 'unknown');
  }
});

test('the log says in a few words what is inside', () => {
  const sdp = 'v=0\r\nm=audio 9 UDP\r\nm=video 9 UDP\r\nm=application 9 UDP\r\n';

  assert.equal(summary(['42', { type: 'offer', sdp }]), 'offer: audio, video, application');
  assert.equal(
    summary(['42', { type: 'candidate', label: 0, id: '0', candidate: 'candidate:1 1 UDP 2 192.0.2.1 50000 typ host' }]),
    'candidate: host, udp 192.0.2.1 50000',
  );
  assert.equal(summary(['42', { type: 'candidate', candidate: '' }]), 'candidate: the last one');
  assert.equal(summary(['42', 'Ann:hello']), '42, Ann:hello');
  assert.equal(summary(['42', { a: 1 }]), '42, {"a":1}');
  assert.equal(summary([]), '');
});

test('sizes are bytes, times have milliseconds', () => {
  assert.equal(sizeOf(['中']), 7);
  assert.equal(clock(new Date(2026, 0, 2, 3, 4, 5, 6)), '03:04:05.006');
});

test('the room is in the address, decoded', () => {
  assert.equal(roomOf('?room=a%20b', '1'), 'a b');
  assert.equal(roomOf('?room=', '1'), '1');
  assert.equal(roomOf('', '1'), '1');
});

test('the language is the first one that is known', () => {
  assert.equal(pickLanguage(['zh-CN', 'en']), 'zh');
  assert.equal(pickLanguage(['fr', 'zh-TW', 'en']), 'zh');
  assert.equal(pickLanguage(['en-GB', 'zh']), 'en');
  assert.equal(pickLanguage(['fr']), 'en');
  assert.equal(pickLanguage([]), 'en');
});

test('both languages have the same texts, with the same places for values', () => {
  const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  assert.deepEqual(Object.keys(TEXTS.zh), Object.keys(TEXTS.en));
  for (const key of Object.keys(TEXTS.en)) assert.deepEqual(places(TEXTS.zh[key]), places(TEXTS.en[key]), key);
});

test('every text that is shown is there, and every text is shown', () => {
  const files = ['index.html', 'chat.html', 'call.html', 'chat.js', 'call.js', 'media.js', 'index.js'].map(source).join('\n');
  const named = [...files.matchAll(/data-(?:t|t-label|title)="(\w+)"/g)].map(([, key]) => key);

  for (const key of named) assert.ok(key in TEXTS.en, key);
  for (const key of Object.keys(TEXTS.en)) assert.match(files, new RegExp(`["']${key}["']`), key);
});

test('no page has a script or a style in it, or loads anything from elsewhere', () => {
  for (const name of ['index.html', 'chat.html', 'call.html']) {
    const page = source(name);
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:|src="\/\//);
  }
  for (const name of ['call.js', 'chat.js', 'log.js', 'media.js', 'signaling.js', 'language.js']) {
    assert.doesNotMatch(source(name), /\.innerHTML|insertAdjacentHTML|\beval\(|https?:\/\//);
  }
});
