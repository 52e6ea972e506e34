/** While nobody else is there: the link, in every form somebody may want it in. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import { qrOf } from '../qr.ts';
import { isOnlyHere } from '../room.ts';
import { waitingTitle } from '../status.ts';
import type { CallData, Model } from '../view-model.ts';
import { icon } from './icons.ts';

export function invitation(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t, link, ui, can } = m;
  return html`<div class="invitation">
    <h1 id="waiting-title">${waitingTitle(call.other, t)}</h1>
    <p>${t.waitingLede}</p>
    <label for="link">${t.linkLabel}</label>
    <div class="row">
      <input id="link" type="text" readonly .value=${link}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}>
      <button id="copy" class="primary" type="button" @click=${() => act.copy()}>
        ${icon(ui.copied ? 'check' : 'copy')}<span aria-live="polite">${ui.copied ? t.copied : t.copy}</span></button>
    </div>
    ${can.share
      ? html`<button id="share" class="secondary" type="button"
        @click=${() => act.share()}>${icon('share')}${t.share}</button>`
      : nothing}
    ${isOnlyHere(link) ? html`<p id="only-here" class="note">${t.onlyHere}</p>` : code(m)}
    ${can.notifications ? notify(m, act) : nothing}
    <p class="small">${t.linkLasts}</p>
  </div>`;
}

function code({ link, t }: Model): TemplateResult | typeof nothing {
  const drawing = qrOf(link);
  if (drawing === undefined) return nothing;
  return html`<div id="scan" class="scan">
    <svg id="qr" role="img" aria-label=${t.linkCode}
      viewBox="0 0 ${drawing.size} ${drawing.size}"><path d=${drawing.path} /></svg>
    <span>${t.scan}</span>
  </div>`;
}

function notify({ t, ui }: Model, act: Actions): TemplateResult {
  const text = { off: t.notify, on: t.notifyOn, denied: t.notifyDenied }[ui.notify];
  return html`<button id="notify" class="plain" type="button" ?disabled=${ui.notify !== 'off'}
    @click=${() => act.notify()}>
    ${icon(ui.notify === 'on' ? 'check' : 'bell')}<span role="status">${text}</span></button>`;
}
