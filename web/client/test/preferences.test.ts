import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codecToSend,
  inOrder,
  maxBitrate,
  startBitrateKbps,
  withContent,
  withSpeechOptions,
  withStartBitrate,
} from '../src/preferences.ts';
import type { Machine } from '../src/preferences.ts';
import { CHROMIUM, FIREFOX } from './browser-sdp.ts';

const PHONE: Machine = { mobile: true, cores: 8, efficient: new Set() };
const SMALL: Machine = { mobile: false, cores: 2, efficient: new Set() };
const LARGE: Machine = { mobile: false, cores: 12, efficient: new Set() };

const codecs = (names: string) => names.split(' ').map((name) => ({ mimeType: name }));
const names = (list: readonly { mimeType: string }[]): string => list.map(({ mimeType }) => mimeType).join(' ');
const VIDEO = codecs('video/VP8 video/rtx video/VP9 video/H264 video/AV1 video/red video/ulpfec');

test('inSoftwareAPhoneAndASmallComputerUseWhatCostsLeast', () => {
  for (const machine of [PHONE, SMALL]) {
    assert.match(names(inOrder(VIDEO, 'camera', machine)), /^video\/VP8 video\/H264 video\/VP9 video\/AV1 /);
  }
  assert.match(names(inOrder(VIDEO, 'screen', PHONE)), /^video\/VP8 /);
});

test('aLargeComputerUsesVp9AndForAScreenAv1', () => {
  assert.match(names(inOrder(VIDEO, 'camera', LARGE)), /^video\/VP9 video\/VP8 /);
  assert.match(names(inOrder(VIDEO, 'screen', LARGE)), /^video\/AV1 video\/VP9 /);
});

test('whatTheHardwareEncodesComesFirst', () => {
  const h264 = { ...PHONE, efficient: new Set(['video/h264']) };
  assert.match(names(inOrder(VIDEO, 'camera', h264)), /^video\/H264 video\/VP8 /);
  const more = { ...PHONE, efficient: new Set(['video/h264', 'video/av1']) };
  assert.match(names(inOrder(VIDEO, 'camera', more)), /^video\/AV1 video\/H264 video\/VP8 /);
});

test('nothingIsLeftOutAndRepairComesLastInItsOrder', () => {
  const ordered = inOrder(VIDEO, 'camera', LARGE);
  assert.equal(ordered.length, VIDEO.length);
  assert.match(names(ordered), / video\/rtx video\/red video\/ulpfec$/);
});

test('aSecondCopyOfSpeechComesFirstWhereThereIsOne', () => {
  const audio = 'audio/opus audio/red audio/G722 audio/PCMU';
  assert.equal(names(inOrder(codecs(audio), 'voice', PHONE)), 'audio/red audio/opus audio/G722 audio/PCMU');
  assert.equal(names(inOrder(codecs('audio/opus audio/G722'), 'voice', PHONE)), 'audio/opus audio/G722');
});

test('eachSideSendsWhatItEncodesWellWhateverTheOtherLikes', () => {
  assert.equal(codecToSend(codecs('video/VP9 video/VP8 video/rtx'), 'camera', PHONE)?.mimeType, 'video/VP8');
  assert.equal(codecToSend(codecs('video/VP8 video/VP9'), 'camera', LARGE)?.mimeType, 'video/VP9');
  assert.equal(codecToSend(codecs('video/rtx video/red'), 'camera', LARGE), undefined);
  assert.equal(codecToSend([], 'camera', LARGE), undefined);
});

test('theParametersSayWhatGivesWayFirst', () => {
  const parameters = { encodings: [{ active: true }], transactionId: 'x' } as unknown as RTCRtpSendParameters;
  const [voice, camera, screen] = (['voice', 'camera', 'screen'] as const).map((content) =>
    withContent(parameters, content, LARGE),
  );
  assert.equal(voice?.encodings[0]?.priority, 'high');
  assert.equal(camera?.degradationPreference, 'maintain-framerate');
  assert.equal(screen?.degradationPreference, 'maintain-resolution');
  assert.equal(camera?.encodings[0]?.maxBitrate, maxBitrate('camera', false));
  assert.equal((camera as { transactionId?: string }).transactionId, 'x');
  const empty = { encodings: [] } as unknown as RTCRtpSendParameters;
  assert.deepEqual(withContent(empty, 'camera', LARGE).encodings, []);
});

const lines = (sdp: string): string[] => sdp.split('\r\n');
const added = (before: string, after: string): string[] => lines(after).filter((one) => !lines(before).includes(one));

test('chromiumsDescriptionGetsAStartBitrateForEachVideoCodec', () => {
  const after = withStartBitrate(CHROMIUM, 1800);

  const formats = added(CHROMIUM, after);
  assert.ok(formats.includes('a=fmtp:96 x-google-start-bitrate=1800'), 'VP8 has had no format');
  assert.ok(formats.some((one) => one.includes('profile-id=0;x-google-start-bitrate=1800')), 'VP9 has had one');
  const codecsWithMedia = lines(CHROMIUM).filter((one) => /^a=rtpmap:\d+ (VP8|VP9|H264|AV1)\//.test(one));
  assert.equal(formats.length, codecsWithMedia.length);
  // Nothing else is another.
  const kept = lines(after).filter((one) => !one.includes('x-google'));
  assert.deepEqual(kept, lines(CHROMIUM).filter((one) => kept.includes(one)));
});

test('firefoxsDescriptionGetsOneToo', () => {
  assert.deepEqual(added(FIREFOX, withStartBitrate(FIREFOX, 300)), [
    'a=fmtp:120 max-fs=12288;max-fr=60;x-google-start-bitrate=300',
    'a=fmtp:121 max-fs=12288;max-fr=60;x-google-start-bitrate=300',
    'a=fmtp:99 x-google-start-bitrate=300',
  ]);
});

test('opusIsAskedForRepairAndSilenceInBoth', () => {
  assert.deepEqual(added(CHROMIUM, withSpeechOptions(CHROMIUM)), ['a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1']);
  assert.deepEqual(added(FIREFOX, withSpeechOptions(FIREFOX)), [
    'a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1;usedtx=1',
  ]);
});

test('whatIsThereAlreadyStaysAsItIs', () => {
  for (const sdp of [CHROMIUM, FIREFOX]) {
    const once = withSpeechOptions(withStartBitrate(sdp, 300));
    assert.equal(withSpeechOptions(withStartBitrate(once, 2500)), once);
  }
  const off = FIREFOX.replace('useinbandfec=1', 'useinbandfec=0; usedtx=0');
  assert.equal(withSpeechOptions(off), off);
});

test('aDescriptionOfNothingKnownIsUntouched', () => {
  for (const sdp of [
    '',
    'nonsense',
    'v=0\r\n',
    'v=0\r\nm=audio 9 X 0\r\na=rtpmap:0 PCMU/8000\r\n',
    'v=0\r\nm=video 9 X 1\r\na=rtpmap:1 theora/90000\r\na=rtpmap:\r\na=rtpmap:2\r\n',
    'v=0\r\nm=application 9 X y\r\na=rtpmap:1 VP8/90000\r\n',
    'v=0\r\nm=audio 9 X 1\r\na=rtpmap:1 VP8/90000\r\n',
  ]) {
    assert.equal(withStartBitrate(sdp, 1800), sdp);
    assert.equal(withSpeechOptions(sdp), sdp);
  }
});

test('theSecondOfTwoSectionsIsTreatedAsTheFirst', () => {
  const section = 'm=video 9 X 96\r\na=rtpmap:96 VP8/90000\r\na=sendrecv\r\n';
  const one = 'm=video 9 X 96\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x-google-start-bitrate=5\r\na=sendrecv\r\n';
  assert.equal(withStartBitrate(`v=0\r\n${section}${section}`, 5), `v=0\r\n${one}${one}`);
});

test('aNarrowOrRelayedWayBeginsSlower', () => {
  assert.ok(startBitrateKbps(false) > startBitrateKbps(true));
  assert.equal(startBitrateKbps(false, { effectiveType: '3g' }), 300);
  assert.equal(startBitrateKbps(false, { saveData: true }), 300);
  assert.equal(startBitrateKbps(false, { effectiveType: '4g' }), startBitrateKbps(false));
});
