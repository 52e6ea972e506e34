/** Where the other is heard, in browsers that let a page choose. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { Model } from '../view-model.ts';

/** The browser's own choice is none of its devices. */
const DEFAULT = 'default';

export function speakers({ t, can, devices, settings }: Model, act: Actions): TemplateResult | typeof nothing {
  const found = devices.filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== '');
  if (!can.speaker || found.length === 0) return nothing;
  const picked = (event: Event) => act.set('speaker', (event.target as HTMLSelectElement).value);
  // One that was pulled out is not there to be chosen, but may come back.
  const used = found.some(({ deviceId }) => deviceId === settings.speaker) ? settings.speaker : DEFAULT;
  return html`<label class="picker">${t.speaker}
    <select data-device="speaker" @change=${picked}>
      ${found.map(({ deviceId, label }, i) =>
        html`<option value=${deviceId} ?selected=${deviceId === used}>${label || t.defaultDevice(i + 1)}</option>`)}
    </select></label>`;
}
