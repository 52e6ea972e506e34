/** Writes the state of the page into its elements. Knows no call, only what it is shown. */
import { phaseOf } from '@duet/client';
import type { ActiveCall, Call, LocalMediaState, MediaPath } from '@duet/client';
import { byId, setLabel, setText } from './dom.ts';
import { qrOf } from './qr.ts';
import { isOnlyHere } from './room.ts';
import { deviceLabel, endOf, initialOf, noticesOf, otherMediaText, pathText, statusOf, waitingTitle } from './status.ts';
import type { PlainKey, Texts } from './text/texts.ts';

/** Everything that can be seen. */
export interface Model {
  /** Without a call: whether there is a room to join. */
  readonly invited: boolean;
  readonly call: Call;
  readonly media: LocalMediaState | undefined;
  readonly link: string;
  readonly copied: boolean;
  readonly path: MediaPath | undefined;
  readonly remoteStream: MediaStream | undefined;
  readonly localTrack: MediaStreamTrack | null;
  readonly nowMs: number;
}

export class View {
  readonly app = byId('app', HTMLElement);
  readonly name = byId('name', HTMLInputElement);
  readonly link = byId('link', HTMLInputElement);
  readonly play = byId('play', HTMLButtonElement);
  readonly #remote = byId('remote', HTMLVideoElement);
  readonly #local = byId('local', HTMLVideoElement);
  readonly #notices = byId('notices', HTMLElement);
  #localTrack: MediaStreamTrack | null = null;

  /** Says everything in another language. */
  translate(t: Texts): void {
    document.documentElement.lang = t.tag;
    for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) {
      setText(element, t[element.dataset['t'] as PlainKey]);
    }
    const other = byId('lang', HTMLButtonElement);
    setText(other, t.otherLanguage);
    other.lang = t.otherTag;
    this.app.querySelector('.controls')?.setAttribute('aria-label', t.controls);
    setLabel(byId('leave', HTMLButtonElement), t.leave);
    byId('qr', SVGElement).setAttribute('aria-label', t.linkCode);
  }

  render(model: Model, t: Texts): void {
    const { call } = model;
    const phase = phaseOf(call);
    const state = phase === 'idle' ? (model.invited ? 'invited' : 'start') : phase;
    const changed = this.app.dataset['state'] !== state;
    this.app.dataset['state'] = state;
    this.app.dataset['other'] = call.kind === 'active' ? call.other.state : 'none';
    if (call.kind === 'ended') this.app.dataset['reason'] = call.reason;
    else delete this.app.dataset['reason'];

    const status = statusOf(call, model.nowMs, t);
    setText(byId('status', HTMLElement), status.text);
    setText(byId('countdown', HTMLElement), status.countdown);
    setText(byId('path', HTMLElement), pathText(pathOf(model), t));
    setNote(byId('banner', HTMLElement), status.banner);
    document.title = status.text === '' ? 'Duet' : `${status.text} · Duet`;

    this.#door(model.invited, t);
    if (call.kind === 'active') this.#call(call, model, t);
    else this.#noMedia();
    if (call.kind === 'ended') this.#end(endOf(call, t));
    if (changed) this.#focus(state);
  }

  #door(invited: boolean, t: Texts): void {
    setText(byId('door-title', HTMLElement), invited ? t.invitedTitle : t.startTitle);
    setText(byId('door-lede', HTMLElement), invited ? t.invitedLede : t.startLede);
    byId('insecure', HTMLElement).hidden = window.isSecureContext;
  }

  #call(call: ActiveCall, model: Model, t: Texts): void {
    setText(byId('waiting-title', HTMLElement), waitingTitle(call, t));
    setText(byId('copy-text', HTMLElement), model.copied ? t.copied : t.copy);
    if (this.link.value !== model.link) this.#showLink(model.link);
    setText(byId('other-media', HTMLElement), otherMediaText(call.other, t));
    setText(byId('initial', HTMLElement), initialOf(call.other));
    this.#remoteVideo(call, model.remoteStream);
    if (model.media !== undefined) this.#ownMedia(model.media, model.localTrack, t);
  }

  #showLink(link: string): void {
    this.link.value = link;
    const onlyHere = isOnlyHere(link);
    byId('only-here', HTMLElement).hidden = !onlyHere;
    const code = onlyHere ? undefined : qrOf(link);
    byId('scan', HTMLElement).hidden = code === undefined;
    if (code === undefined) return;
    byId('qr', SVGElement).setAttribute('viewBox', `0 0 ${code.size} ${code.size}`);
    byId('qr-path', SVGElement).setAttribute('d', code.path);
  }

  #remoteVideo(call: ActiveCall, stream: MediaStream | undefined): void {
    const { other } = call;
    const camera = other.state !== 'none' && other.media?.camera !== false;
    const seen = camera && stream !== undefined && stream.getVideoTracks().length > 0;
    this.app.toggleAttribute('data-picture', seen && call.connection.state !== 'new');
    // A stream without a picture yet would hold back the `load` event of a page that was reloaded into its call.
    const early = stream === undefined || stream.getTracks().length === 0 || document.readyState !== 'complete';
    if (early || this.#remote.srcObject === stream) return;
    this.#remote.srcObject = stream;
    this.#remote.play().then(
      () => (this.play.hidden = true),
      (error: unknown) => {
        // A page that was reloaded has no gesture yet, and some browsers want one before there is sound.
        if (error instanceof Error && error.name === 'NotAllowedError') this.play.hidden = false;
      },
    );
  }

  #ownMedia(media: LocalMediaState, track: MediaStreamTrack | null, t: Texts): void {
    for (const [id, device] of [['mic', 'microphone'], ['camera', 'camera']] as const) {
      const button = byId(id, HTMLButtonElement);
      const state = media[device];
      button.setAttribute('aria-pressed', String(state.state === 'on'));
      button.dataset['device'] = state.state;
      setLabel(button, deviceLabel(device, state, t));
    }
    if (this.#localTrack !== track) {
      this.#localTrack = track;
      this.#local.srcObject = track === null ? null : new MediaStream([track]);
    }
    this.app.toggleAttribute('data-self', track !== null);
    this.#local.setAttribute('aria-label', t.you);
    setText(byId('self-note', HTMLElement), track === null ? t.cameraOff : t.you);
    this.#showNotices(noticesOf(media, t));
  }

  #showNotices(notices: readonly string[]): void {
    const shown = [...this.#notices.children].map((element) => element.textContent);
    if (shown.join('\n') === notices.join('\n')) return;
    this.#notices.replaceChildren(
      ...notices.map((notice) => {
        const element = document.createElement('p');
        element.textContent = notice;
        return element;
      }),
    );
  }

  #noMedia(): void {
    this.#remote.srcObject = null;
    this.#local.srcObject = null;
    this.#localTrack = null;
    this.play.hidden = true;
    this.app.removeAttribute('data-picture');
    this.app.removeAttribute('data-self');
  }

  #end(end: ReturnType<typeof endOf>): void {
    setText(byId('end-title', HTMLElement), end.title);
    setText(byId('end-text', HTMLElement), end.text);
    setText(byId('again', HTMLElement), end.again);
    setText(byId('end-detail', HTMLElement), end.detail);
    byId('end-more', HTMLElement).hidden = end.detail === '';
    setNote(byId('end-id', HTMLElement), end.callId);
  }

  /** Where the page has changed under the keyboard, the keyboard goes along. */
  #focus(state: string): void {
    if (state === 'ended') byId('end-title', HTMLElement).focus();
  }
}

/** A path is only worth a word while it carries the call. */
function pathOf({ call, path }: Model): MediaPath | undefined {
  return call.kind === 'active' && call.connection.state === 'connected' ? path : undefined;
}

function setNote(element: HTMLElement, text: string): void {
  setText(element, text);
  element.hidden = text === '';
}
