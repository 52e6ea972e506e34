/**
 * What the two pages say to each other without the server: JSON texts over one data channel. Pure.
 *
 * Reading is as in protocol.ts: an unknown type is no fault, a known one without its fields is. The channel is ordered and
 * reliable for as long as the connection lives; direct-outbox.ts keeps what must outlive it.
 */
import type { Json, SignalBody } from './protocol.ts';

/** Both sides make the channel by themselves, with the same number, so that it costs no negotiation. */
export const DIRECT_LABEL = 'duet';
export const DIRECT_CHANNEL = { negotiated: true, id: 0, ordered: true } as const;

/** Descriptions are longer than what people say. */
export const DIRECT_TEXT_BYTES = 16 * 1024;
export const DIRECT_SIGNAL_BYTES = 64 * 1024;
/** How many may be said without having been acknowledged. */
export const DIRECT_KEPT = 256;
const ID_LENGTH = 64;

export type ChatText = { readonly type: 'chat'; readonly id: string; readonly text: string; readonly atMs: number };
export type AppValue = { readonly type: 'app'; readonly id: string; readonly value: Json };
/** See safety.ts. Bytes are hexadecimal. */
export type SafetyMessage = {
  readonly type: 'safety';
  readonly step: 'commit' | 'nonce' | 'reveal';
  readonly bytes: string;
};

/** See consent.ts; the id is the question's. */
export type RecordingMessage = {
  readonly type: 'recording';
  readonly step: 'ask' | 'agree' | 'refuse' | 'stopped';
  readonly id: string;
};

export type DirectMessage =
  | { readonly type: 'media'; readonly microphone: boolean; readonly camera: boolean; readonly screen: boolean }
  /** How good the call is for who says it. */
  | { readonly type: 'quality'; readonly bars: 0 | 1 | 2 | 3; readonly audio?: number; readonly video?: number }
  | ChatText
  | AppValue
  | { readonly type: 'ack'; readonly ids: readonly string[] }
  | SafetyMessage
  | RecordingMessage
  /** A description or a candidate, while the server cannot be reached. */
  | { readonly type: 'signal'; readonly body: SignalBody }
  /**
   * The server has named the other end to who says it, who reads this channel from now on; `heard`: and has read the same of the
   * other. What was said before is not read.
   */
  | { readonly type: 'named'; readonly heard: boolean }
  | { readonly type: 'bye' };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): boolean => isText(value) && value.length > 0 && value.length <= ID_LENGTH;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isScore = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && value >= 0 && value <= 100);
const oneOf = (value: unknown, ...these: readonly unknown[]): boolean => these.includes(value);

function isBody(value: unknown): boolean {
  if (!isFields(value) || Object.keys(value).length !== 1) return false;
  const { description, candidate } = value;
  if (description !== undefined) {
    return isFields(description) && isText(description['type']) && isText(description['sdp']);
  }
  return candidate === null || (isFields(candidate) && isText(candidate['candidate']));
}

const TYPES: Readonly<Record<DirectMessage['type'], (m: Fields) => boolean>> = {
  media: (m) => isFlag(m['microphone']) && isFlag(m['camera']) && isFlag(m['screen']),
  quality: (m) => oneOf(m['bars'], 0, 1, 2, 3) && isScore(m['audio']) && isScore(m['video']),
  chat: (m) => isId(m['id']) && isText(m['text']) && Number.isFinite(m['atMs']),
  app: (m) => isId(m['id']) && 'value' in m,
  ack: (m) => Array.isArray(m['ids']) && m['ids'].length <= DIRECT_KEPT && m['ids'].every(isId),
  safety: (m) =>
    oneOf(m['step'], 'commit', 'nonce', 'reveal') && isText(m['bytes']) && /^[0-9a-f]{64}$/.test(m['bytes']),
  recording: (m) => oneOf(m['step'], 'ask', 'agree', 'refuse', 'stopped') && isId(m['id']),
  signal: (m) => isBody(m['body']),
  named: (m) => isFlag(m['heard']),
  bye: () => true,
};

export type DirectReceived =
  | { readonly kind: 'message'; readonly message: DirectMessage }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'bad'; readonly problem: string };

/** Reads what came over the channel; anything but a text is bad. */
export function readDirect(data: unknown): DirectReceived {
  if (!isText(data) || data.length > DIRECT_SIGNAL_BYTES) return { kind: 'bad', problem: 'not a text of this size' };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { kind: 'bad', problem: 'not JSON' };
  }
  if (!isFields(value) || !isText(value['type'])) return { kind: 'bad', problem: 'no type' };
  const type = value['type'];
  if (!Object.hasOwn(TYPES, type)) return { kind: 'unknown', type };
  const known = type as DirectMessage['type'];
  if (!TYPES[known](value)) return { kind: 'bad', problem: `${known} without the fields it promises` };
  return { kind: 'message', message: value as unknown as DirectMessage };
}
