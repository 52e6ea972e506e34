/** After the call: what happened, and what can be done. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { CallState } from '../sdk.ts';
import { endOf } from '../status.ts';
import type { CallData, Model } from '../view-model.ts';
import { icon } from './icons.ts';

type Ended = Extract<CallState, { name: 'ended' }>;

export function ended({ t }: Model, { id }: CallData, state: Ended, act: Actions): TemplateResult {
  const end = endOf(state, id, t);
  return html`<section class="end" aria-labelledby="end-title">
    <span class="seal" data-reason=${state.reason}>${icon(state.reason === 'left' ? 'leave' : 'person')}</span>
    <h1 id="end-title" tabindex="-1">${end.title}</h1>
    <p id="end-text" class="lede">${end.text}</p>
    <div class="row">
      <button id="again" class="primary" type="button" @click=${() => act.again()}>${end.again}</button>
      ${state.reason === 'superseded'
        ? nothing
        : html`<button id="new" class="secondary" type="button" @click=${() => act.startOver()}>${t.newCall}</button>`}
    </div>
    ${end.detail === ''
      ? nothing
      : html`<details id="end-more" class="small"><summary>${t.forOperator}</summary>
          <p id="end-detail" lang="en">${end.detail}</p></details>`}
    ${end.callId === '' ? nothing : html`<p id="end-id" class="small">${end.callId}</p>`}
  </section>`;
}
