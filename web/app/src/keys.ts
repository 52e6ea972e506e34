/** Which key does what. Pure. */

import type { Corner } from './view-model.ts';

export type Command = 'mic' | 'camera' | 'screen' | 'chat' | 'fullscreen' | 'keys' | 'leave' | 'close';

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
  /** The person is writing. */
  readonly inText: boolean;
}

/** As the list of shortcuts shows them. Leaving needs Shift, so that no slip of a finger ends a call. */
export const SHORTCUTS: Readonly<Record<Exclude<Command, 'close'>, readonly string[]>> = {
  mic: ['M'],
  camera: ['V'],
  screen: ['S'],
  chat: ['C'],
  fullscreen: ['F'],
  keys: ['?'],
  leave: ['Shift', 'L'],
};

const PLAIN: Readonly<Record<string, Command>> = {
  m: 'mic',
  v: 'camera',
  s: 'screen',
  c: 'chat',
  f: 'fullscreen',
};

export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey, repeat, inText }: KeyPress): Command | undefined {
  if (ctrlKey || metaKey || altKey || repeat) return undefined;
  if (key === 'Escape') return 'close';
  if (inText) return undefined;
  // Which keys make a question mark differs from keyboard to keyboard.
  if (key === '?') return 'keys';
  const letter = key.toLowerCase();
  if (shiftKey) return letter === 'l' ? 'leave' : undefined;
  return Object.hasOwn(PLAIN, letter) ? PLAIN[letter] : undefined;
}

/** The corner that an arrow key leads to. */
export function cornerBeside(corner: Corner, key: string): Corner | undefined {
  const left = corner.endsWith('left');
  const top = corner.startsWith('top');
  switch (key) {
    case 'ArrowUp':
      return left ? 'top-left' : 'top-right';
    case 'ArrowDown':
      return left ? 'bottom-left' : 'bottom-right';
    case 'ArrowLeft':
      return top ? 'top-left' : 'bottom-left';
    case 'ArrowRight':
      return top ? 'top-right' : 'bottom-right';
    default:
      return undefined;
  }
}
