/** What a person has chosen, kept in this browser. */
import { pickLanguage } from './text/languages.ts';
import type { Language } from './text/languages.ts';

export type Theme = 'auto' | 'light' | 'dark';

export interface Settings {
  readonly language: Language;
  readonly name: string;
  readonly theme: Theme;
  /** One's own picture is shown as in a mirror. */
  readonly mirror: boolean;
  readonly sounds: boolean;
  /** Where the other is heard, or empty. */
  readonly speaker: string;
}

const CHOICES: Readonly<Record<Theme, true>> = { auto: true, light: true, dark: true };

/** What is kept, read with distrust: it may be another version's. Pure. */
export function settingsFrom(kept: (key: string) => string | undefined, languages: readonly string[]): Settings {
  const language = kept('language');
  const theme = kept('theme') ?? 'auto';
  return {
    language: pickLanguage(language === undefined ? languages : [language]),
    name: kept('name') ?? '',
    theme: Object.hasOwn(CHOICES, theme) ? (theme as Theme) : 'auto',
    mirror: kept('mirror') !== 'false',
    sounds: kept('sounds') !== 'false',
    speaker: kept('speaker') ?? '',
  };
}

/** `localStorage` where the browser has it, nothing where it refuses. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(`duet.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`duet.${key}`, value);
  } catch {
    // The page works the same, it only forgets.
  }
}
