/** What the two ends of a file's channel say around the bytes, its name made harmless, and its hash. Pure. */
import { hex } from './hex.ts';

export const BLOCK_BYTES = 1024 * 1024;

export type FileText =
  | { readonly type: 'file'; readonly id: string; readonly name: string; readonly size: number; readonly mime: string }
  | { readonly type: 'accept' | 'refuse' | 'cancel' | 'done' | 'damaged' }
  /** So many bytes are written; the sender is never far ahead of it. */
  | { readonly type: 'written'; readonly bytes: number }
  | { readonly type: 'end'; readonly hash: string }
  | { readonly type: 'failed'; readonly problem: FileProblem };

/** `too-many` transfers at once, `no-space` for it there, `not-written` there, `not-read` here: it changed or is gone. */
export type FileProblem = 'too-many' | 'no-space' | 'not-written' | 'not-read';

const PROBLEMS: readonly unknown[] = ['too-many', 'no-space', 'not-written', 'not-read'] satisfies FileProblem[];
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value.length <= max;

/** Reads one text of the other end; nothing if it is none of these. */
export function readFileText(text: string): FileText | undefined {
  let m: Record<string, unknown>;
  try {
    m = Object(JSON.parse(text));
  } catch {
    return undefined;
  }
  switch (m['type']) {
    case 'file': {
      const { id, name, size, mime } = m;
      if (!isText(id, 64) || !isText(name, 4096) || !isSize(size) || !isText(mime, 255)) return undefined;
      return { type: 'file', id, name: safeName(name), size, mime: safeType(mime) };
    }
    case 'accept':
    case 'refuse':
    case 'cancel':
    case 'done':
    case 'damaged':
      return { type: m['type'] };
    case 'written':
      return isSize(m['bytes']) ? { type: 'written', bytes: m['bytes'] } : undefined;
    case 'end':
      return isText(m['hash'], 64) ? { type: 'end', hash: m['hash'] } : undefined;
    case 'failed':
      return PROBLEMS.includes(m['problem']) ? { type: 'failed', problem: m['problem'] as FileProblem } : undefined;
    default:
      return undefined;
  }
}

const NAME_BYTES = 255;

/** A name that is only a name on every system: no path, nothing that cannot be seen, and not too long. */
export function safeName(name: string): string {
  const base = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  // Also what turns the direction of writing, with which an .exe looks like a .jpg.
  const plain = base
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const free = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
  return shortened(free) || 'file';
}

/** The ending stays, because it says what the file is. */
function shortened(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && bytes(name.slice(dot)) <= 32 ? name.slice(dot) : '';
  const letters = [...name.slice(0, name.length - ending.length)];
  while (bytes(letters.join('')) + bytes(ending) > NAME_BYTES) letters.pop();
  return letters.join('').trimEnd() + ending;
}

/** What a page could show; anything else, such as HTML that would run as a part of this site, is only bytes. */
function safeType(mime: string): string {
  const known = /^(image\/(png|jpeg|gif|webp|avif)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain|application\/pdf)$/;
  return known.test(mime) ? mime : 'application/octet-stream';
}

/** SHA-256 over the SHA-256 of each block of 1 MiB: browsers have no digest that can be fed bit by bit. */
export class BlockHash {
  #digests: Uint8Array[] = [];

  async add(block: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#digests.push(new Uint8Array(await crypto.subtle.digest('SHA-256', block)));
  }

  async finish(): Promise<string> {
    const all = new Uint8Array(this.#digests.length * 32);
    this.#digests.forEach((digest, index) => all.set(digest, index * 32));
    return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)));
  }
}
