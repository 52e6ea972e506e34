/** What stands beside the call: chat, details, safety code, settings, shortcuts. One at a time. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import { isTested } from '../capabilities.ts';
import { SHORTCUTS } from '../keys.ts';
import { nameOf, sentence } from '../status.ts';
import { OWN_NAMES } from '../text/languages.ts';
import type { Language } from '../text/languages.ts';
import type { Texts } from '../text/texts.ts';
import type { Theme } from '../settings.ts';
import type { CallData, Model, Panel } from '../view-model.ts';
import { inRoom, isGrid, screenOf } from '../view-model.ts';
import { level, pickers } from './devices.ts';
import { icon } from './icons.ts';

const TITLES: Readonly<Record<Panel, (t: Texts) => string>> = {
  chat: (t) => t.chat,
  details: (t) => t.details,
  safety: (t) => t.safety,
  settings: (t) => t.settings,
  keys: (t) => t.shortcuts,
};

export function panel(m: Model, act: Actions): TemplateResult | typeof nothing {
  const { t, call, ui } = m;
  const name = ui.panel;
  // All but the settings are about a call.
  if (name === undefined || (name !== 'settings' && !inRoom(screenOf(call)))) return nothing;
  return html`<div id="panel" class="panel" data-panel=${name} role="dialog" aria-labelledby="panel-title">
    <header>
      <h2 id="panel-title" tabindex="-1">${TITLES[name](t)}</h2>
      <button id="close" class="quiet square" type="button" title=${t.close} aria-label=${t.close}
        @click=${() => act.panel(undefined)}>${icon('close')}</button>
    </header>
    ${content(name, m, act)}
  </div>`;
}

function content(name: Panel, m: Model, act: Actions): unknown {
  const { call } = m;
  if (name === 'settings') return settings(m, act);
  if (call === undefined) return nothing;
  switch (name) {
    case 'chat':
      return m.later?.chat(m, call, act) ?? nothing;
    case 'details':
      return m.later?.details(m, call) ?? nothing;
    case 'safety':
      return html`<div class="inside">${safety(m.t, call)}</div>`;
    case 'keys':
      return keys(m);
    default:
      return name satisfies never;
  }
}

/** With each of several there is another code. */
function safety(t: Texts, call: CallData): TemplateResult {
  if (!isGrid(call)) return codeWith(t, call);
  return html`${call.others.map((one, i) => html`<div class="with">
    <h3>${sentence(nameOf(one.other, t))}</h3>${codeWith(t, one, i)}</div>`)}`;
}

function codeWith(t: Texts, { safety: code, other }: Pick<CallData, 'safety' | 'other'>, i = 0): TemplateResult {
  if (code === 'failed') return html`<p class="warning">${t.safetyFailed}</p>`;
  if (code === undefined) return html`<p class="soft">${t.safetyWait}</p>`;
  return html`<ol class="safety" id=${i === 0 ? 'safety-code' : nothing}>${code.words.map((word, i) =>
      html`<li><span aria-hidden="true">${code.emoji[i]}</span>${word}</li>`)}</ol>
    <p class="soft">${t.safetyText(nameOf(other, t))}</p>`;
}

function keys({ t, can }: Model): TemplateResult {
  const shown = (['mic', 'camera', 'screen', 'chat', 'fullscreen', 'keys', 'leave'] as const).filter(
    (name) => !(name === 'screen' || name === 'chat' || name === 'fullscreen') || can[name],
  );
  return html`<dl class="inside keys">${shown.map((name) =>
    html`<div><dt>${t.shortcut[name]}</dt><dd>
      ${SHORTCUTS[name].map((key) => html`<kbd>${key}</kbd>`)}</dd></div>`)}</dl>`;
}

function settings(m: Model, act: Actions): TemplateResult {
  const { t, call } = m;
  const chosen = m.settings;
  return html`<div class="inside settings">
    ${call === undefined || screenOf(call) === 'ended' ? nothing : pickers(m, call, act)}
    ${m.later?.speakers(m, act) ?? nothing}
    ${call !== undefined && m.can.devices && call.mic.track !== null ? level(call.mic.level) : nothing}
    ${choice(t.language, 'language', chosen.language, OWN_NAMES, (value: Language) => act.set('language', value))}
    ${choice(t.theme, 'theme', chosen.theme, t.themes, (value: Theme) => act.set('theme', value))}
    ${toggle(t.mirror, 'mirror', chosen.mirror, (on) => act.set('mirror', on))}
    ${toggle(t.sounds, 'sounds', chosen.sounds, (on) => act.set('sounds', on))}
    ${isTested(m.browser) ? nothing : html`<p class="note">${t.untested}</p>`}
  </div>`;
}


/** One of a few, all of them in sight. */
function choice<V extends string>(
  label: string,
  name: string,
  chosen: V,
  values: Readonly<Record<V, string>>,
  choose: (value: V) => void,
): TemplateResult {
  return html`<fieldset class="choice"><legend>${label}</legend><div>
    ${(Object.entries(values) as [V, string][]).map(([value, text]) =>
      html`<label><input type="radio" name=${name} .checked=${value === chosen}
        @change=${() => choose(value)}><span>${text}</span></label>`)}
  </div></fieldset>`;
}

function toggle(text: string, name: string, on: boolean, set: (on: boolean) => void): TemplateResult {
  const changed = (event: Event) => set((event.target as HTMLInputElement).checked);
  return html`<label class="toggle"><span>${text}</span>
    <input type="checkbox" role="switch" name=${name} .checked=${on} @change=${changed}></label>`;
}
