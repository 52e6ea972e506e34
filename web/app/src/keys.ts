/** Which key does what. Pure. */

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
