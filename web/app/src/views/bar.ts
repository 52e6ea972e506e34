/** The controls of a call, and what is behind "more". */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { DeviceState } from '../sdk.ts';
import { deviceLabel } from '../status.ts';
import type { Device, Texts } from '../text/texts.ts';
import { hasRoom, isGrid, isSeen, unreadOf } from '../view-model.ts';
import type { CallData, Model } from '../view-model.ts';
import { icon } from './icons.ts';
import type { Icon } from './icons.ts';

const DEVICES = {
  microphone: { id: 'mic', key: 'm', icons: ['mic', 'mic-off'] },
  camera: { id: 'camera', key: 'v', icons: ['camera', 'camera-off'] },
} as const;

export function bar(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t, can, ui } = m;
  const unread = ui.panel === 'chat' ? 0 : unreadOf(m);
  return html`<div class="bar" role="group" aria-label=${t.controls}>
    ${deviceButton('microphone', call.mic.state, t, () => act.microphone())}
    ${deviceButton('camera', call.camera.state, t, () => act.camera())}
    ${can.screen ? screenButton(call, t, act) : nothing}
    ${can.chat
      ? html`<button id="chat" class="round" type="button" title="${t.chat} (C)" aria-keyshortcuts="c"
          aria-label=${unread > 0 ? `${t.chat}, ${t.unread(unread)}` : t.chat} aria-expanded=${ui.panel === 'chat'}
          @click=${() => act.panel('chat')}>${icon('chat')}
            ${unread > 0 ? html`<span class="badge">${unread}</span>` : nothing}</button>`
      : nothing}
    <button id="more" class="round" type="button" title=${t.more} aria-label=${t.more} aria-haspopup="menu"
      aria-expanded=${ui.menu} @click=${() => act.menu(!ui.menu)}>${icon('more')}</button>
    <button id="leave" class="round danger" type="button" title=${t.leave} aria-label=${t.leave}
      aria-keyshortcuts="Shift+L"
      @click=${() => act.leave()}>${icon('leave')}</button>
    ${ui.menu ? menu(m, call, act) : nothing}
  </div>`;
}

export function deviceButton(device: Device, state: DeviceState, t: Texts, run: () => void): TemplateResult {
  const { id, key, icons } = DEVICES[device];
  const label = deviceLabel(device, state, t);
  const lacks = state.state === 'off' || state.state === 'missing';
  return html`<button id=${id} class="round" type="button" data-device=${state.state}
    aria-pressed=${state.state === 'on'}
    title=${label} aria-label=${label} aria-keyshortcuts=${key} @click=${run}>${icon(icons[lacks ? 1 : 0])}</button>`;
}

function screenButton({ screen }: CallData, t: Texts, act: Actions): TemplateResult {
  const on = screen.state.state === 'on';
  const label = on ? t.screen.stop : t.screen.start;
  return html`<button id="screen" class="round" type="button" title=${label} aria-label=${label} aria-pressed=${on}
    aria-keyshortcuts="s" ?data-active=${on} @click=${() => act.screen()}>${icon('screen')}</button>`;
}

function menu(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t, can } = m;
  const seen = isSeen(call);
  const here = call.other.state !== 'none';
  const item = (id: string, name: Icon, text: string, run: () => void) =>
    html`<button id=${id} type="button" role="menuitem" tabindex="-1"
      @click=${run}>${icon(name)}<span>${text}</span></button>`;
  const panel = (name: 'details' | 'safety' | 'keys' | 'settings', text: string) =>
    item(`menu-${name}`, name, text, () => act.panel(name));
  const recording = call.recording === 'here';
  return html`<div class="menu" role="menu" aria-label=${t.more} @keydown=${walk}>
    ${can.flip && call.camera.canFlip ? item('flip', 'flip', t.flip, () => act.flip()) : nothing}
    ${hasRoom(call)
      ? item('invite', m.ui.copied ? 'check' : 'copy', m.ui.copied ? t.copied : t.invite, () => act.copy())
      : nothing}
    ${here && !isGrid(call) ? item('swap', 'swap', t.swap, () => act.swap()) : nothing}
    ${seen && !isGrid(call) ? item('turn', 'fit', t.fit, () => act.turn()) : nothing}
    ${can.fullscreen ? item('fullscreen', 'fullscreen', t.fullscreen, () => act.fullscreen()) : nothing}
    ${seen && can.pictureInPicture ? item('pip', 'pip', t.pictureInPicture, () => act.pictureInPicture()) : nothing}
    ${seen ? item('snapshot', 'snapshot', t.snapshot, () => act.snapshot()) : nothing}
    ${here && can.recording && (call.capacity ?? 2) > 2 ? html`<p class="small">${t.record.notHere}</p>` : nothing}
    ${here && can.recording && (call.capacity ?? 2) <= 2
      ? item('record', 'record', recording ? t.record.stop : t.record.start, () => act.record())
      : nothing}
    <hr>
    ${here && can.safety ? panel('safety', t.safety) : nothing}
    ${here && can.quality ? panel('details', t.details) : nothing}
    ${can.keyboard ? panel('keys', t.shortcuts) : nothing}
    ${panel('settings', t.settings)}
  </div>`;
}

/** Arrow keys, Home and End go through a menu, as everywhere. */
function walk(event: KeyboardEvent): void {
  const items = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length]?.focus();
}
