/** A call that is made up: what the gallery draws, and what tests look at. Nothing of it is shipped. */
import type { ChatMessage, FileTransfer, Participant, SafetyCode, Sample } from './sdk.ts';
import type { CallData, OtherData } from './view-model.ts';

export const BO: Participant = { id: 'pBo1234567', order: 2, name: 'Bo', instance: 'b', state: 'present' };
const JOINED = { state: 'joined' } as const;
const NO_DEVICE = { track: null, state: { state: 'off' } } as const;

/** In a call with Bo, of whom nothing is seen. */
export function madeUpCall(remote: MediaStream): CallData {
  const call: CallData = {
    state: { name: 'connected', server: JOINED },
    capacity: 2,
    others: [],
    id: 'pAnn7654321',
    other: { state: 'present', participant: BO },
    remote,
    remoteScreen: undefined,
    remoteMedia: { microphone: true, camera: true },
    quality: { here: { bars: 3 }, there: { bars: 2 } },
    safety: { words: ['harbour', 'violin', 'acorn', 'comet'], emoji: ['⚓', '🎻', '🌰', '☄️'] },
    chat: [],
    files: [],
    recording: 'none',
    audioOnly: false,
    mic: { ...NO_DEVICE, level: 0 },
    camera: { ...NO_DEVICE, canFlip: false },
    screen: NO_DEVICE,
  };
  return { ...call, others: [call] };
}

/** In a room for four, with these of whom something is seen; the first of them is Bo. */
export function madeUpRoom(call: CallData, others: readonly Partial<OtherData>[]): CallData {
  const all = others.map((one, i): OtherData => {
    const participant = { ...BO, id: `p${i}`, name: ['Bo', 'Cleo', '小迪'][i] ?? '' };
    return { ...call, safety: CODES[i], other: { state: 'present', participant }, ...one };
  });
  return { ...call, ...all[0], capacity: 4, others: all };
}

const CODES: readonly SafetyCode[] = [
  { words: ['harbour', 'violin', 'acorn', 'comet'], emoji: ['⚓', '🎻', '🌰', '☄️'] },
  { words: ['candle', 'tiger', 'anchor', 'piano'], emoji: ['🕯️', '🐯', '⚓', '🎹'] },
  { words: ['lemon', 'castle', 'rocket', 'owl'], emoji: ['🍋', '🏰', '🚀', '🦉'] },
];

const AT_MS = Date.UTC(2030, 4, 17, 12, 30);

export const CHAT: readonly ChatMessage[] = [
  { id: '1', from: 'other', text: 'Hello! Can you see the plan?', atMs: AT_MS, delivered: true },
  { id: '2', from: 'you', text: 'Yes, it is very clear.', atMs: AT_MS + 20_000, delivered: true },
  { id: '3', from: 'other', text: 'The notes are at https://example.org/notes/spring, have a look',
    atMs: AT_MS + 45_000, delivered: true },
  { id: '4', from: 'you', text: '好的，我看看 👍', atMs: AT_MS + 70_000, delivered: false },
];

export const FILES: readonly FileTransfer[] = [
  transfer({ id: 'a', direction: 'out', name: 'garden-plan-2030.pdf', size: 4_812_331,
    state: 'going', bytes: 2_950_000 }),
  transfer({ id: 'b', direction: 'in', name: 'holiday.mov', size: 1_240_000_000, state: 'offered', bytes: 0 }),
];

function transfer(given: Pick<FileTransfer, 'id' | 'direction' | 'name' | 'size' | 'state' | 'bytes'>): FileTransfer {
  return { ...given, type: 'application/octet-stream', accept: () => Promise.resolve(), cancel: () => undefined };
}

/** A minute of a call that has a bad moment. */
export const SAMPLES: readonly Sample[] = Array.from({ length: 60 }, (_, i) => {
  const bad = i > 28 && i < 40 ? 1 : 0;
  const wave = Math.sin(i / 3) + Math.sin(i / 1.7);
  return {
    atMs: i * 1_000,
    receivedBps: 1_900_000 + wave * 140_000 - bad * 1_100_000,
    sentBps: 1_450_000 + wave * 90_000,
    roundTripMs: 42 + wave * 4 + bad * 70,
    lost: bad * 0.06 + Math.max(0, wave) * 0.002,
    framesPerSecond: 30 - bad * 14 + Math.round(wave),
    width: 1280,
    height: 720,
  };
});
