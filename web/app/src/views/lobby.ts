/** Before the door: how one looks and sounds, who is there, and the way in. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { CallData, Model } from '../view-model.ts';
import { noticesOf } from '../status.ts';
import { streamOf } from '../streams.ts';
import { deviceButton } from './bar.ts';
import { nameField, submitted } from './door.ts';
import { icon } from './icons.ts';
import { level, pickers } from './devices.ts';
import { warnings } from './warnings.ts';
import { playing } from './playing.ts';

export function lobby(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t } = m;
  return html`<section class="lobby" aria-labelledby="door-title">
    <div class="words">
      <h1 id="door-title" tabindex="-1">${t.invitedTitle}</h1>
      ${who(m, call)}
      ${warnings(m, act)}
      ${m.can.calls
        ? html`<form id="door" @submit=${submitted(() => act.join())}>
          ${nameField(m, act)}
          <button id="join" class=${m.damaged ? 'plain' : 'primary large'} type="submit">
            ${m.damaged ? t.damagedJoin : t.join}</button>
        </form>`
        : nothing}
      <p class="small">${t.doorNote}</p>
    </div>
    ${m.secure && m.can.calls ? mirror(m, call, act) : nothing}
  </section>`;
}

function who({ t, can }: Model, { state }: CallData): TemplateResult {
  if (!can.lobby || state.name !== 'lobby' || state.server.state !== 'joined') {
    return html`<p class="lede">${t.invitedLede}</p>`;
  }
  const { here } = state;
  if (state.full) return html`<p class="lede" role="status">${t.roomFull}</p>`;
  const text = here.length === 0 ? t.nobodyHere : t.somebodyHere(here.length);
  return html`<p class="lede here" role="status" ?data-here=${here.length > 0}>${text}</p>`;
}

function mirror(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t, settings } = m;
  const { camera, mic } = call;
  const asked = camera.state.state !== 'off' || mic.state.state !== 'off' || mic.track !== null;
  const notices = noticesOf(mic.state, camera.state, m.browser, t);
  return html`<div class="mirror">
    <div class="glass">
      <video id="preview" autoplay playsinline muted ?data-mirror=${settings.mirror} aria-label=${t.you}
        ${playing(streamOf(camera.track))}></video>
      ${camera.track === null ? html`<div class="unseen">${icon('person')}</div>` : nothing}
      ${asked
        ? html`<div class="glass-bar">
            ${deviceButton('microphone', mic.state, t, () => act.microphone())}
            ${deviceButton('camera', camera.state, t, () => act.camera())}
            ${m.can.devices && mic.track !== null ? level(mic.level) : nothing}
          </div>`
        : html`<div class="ask"><button id="look" class="secondary" type="button" @click=${() => act.preview()}>
            ${icon('camera')}${t.previewButton}</button><p>${t.preview}</p></div>`}
    </div>
    ${notices.length > 0
      ? html`<div class="note" role="status">${notices.map((notice) => html`<p>${notice}</p>`)}</div>`
      : nothing}
    ${asked ? pickers(m, call, act) : nothing}
    ${m.echo === undefined ? tryAlone(m, call, act) : m.echo.draw(m, m.echo, () => act.echo())}
  </div>`;
}

function tryAlone({ t, can }: Model, { state }: CallData, act: Actions): TemplateResult | typeof nothing {
  if (!can.lobby || state.name !== 'lobby' || state.server.state !== 'joined') return nothing;
  return html`<button id="echo" class="plain" type="button"
    @click=${() => act.echo()}>${icon('swap')}${t.echo}</button>`;
}
