/** Which microphone and which camera, and how loud it is. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { Device } from '../text/texts.ts';
import type { CallData, Model } from '../view-model.ts';

const KINDS: Readonly<Record<Device, MediaDeviceKind>> = { microphone: 'audioinput', camera: 'videoinput' };
const STEPS = [0.02, 0.08, 0.18, 0.32, 0.5, 0.7, 0.9];

export function pickers(m: Model, call: CallData, act: Actions): TemplateResult | typeof nothing {
  if (!m.can.devices) return nothing;
  return html`<div class="pickers">${(['microphone', 'camera'] as const).map(
    (device) => picker(device, m, call, act))}</div>`;
}

function picker(device: Device, { t, devices }: Model, call: CallData, act: Actions): TemplateResult | typeof nothing {
  // Without permission browsers name none of them.
  const found = devices.filter(({ kind, deviceId }) => kind === KINDS[device] && deviceId !== '');
  if (found.length === 0) return nothing;
  const used = (device === 'microphone' ? call.mic : call.camera).deviceId;
  const picked = (event: Event) => act.pick(device, (event.target as HTMLSelectElement).value);
  return html`<label class="picker">${t.pick[device]}
    <select data-device=${device} @change=${picked}>
      ${found.map(({ deviceId, label }, i) =>
        html`<option value=${deviceId} ?selected=${deviceId === used}>${label || t.defaultDevice(i + 1)}</option>`)}
    </select></label>`;
}

/** From silence to loud; for the eye only. */
export function level(value: number): TemplateResult {
  return html`<span class="level" aria-hidden="true">${STEPS.map((step) =>
    html`<i ?data-lit=${value >= step}></i>`)}</span>`;
}
