/** What stands in the way of a call before it begins. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { Model } from '../view-model.ts';

export function warnings({ t, browser, can, damaged, secure, ui }: Model, act: Actions): TemplateResult {
  const { inApp } = browser;
  return html`${can.calls ? nothing : html`<div id="no-calls" class="note" role="alert"><p>${t.noCalls}</p></div>`}
  ${damaged ? html`<div id="damaged" class="note" role="alert"><p>${t.damaged}</p></div>` : nothing}
  ${inApp === undefined
    ? nothing
    : html`<div id="in-app" class="note"><p>${t.inApp[inApp]}</p>
        <button class="plain" type="button"
          @click=${() => act.copy()}>${ui.copied ? t.copied : t.inAppCopy}</button></div>`}
  ${secure
    ? nothing
    : html`<div id="insecure" class="note"><p>${t.insecure}</p><p><a href="trust">${t.insecureHelp}</a></p></div>`}`;
}
