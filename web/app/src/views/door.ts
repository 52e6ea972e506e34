/** The first page: what this is, and a call to begin. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { Model } from '../view-model.ts';
import { warnings } from './warnings.ts';

export function door(m: Model, act: Actions): TemplateResult {
  const { t } = m;
  return html`<section class="door" aria-labelledby="door-title">
    <div class="words">
      <h1 id="door-title" tabindex="-1">${t.startTitle}</h1>
      <p class="lede">${t.startLede}</p>
      ${warnings(m, act)}
      ${m.can.calls
        ? html`<form id="door" @submit=${submitted(() => act.create())}>
          ${nameField(m, act)}
          <button id="create" class="primary large" type="submit">${t.create}</button>
        </form>`
        : nothing}
      <p class="small">${t.doorNote}</p>
    </div>
    ${picture()}
  </section>`;
}

export function nameField({ t, settings }: Model, act: Actions): TemplateResult {
  return html`<label for="name">${t.nameLabel}</label>
    <input id="name" name="name" type="text" maxlength="64" autocomplete="nickname" spellcheck="false"
      .value=${settings.name} @change=${(event: Event) => act.set('name', (event.target as HTMLInputElement).value)}>`;
}

/** What a form does in place of leaving the page. A name that is still being written counts. */
export function submitted(run: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    (event.target as HTMLFormElement).querySelector('input')?.dispatchEvent(new Event('change'));
    run();
  };
}

function picture(): TemplateResult {
  return html`<svg class="picture" viewBox="0 0 420 340" aria-hidden="true">
    <defs>
      <clipPath id="clip-back"><rect x="132" y="20" width="268" height="190" rx="28" /></clipPath>
      <clipPath id="clip-front"><rect x="20" y="128" width="250" height="178" rx="28" /></clipPath>
    </defs>
    <g clip-path="url(#clip-back)">
      <rect class="wall-back" x="132" y="20" width="268" height="190" />
      <circle class="sun" cx="190" cy="72" r="20" />
      <g transform="translate(28)">
        <path class="top-back" d="M182 214c0-50 34-76 84-76s84 26 84 76Z" />
        <path class="skin-back" d="M248 118h36v32a18 18 0 0 1-36 0Z" />
        <ellipse class="skin-back" cx="266" cy="98" rx="33" ry="38" />
        <path class="hair-back" d="M230 100c-4-40 18-54 38-54 24 0 42 18 34 56-4-20-14-30-28-32-18 2-36 8-44 30Z" />
      </g>
    </g>
    <g clip-path="url(#clip-front)">
      <rect class="wall-front" x="20" y="128" width="250" height="178" />
      <path class="leaf" d="M56 306c-14-34-6-64 10-84 12 24 12 56-2 84ZM66 306c0-30 14-50 34-60 0 26-10 46-30 60Z" />
      <path class="hair-front" d="M112 262c-8-74 10-96 46-96s54 22 46 96Z" />
      <path class="top-front" d="M84 310c0-44 32-66 74-66s74 22 74 66Z" />
      <path class="skin-front" d="M142 224h32v26a16 16 0 0 1-32 0Z" />
      <ellipse class="skin-front" cx="158" cy="208" rx="30" ry="35" />
      <path class="hair-front" d="M126 208c-2-30 12-42 32-42s36 12 32 42c-6-16-18-22-26-24-14 4-30 8-38 24Z" />
    </g>
    <g class="talk">
      <rect x="290" y="236" width="92" height="44" rx="22" />
      <circle cx="316" cy="258" r="5" /><circle cx="336" cy="258" r="5" /><circle cx="356" cy="258" r="5" />
    </g>
  </svg>`;
}
