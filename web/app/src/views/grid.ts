/** Three or four in a room: everybody has a place of the same size, with their name and what is the matter with them. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { initialOf, otherMediaText, plightOf } from '../status.ts';
import type { CallData, Model, OtherData } from '../view-model.ts';
import { isSeen } from '../view-model.ts';
import { icon } from './icons.ts';
import { playing } from './playing.ts';

/** @param self one's own picture, and `screen` somebody's shared screen: these look as in a call of two */
export function grid(
  m: Model,
  { others }: CallData,
  self: TemplateResult,
  screen: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<div class="grid" data-count=${others.length + 1} ?data-shared=${screen !== nothing}>
    ${screen}${others.map((one, i) => member(m, one, i === 0))}${self}
  </div>`;
}

function member({ t, loaded }: Model, one: OtherData, first: boolean): TemplateResult {
  const { other, remote, remoteMedia, state } = one;
  const name = (other.state === 'none' ? undefined : other.participant.name) || t.unnamed;
  const initial = initialOf(other.state === 'none' ? undefined : other.participant.name);
  const plight = plightOf(one, name, t);
  const stream = loaded && remote.getTracks().length > 0 ? remote : null;
  return html`<figure class="tile member" data-member=${other.state} data-way=${state.name}>
    <video id=${first ? 'remote' : nothing} class="heard" autoplay playsinline ${playing(stream)}
      aria-label=${name}></video>
    ${isSeen(one)
      ? nothing
      : html`<div class="avatar" aria-hidden="true"><span>${initial === '' ? icon('person') : initial}</span></div>`}
    ${plight === '' ? nothing : html`<p class="plight" role="status">${plight}</p>`}
    <figcaption>${remoteMedia?.microphone === false
      ? html`<span class="off" role="img" aria-label=${otherMediaText(other, { ...remoteMedia, camera: true }, t)}>${
          icon('mic-off')}</span>`
      : nothing}<span class="name">${name}</span></figcaption>
  </figure>`;
}
