/** Which language the page speaks. */
import type { Texts } from './texts.ts';

export type Language = 'en' | 'zh';

/** Of each in itself. */
export const OWN_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** A language comes when it is first spoken, so that nobody waits for the other one. */
const SOURCES: Readonly<Record<Language, () => Promise<Texts>>> = {
  en: async () => (await import('./en.ts')).en,
  zh: async () => (await import('./zh.ts')).zh,
};
const known = new Map<Language, Texts>();

export async function learn(language: Language): Promise<Texts> {
  const texts = known.get(language) ?? (await SOURCES[language]());
  known.set(language, texts);
  return texts;
}

/** The texts, once they have been learnt. */
export function textsIn(language: Language): Texts | undefined {
  return known.get(language);
}

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
