/** Tells a WebM file how long it is: browsers record without knowing when they will stop, and leave it open. Pure. */

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const DURATION = 0x4489;
const TIMESTAMP_SCALE = 0x2ad7b1;
/** The information is before the first picture; this much is enough to find it. */
export const WEBM_HEAD_BYTES = 4096;

interface Element {
  readonly id: number;
  readonly from: number;
  readonly data: number;
  /** `undefined` for one that is as long as the file. */
  readonly end: number | undefined;
}

type Whole = Element & { readonly end: number };

/** The bytes that replace those from `from` to `to`; nothing for a file that is not as browsers write it. */
export interface Patch {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function durationPatch(head: Uint8Array, durationMs: number): Patch | undefined {
  const ebml = element(head, 0);
  if (ebml?.id !== EBML || ebml.end === undefined) return undefined;
  const segment = element(head, ebml.end);
  if (segment?.id !== SEGMENT) return undefined;
  const info = find(head, segment.data, head.length, INFO);
  if (info === undefined) return undefined;
  const scale = find(head, info.data, info.end, TIMESTAMP_SCALE);
  const scaleNanos = scale === undefined ? 1e6 : number(head, scale.data, scale.end);
  const duration = (durationMs * 1e6) / scaleNanos;

  const known = find(head, info.data, info.end, DURATION);
  if (known !== undefined) {
    const bytes = new Uint8Array(known.end - known.data);
    if (bytes.length === 8) new DataView(bytes.buffer).setFloat64(0, duration);
    else if (bytes.length === 4) new DataView(bytes.buffer).setFloat32(0, duration);
    else return undefined;
    return { from: known.data, to: known.end, bytes };
  }
  // What is inserted moves what follows; where the segment has a length, that would be wrong then.
  if (segment.end !== undefined) return undefined;
  const before = head.subarray(info.data, info.end);
  const bytes = new Uint8Array(12 + before.length + 11);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, INFO);
  view.setUint32(4, 0x01000000);
  view.setUint32(8, before.length + 11);
  bytes.set(before, 12);
  view.setUint16(12 + before.length, DURATION);
  view.setUint8(14 + before.length, 0x88);
  view.setFloat64(15 + before.length, duration);
  return { from: info.from, to: info.end, bytes };
}

/** One that is whole between these two. */
function find(bytes: Uint8Array, from: number, to: number, id: number): Whole | undefined {
  for (let at = from; at < to; ) {
    const one = element(bytes, at);
    if (one?.end === undefined || one.end > to) return undefined;
    if (one.id === id) return one as Whole;
    at = one.end;
  }
  return undefined;
}

/** An identifier keeps the bit that marks its length, a size does not; all ones are an unknown size. */
function element(bytes: Uint8Array, from: number): Element | undefined {
  const idLength = Math.clz32(bytes[from] ?? 0) - 23;
  const sizeAt = from + idLength;
  const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  const data = sizeAt + sizeLength;
  if (idLength > 4 || sizeLength > 8 || data > bytes.length) return undefined;
  const marked = (bytes[sizeAt] ?? 0) - 2 ** (8 - sizeLength);
  const size = marked * 256 ** (sizeLength - 1) + number(bytes, sizeAt + 1, data);
  const unknown = size === 2 ** (7 * sizeLength) - 1 || size > Number.MAX_SAFE_INTEGER;
  return { id: number(bytes, from, sizeAt), from, data, end: unknown ? undefined : data + size };
}

function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 256 + (bytes[at] ?? 0);
  return value;
}
