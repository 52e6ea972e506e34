/** The line at the top: whose page this is, and how the call is. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { Quality } from '../sdk.ts';
import { clock, pathText } from '../status.ts';
import type { Status } from '../status.ts';
import { nextLanguage } from '../text/languages.ts';
import type { Model } from '../view-model.ts';
import { icon } from './icons.ts';

export function top(m: Model, status: Status, act: Actions): TemplateResult {
  const { t, settings } = m;
  return html`<header class="top">
    <span class="brand" aria-hidden="true">${mark()}<span>Duet</span></span>
    <span class="state" ?data-said=${status.text !== ''}>
      <span class="dot"></span><span id="status" role="status">${status.text}</span>
      <span id="countdown" aria-hidden="true">${status.countdown}</span>
      <span id="path">${pathText(m.path, t)}</span>
    </span>
    ${about(m, act)}
    <button id="lang" class="quiet" type="button" lang=${t.otherTag}
      @click=${() => act.set('language', nextLanguage(settings.language))}>${t.otherLanguage}</button>
    <button id="settings" class="quiet square" type="button" title=${t.settings} aria-label=${t.settings}
      aria-expanded=${m.ui.panel === 'settings'} @click=${() => act.panel('settings')}>${icon('settings')}</button>
  </header>`;
}

/** How long, how well, and whether somebody records. */
function about({ t, call, can, connectedAtMs, nowMs, ui }: Model, act: Actions): TemplateResult | typeof nothing {
  if (call === undefined || connectedAtMs === undefined) return nothing;
  const { recording, others } = call;
  // Of several the worst.
  const [here] = others.flatMap(({ quality }) => quality.here ?? []).sort((a, b) => a.bars - b.bars);
  const records = recording === 'here' || recording === 'there';
  return html`<span class="about">
    ${records ? html`<span class="red" role="status">${t.recording[recording]('')}</span>` : nothing}
    <span class="clock" aria-hidden="true">${clock(nowMs - connectedAtMs)}</span>
    ${can.quality && here !== undefined
      ? html`<button class="quiet square" type="button" aria-expanded=${ui.panel === 'details'}
          title="${t.details}: ${t.quality[here.bars]}" aria-label="${t.details}: ${t.quality[here.bars]}"
          @click=${() => act.panel('details')}>${bars(here)}</button>`
      : nothing}
  </span>`;
}

export function bars({ bars: lit }: Quality): TemplateResult {
  return html`<svg class="bars" viewBox="0 0 20 16" data-bars=${lit} aria-hidden="true">
    <rect x="1" y="10" width="4" height="6" rx="1.5" ?data-lit=${lit >= 1} />
    <rect x="8" y="5" width="4" height="11" rx="1.5" ?data-lit=${lit >= 2} />
    <rect x="15" y="0" width="4" height="16" rx="1.5" ?data-lit=${lit >= 3} />
  </svg>`;
}

/** Two who overlap. */
function mark(): TemplateResult {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" /><circle cx="12.5" cy="16" r="7" /><circle cx="19.5" cy="16" r="7" />
  </svg>`;
}
