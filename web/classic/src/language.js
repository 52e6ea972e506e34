// Both languages of these pages. An element with data-t="key" shows the text of that key.
import { pickLanguage } from './messages.js';
import { TEXTS } from './texts.js';

const KEY = 'duet.classic.language';
let language = pickLanguage([localStorage.getItem(KEY), ...navigator.languages].filter(Boolean));

/** The text of a key; a name in braces is replaced by the value given for it. */
export function t(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Translates the page now and at each press of the switch; `changed` is called after each. */
export function translate(changed = () => {}) {
  const show = () => {
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
    for (const element of document.querySelectorAll('[data-t-label]')) element.ariaLabel = t(element.dataset.tLabel);
    document.title = t(document.documentElement.dataset.title);
    changed();
  };
  document.getElementById('language').addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    localStorage.setItem(KEY, language);
    show();
  });
  show();
}
