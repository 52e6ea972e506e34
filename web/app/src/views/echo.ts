/** A call with oneself: what comes back, how long it took and how much was lost, in words. For `import()`. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EchoState } from '../sdk.ts';
import { ECHO_TEXTS } from '../text/echo.ts';
import type { EchoTexts } from '../text/echo.ts';
import type { EchoShown, Model } from '../view-model.ts';
import { icon } from './icons.ts';
import { playing } from './playing.ts';

type Back = Extract<EchoState, { state: 'back' }>;

const GOOD = { roundTripMs: 150, lost: 0.02 };
const FAIR = { roundTripMs: 300, lost: 0.06 };

/** How good a call would be that is like this one with oneself. */
export function judged({ roundTripMs = 0, lost = 0 }: Back): 'good' | 'fair' | 'poor' {
  const within = (limit: typeof GOOD) => roundTripMs <= limit.roundTripMs && lost <= limit.lost;
  return within(GOOD) ? 'good' : within(FAIR) ? 'fair' : 'poor';
}

/** Whether sound or picture comes back, is still asked for, or is not to be had. */
export type EchoMedia = 'some' | 'asking' | 'none';

/** The sentences, the most important one first. */
export function echoWords(state: EchoState, media: EchoMedia, t: EchoTexts): readonly string[] {
  switch (state.state) {
    case 'trying':
      return [t.trying(state.over.toUpperCase())];
    case 'failed':
      return [t.failed[state.why]];
    case 'back':
      return [
        t.media[media],
        t[judged(state)],
        ...(state.over === 'udp' ? [] : [t.noUdp(state.over.toUpperCase())]),
      ];
    default:
      return state satisfies never;
  }
}

export function echoView(model: Model, { state, stream }: EchoShown, stop: () => void): TemplateResult {
  const { settings, t: texts, call } = model;
  const t = ECHO_TEXTS[settings.language];
  const asking = call?.mic.state.state === 'asking' || call?.camera.state.state === 'asking';
  const words = echoWords(state, stream.getTracks().length > 0 ? 'some' : asking ? 'asking' : 'none', t);
  const back = state.state === 'back' ? state : undefined;
  const bad = state.state === 'failed' || (back !== undefined && judged(back) === 'poor');
  return html`<section id="echo-call" class="echo" data-echo=${state.state} ?data-bad=${bad}
    aria-labelledby="echo-title">
    <h2 id="echo-title" tabindex="-1">${t.title}</h2>
    ${back === undefined || stream.getVideoTracks().length === 0
      ? nothing
      : html`<video id="echo-video" autoplay playsinline aria-labelledby="echo-title" ${playing(stream)}></video>`}
    <div role="status">${words.map((text) => html`<p>${text}</p>`)}</div>
    ${back === undefined ? nothing : html`<p id="echo-numbers" class="small">${numbers(back, t)}</p>`}
    <button id="echo-stop" class="secondary" type="button" @click=${stop}>${
      state.state === 'failed' ? texts.close : html`${icon('leave')}${t.stop}`}</button>
  </section>`;
}

function numbers({ roundTripMs, lost }: Back, t: EchoTexts): string {
  return [
    ...(roundTripMs === undefined ? [] : [t.roundTrip(Math.round(roundTripMs))]),
    ...(lost === undefined ? [] : [t.lost((lost * 100).toFixed(1))]),
  ].join(' · ');
}
