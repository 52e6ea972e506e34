/** Which language the page speaks. */
import { en } from './en.ts';
import type { Texts } from './texts.ts';
import { zh } from './zh.ts';

export type Language = 'en' | 'zh';

export const LANGUAGES: Readonly<Record<Language, Texts>> = { en, zh };

/** The first of the person's languages that the page knows; English for everybody else. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'zh' || language === 'en') return language;
  }
  return 'en';
}

export function nextLanguage(language: Language): Language {
  return language === 'en' ? 'zh' : 'en';
}
