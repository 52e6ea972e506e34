/** In the room: the stage with the pictures, what is said about them, and the controls. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import { cornerBeside } from '../keys.ts';
import { initialOf, nameOf, noticesOf, otherMediaText, sentence } from '../status.ts';
import { streamOf } from '../streams.ts';
import { isGrid, isSeen, layoutOf, screenOf } from '../view-model.ts';
import type { CallData, Corner, Layout, Model, Tile } from '../view-model.ts';
import { bar } from './bar.ts';
import { grid } from './grid.ts';
import { icon } from './icons.ts';
import { invitation } from './invitation.ts';
import { playing } from './playing.ts';

export function room(m: Model, call: CallData, act: Actions): TemplateResult {
  return html`<section class="room">
    <div class="stage" data-corner=${m.ui.corner} @pointermove=${stirred(act)} @click=${tapped(m, act)}
      @dblclick=${doubleTapped(act)}>
      ${isGrid(call) ? everybody(m, call, act) : two(m, call, act)}
      ${m.ui.soundBlocked
        ? html`<button id="play" class="primary" type="button"
          @click=${() => act.playSound()}>${icon('sound')}${m.t.play}</button>`
        : nothing}
      ${m.ui.dropping ? html`<div class="drop">${icon('file')}<p>${m.t.dropFile}</p></div>` : nothing}
      ${consent(m, call, act)}
    </div>
    ${hints(m, call)}
    <div class="foot">${bar(m, call, act)}</div>
  </section>`;
}

function two(m: Model, call: CallData, act: Actions): TemplateResult {
  const layout = layoutOf(call, m.ui.swapped);
  return html`${remote(m, call, placeOf('remote', layout), act)}
    ${call.remoteScreen === undefined ? nothing : shared(m, call, call.remoteScreen, placeOf('screen', layout), act)}
    ${screenOf(call) === 'waiting' ? invitation(m, call, act) : nothing}
    ${self(m, call, placeOf('self', layout), act)}`;
}

function everybody(m: Model, call: CallData, act: Actions): TemplateResult {
  const showing = call.others.find(({ remoteScreen }) => remoteScreen !== undefined);
  const screen = showing?.remoteScreen === undefined ? nothing : shared(m, showing, showing.remoteScreen, 'cell', act);
  return grid(m, call, self(m, call, 'cell', act), screen);
}

/** A mouse wakes the controls by moving; a finger does by tapping, or its first tap would press what it does not see. */
function stirred(act: Actions): (event: PointerEvent) => void {
  return ({ pointerType }) => {
    if (pointerType !== 'touch') act.stir();
  };
}

function tapped({ ui }: Model, act: Actions): (event: PointerEvent) => void {
  return ({ pointerType, target }) => {
    if (!(target instanceof HTMLVideoElement)) return;
    if (ui.menu) act.menu(false);
    else if (pointerType === 'touch' && !ui.calm) act.settle();
    else act.stir();
  };
}

function doubleTapped(act: Actions): (event: Event) => void {
  return ({ target }) => {
    if (target instanceof HTMLVideoElement) act.turn();
  };
}

function placeOf(tile: Tile, { big, small }: Layout): string {
  return tile === big ? 'big' : `small-${small.indexOf(tile) + 1}`;
}

function remote(m: Model, call: CallData, place: string, act: Actions): TemplateResult {
  const { t, loaded, ui } = m;
  const { other } = call;
  const stream = loaded && call.remote.getTracks().length > 0 ? call.remote : null;
  const said = otherMediaText(other, call.remoteMedia, t);
  const initial = initialOf(other.state === 'none' ? undefined : other.participant.name);
  return html`<figure class="tile remote" data-place=${place} ?data-turned=${ui.turned}
    @pointerdown=${grabbed(place, act)}>
    <video id="remote" autoplay playsinline ${playing(stream)} aria-label=${nameOf(other, t)} @resize=${shaped}></video>
    ${isSeen(call) || other.state === 'none'
      ? nothing
      : html`<div class="avatar" aria-hidden="true"><span>${initial === '' ? icon('person') : initial}</span></div>`}
    <figcaption id="other-media">${said}</figcaption>
  </figure>`;
}

function shared(
  m: Model,
  { other }: Pick<CallData, 'other'>,
  stream: MediaStream,
  place: string,
  act: Actions,
): TemplateResult {
  const { t, loaded } = m;
  return html`<figure class="tile shared" data-place=${place} @pointerdown=${grabbed(place, act)}>
    <video id="remote-screen" autoplay playsinline muted ${playing(loaded ? stream : null)}></video>
    <figcaption>${sentence(t.screenOf(nameOf(other, t)))}</figcaption>
  </figure>`;
}

function self({ t, settings }: Model, call: CallData, place: string, act: Actions): TemplateResult {
  const { camera, other } = call;
  const movable = other.state !== 'none' && place.startsWith('small');
  return html`<figure class="tile self" data-place=${place} @pointerdown=${movable ? grabbed(place, act) : nothing}>
    <video id="local" autoplay playsinline muted ?data-mirror=${settings.mirror} aria-label=${t.you}
      ${playing(streamOf(camera.track))} @resize=${shaped}></video>
    ${camera.track === null ? html`<div class="unseen">${icon('person')}<span>${t.cameraOff}</span></div>` : nothing}
    ${place === 'cell' ? html`<figcaption>${t.you}</figcaption>` : nothing}
    ${movable
      ? html`<button id="self" class="handle" type="button" title=${t.swap} aria-label=${t.moveSelf}
          @keydown=${arrows(act)} @click=${(event: MouseEvent) => event.detail === 0 && act.swap()}></button>`
      : nothing}
  </figure>`;
}

function grabbed(place: string, act: Actions): (event: PointerEvent) => void {
  return (event) => {
    if (place.startsWith('small')) act.grab(event);
  };
}

/** A picture says its shape only when it comes, and changes it when a phone is turned. */
function shaped({ currentTarget }: Event): void {
  const { videoWidth, videoHeight, parentElement } = currentTarget as HTMLVideoElement;
  parentElement?.setAttribute('data-shape', videoWidth > videoHeight ? 'wide' : 'tall');
}

/** A press of Enter or Space is a click without a mouse, and swaps; the arrows go from corner to corner. */
function arrows(act: Actions): (event: KeyboardEvent) => void {
  return (event) => {
    const stage = (event.currentTarget as Element).closest<HTMLElement>('.stage');
    const corner = cornerBeside((stage?.dataset['corner'] ?? 'bottom-right') as Corner, event.key);
    if (corner === undefined) return;
    event.preventDefault();
    act.move(corner);
  };
}

/** What one should know just now. */
function hints(m: Model, call: CallData): TemplateResult {
  const { t, ui } = m;
  const said = [
    ...noticesOf(call.mic.state, call.camera.state, m.browser, t),
    ...(ui.mutedSpeaking ? [t.mutedSpeaking] : []),
    ...(call.audioOnly ? [t.audioOnly] : []),
    ...(call.screen.state.state === 'on' ? [t.screen.yours] : []),
    ...(ui.screenFailed ? [t.screen.failed] : []),
    ...(call.recording === 'asking' ? [t.recording.asking(nameOf(call.other, t))] : []),
  ];
  return html`<div id="notices" class="notices" role="status">${said.map((text) => html`<p>${text}</p>`)}</div>`;
}

/** Nobody is recorded who has not said yes. */
function consent({ t }: Model, call: CallData, act: Actions): TemplateResult | typeof nothing {
  if (call.recording !== 'asked') return nothing;
  return html`<div id="consent" class="consent" role="alertdialog" aria-labelledby="consent-title"
    aria-describedby="consent-text">
    <h2 id="consent-title">${sentence(t.recording.asked(nameOf(call.other, t)))}</h2>
    <p id="consent-text">${t.recordAskText}</p>
    <div class="row">
      <button id="consent-yes" class="primary" type="button"
        @click=${() => act.answerRecording(true)}>${t.agree}</button>
      <button id="consent-no" class="secondary" type="button"
        @click=${() => act.answerRecording(false)}>${t.refuse}</button>
    </div>
  </div>`;
}
