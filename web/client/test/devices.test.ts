import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceList, facingOf, otherCamera, screenOptions } from '../src/devices.ts';
import { levelOf } from '../src/level.ts';

const device = (kind: MediaDeviceKind, deviceId: string, label = '') => ({ kind, deviceId, label });

test('eachDeviceIsListedOnceAndNothingWithoutAName', () => {
  const before = [device('audioinput', ''), device('videoinput', '')];
  assert.deepEqual(deviceList(before), { microphones: [], cameras: [], speakers: [] });

  const after = [
    device('audioinput', 'default', 'Default - Headset'),
    device('audioinput', 'communications', 'Communications - Headset'),
    device('audioinput', 'h', 'Headset'),
    device('videoinput', 'c', 'Camera'),
    device('audiooutput', 'default', 'Default'),
    device('audiooutput', 's', 'Speaker'),
  ];
  assert.deepEqual(deviceList(after), {
    microphones: [{ id: 'h', label: 'Headset' }],
    cameras: [{ id: 'c', label: 'Camera' }],
    speakers: [{ id: 's', label: 'Speaker' }],
  });
});

const PHONE = [
  { id: '1', label: 'camera2 1, facing front' },
  { id: '0', label: 'camera2 0, facing back' },
  { id: '2', label: 'camera2 2, facing back' },
];
const DESK = [
  { id: 'a', label: 'Webcam' },
  { id: 'b', label: 'Capture card' },
  { id: 'c', label: 'Document camera' },
];

test('aPhoneLooksTheOtherWay', () => {
  const front = { settings: { facingMode: 'user', deviceId: '1' }, label: 'camera2 1, facing front' };
  const back = { settings: { deviceId: '2' }, label: 'camera2 2, facing back' };

  assert.deepEqual(otherCamera(PHONE, front), { facingMode: { exact: 'environment' } });
  assert.deepEqual(otherCamera(PHONE, back), { facingMode: { exact: 'user' } });
});

test('aComputerTakesTheNextCameraAndComesRound', () => {
  for (const [now, next] of [['a', 'b'], ['b', 'c'], ['c', 'a'], ['gone', 'a']] as const) {
    const seen = otherCamera(DESK, { settings: { deviceId: now }, label: '' });
    assert.deepEqual(seen, { deviceId: { exact: next } });
  }
});

test('aLaptopWhoseOnlyFacingCameraIsInFrontTakesTheNextToo', () => {
  const cameras = [{ id: 'f', label: 'FaceTime HD' }, ...DESK];
  const seen = otherCamera(cameras, { settings: { facingMode: 'user', deviceId: 'f' }, label: 'FaceTime HD' });
  assert.deepEqual(seen, { deviceId: { exact: 'a' } });
});

test('thereIsNothingToChangeBetweenWithOneCamera', () => {
  assert.equal(otherCamera([], { settings: {}, label: '' }), undefined);
  assert.equal(otherCamera(DESK.slice(1, 2), { settings: {}, label: '' }), undefined);
});

test('theWayACameraLooksIsReadFromItsSettingsFirst', () => {
  assert.equal(facingOf({ facingMode: 'user' }, 'facing back'), 'user');
  assert.equal(facingOf({}, '后置相机'), 'environment');
  assert.equal(facingOf({}, '前置相机'), 'user');
  assert.equal(facingOf({ facingMode: 'left' }, 'Webcam'), undefined);
});

test('aScreenIsAskedForWithWhatTheBrowserKnows', () => {
  const known = screenOptions({ restrictOwnAudio: true, suppressLocalAudioPlayback: true });
  assert.equal((known.audio as { restrictOwnAudio?: boolean }).restrictOwnAudio, true);
  assert.ok(!('restrictOwnAudio' in (screenOptions({}).audio as object)));
  assert.ok(screenOptions({}).audio !== false);
});

test('theMeterGrowsAsItSounds', () => {
  const sine = (amplitude: number): number => amplitude ** 2 / 2;
  assert.equal(levelOf(0), 0);
  assert.equal(levelOf(sine(0.0005)), 0);
  assert.equal(levelOf(1), 1);
  const steps = [0.003, 0.01, 0.03, 0.1, 0.3].map((amplitude) => levelOf(sine(amplitude)));
  for (let i = 1; i < steps.length; i++) assert.ok(steps[i]! > steps[i - 1]! + 0.1, String(steps));
});
