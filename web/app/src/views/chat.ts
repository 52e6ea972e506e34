/** What the two have written, and the files they give each other. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from '../actions.ts';
import type { ChatMessage, FileTransfer } from '../sdk.ts';
import { bytesText, nameOf } from '../status.ts';
import type { Texts } from '../text/texts.ts';
import { isGrid, SAID_MAX } from '../view-model.ts';
import type { CallData, Model } from '../view-model.ts';
import { icon } from './icons.ts';

const HASH_SHOWN = 16;

export function chat(m: Model, call: CallData, act: Actions): TemplateResult {
  const { t, can, ui } = m;
  // What is written is for who is there, not for whoever comes next.
  const alone = call.others.length === 0;
  const tooLong = ui.draft.trim().length > SAID_MAX;
  const hint = alone ? t.chatAlone : t.chatHint;
  return html`<div class="chat">
    <div class="talked" id="messages" role="log" tabindex="0" aria-label=${t.chat}>
      ${call.chat.length === 0 && call.files.length === 0
        ? html`<p class="soft empty">${icon('chat')}${t.chatEmpty}</p>` : nothing}
      <ol>${call.chat.map((message) => said(message, t))}</ol>
      ${call.files.map((file) => transfer(file, withWhom(file, call, t), t, act))}
    </div>
    <form class="composer" @submit=${(event: Event) => sent(event, m, act)}>
      ${can.files
        ? html`<label class="quiet square" title=${t.sendFile}>${icon('clip')}
          <span class="unseen-text">${t.sendFile}</span>
            <input id="file" type="file" multiple ?disabled=${alone}
              @change=${(event: Event) => chosen(event, act)}></label>`
        : nothing}
      <input id="say" type="text" autocomplete="off" placeholder=${hint} aria-label=${hint}
        .value=${ui.draft} @input=${(event: Event) => act.write((event.target as HTMLInputElement).value)}>
      <button id="send" class="primary square" type="submit" title=${t.send} aria-label=${t.send}
        ?disabled=${alone || ui.draft.trim() === '' || tooLong}>${icon('send')}</button>
    </form>
    ${tooLong
      ? html`<p id="too-long" class="note" role="alert">${t.tooLong(ui.draft.trim().length, SAID_MAX)}</p>`
      : nothing}
  </div>`;
}

function sent(event: Event, { ui }: Model, act: Actions): void {
  event.preventDefault();
  act.say(ui.draft);
}

function chosen(event: Event, act: Actions): void {
  const input = event.target as HTMLInputElement;
  act.sendFiles([...(input.files ?? [])]);
  input.value = '';
}

function said({ from, name, text, atMs, delivered }: ChatMessage, t: Texts): TemplateResult {
  const time = new Date(atMs).toLocaleTimeString(t.tag, { hour: '2-digit', minute: '2-digit' });
  const label = delivered ? t.delivered : t.sending;
  return html`<li data-from=${from}><p>${linked(text)}</p>
    <small>${name === undefined ? nothing : html`<b>${name}</b>`}${time}${from === 'you'
      ? html`<span class="tick" ?data-delivered=${delivered} title=${label}
      aria-label=${label} role="img">${icon('check')}</span>` : nothing}</small></li>`;
}

/** Addresses can be followed. The text stays text. */
function linked(text: string): (string | TemplateResult)[] {
  // What ends a sentence is no part of an address.
  return text.split(/(https?:\/\/[^\s<>"'，。]*[^\s<>"'.,;:!?)，。])/).map((part, i) =>
    i % 2 === 0 ? part : html`<a href=${part} target="_blank" rel="noopener noreferrer">${part}</a>`,
  );
}

/** Of several: from whom it comes, or for whom it is. */
function withWhom(file: FileTransfer, call: CallData, t: Texts): string {
  const one = isGrid(call) ? call.others.find(({ files }) => files.includes(file)) : undefined;
  return one === undefined ? '' : `${nameOf(one.other, t)} · `;
}

function transfer(file: FileTransfer, whom: string, t: Texts, act: Actions): TemplateResult {
  const { name, size, bytes, state, direction, hash } = file;
  const running = state === 'offered' || state === 'going';
  return html`<div class="file" data-state=${state} data-direction=${direction}>
    ${icon('file')}
    <div class="about-file"><strong title=${name}>${name}</strong>
      <small>${whom}${state === 'going'
        ? `${bytesText(bytes)} / ${bytesText(size)}` : `${bytesText(size)} · ${t.transfer[state]}`}</small>
      ${state === 'going'
        ? html`<progress max="1" .value=${size === 0 ? 1 : bytes / size} aria-label=${name}></progress>` : nothing}
      ${hash === undefined ? nothing : html`<small title=${hash}>${t.fileHash(hash.slice(0, HASH_SHOWN))}</small>`}
      <div class="row">
        ${state === 'offered' && direction === 'in'
          ? html`<button class="primary small-button" type="button"
            @click=${() => act.accept(file)}>${t.accept}</button>`
          : nothing}
        ${file.file === undefined
          ? nothing
          : html`<button class="primary small-button" type="button"
            @click=${() => act.save(file)}>${icon('save')}${t.save}</button>`}
        ${running
          ? html`<button class="secondary small-button" type="button" @click=${() => act.cancel(file)}>${
              state === 'offered' && direction === 'in' ? t.refuse : t.cancel}</button>`
          : nothing}
      </div>
    </div>
  </div>`;
}
