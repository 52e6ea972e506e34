/** The page two people meet on: it listens to the person and to the call, and shows the sum of both. */
import { DuetCall, LocalMedia, SeatStore } from '@duet/client';
import type { Call, MediaPath } from '@duet/client';
import { byId, remember, remembered, sessionStore } from './dom.ts';
import { isRelayOnly, linkTo, newRoom, roomOf, socketAddress } from './room.ts';
import { LANGUAGES, nextLanguage, pickLanguage } from './text/languages.ts';
import type { Language } from './text/languages.ts';
import { View } from './view.ts';

const COPIED_MS = 2_000;
const COUNTDOWN_MS = 500;
const PATH_MS = 2_000;

class Page {
  readonly #view = new View();
  readonly #seats = new SeatStore(sessionStore());
  #language: Language;
  #room = roomOf(location.hash);
  #call: DuetCall | undefined;
  #media: LocalMedia | undefined;
  #path: MediaPath | undefined;
  #copiedAtMs = -Infinity;
  #wakeLock: WakeLockSentinel | undefined;

  constructor() {
    const chosen = remembered('duet.language');
    this.#language = pickLanguage(chosen === undefined ? navigator.languages : [chosen]);
    this.#view.name.value = remembered('duet.name') ?? '';
    this.#listen();
    this.#view.translate(LANGUAGES[this.#language]);
    // A reload comes back to the call without a word; a link, or a tab restored much later, asks first.
    if (this.#room !== undefined && this.#seats.takeOver(this.#room, Date.now())?.fresh === true) this.#join();
    this.#render();
  }

  #listen(): void {
    const on = (id: string, run: () => void) => byId(id, HTMLButtonElement).addEventListener('click', run);
    on('create', () => this.#create());
    on('join', () => this.#join());
    on('again', () => this.#again());
    on('new', () => this.#start());
    on('leave', () => this.#call?.leave());
    on('mic', () => void this.#media?.toggleMicrophone());
    on('camera', () => void this.#media?.toggleCamera());
    on('copy', () => void this.#copy());
    on('share', () => void this.#share());
    on('lang', () => this.#switchLanguage());
    on('play', () => this.#playSound());
    const remote = byId('remote', HTMLVideoElement);
    remote.addEventListener('click', () => remote.toggleAttribute('data-turned'));
    byId('share', HTMLButtonElement).hidden = !('share' in navigator);
    byId('door', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#room === undefined) this.#create();
      else this.#join();
    });
    this.#view.link.addEventListener('focus', () => this.#view.link.select());
    window.addEventListener('keydown', (event) => this.#key(event));
    window.addEventListener('load', () => this.#render());
    window.addEventListener('hashchange', () => location.reload());
    window.addEventListener('pagehide', () => this.#call?.pageHidden());
    // In the back-forward cache a call loses its connections, camera and microphone, and mostly its seat as well: a fresh
    // page resumes the seat if it is still there, and asks the person first if it is not. Without a call nothing was lost.
    window.addEventListener('pageshow', (event) => {
      if (event.persisted && this.#state.kind === 'active') location.reload();
    });
    window.addEventListener('online', () => this.#call?.nudge());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      this.#call?.nudge();
      void this.#stayAwake();
    });
    window.setInterval(() => this.#render(), COUNTDOWN_MS);
    window.setInterval(() => void this.#lookAtPath(), PATH_MS);
  }

  #create(): void {
    this.#room = newRoom((count) => crypto.getRandomValues(new Uint8Array(count)));
    history.replaceState(null, '', linkTo(this.#room, location.href));
    this.#join();
  }

  #join(): void {
    const room = this.#room;
    if (room === undefined || this.#state.kind === 'active') return;
    const name = this.#view.name.value.trim();
    remember('duet.name', name);

    // The call before this one is over; what the new one says while it is being made is not about the old one.
    this.#call = undefined;
    const media = new LocalMedia(() => this.#mediaChanged());
    this.#media = media;
    this.#call = new DuetCall({
      url: socketAddress(document.baseURI),
      room,
      ...(name === '' ? {} : { name }),
      tracks: media.tracks,
      seats: this.#seats,
      ...(isRelayOnly(location.href) ? { iceTransportPolicy: 'relay' } : {}),
      changed: () => this.#callChanged(),
    });
    void media.start();
    void this.#stayAwake();
    this.#render();
  }

  /** After the end: the same room once more, unless it is this person's own other tab that has the seat. */
  #again(): void {
    const state = this.#state;
    if (state.kind === 'ended' && state.reason === 'superseded') this.#start();
    else this.#join();
  }

  /** Back to the first page, without the old room. */
  #start(): void {
    this.#room = undefined;
    this.#call = undefined;
    history.replaceState(null, '', location.pathname);
    this.#render();
  }

  get #state(): Call {
    return this.#call?.state ?? { kind: 'idle' };
  }

  #callChanged(): void {
    void this.#lookAtPath();
    if (this.#state.kind === 'ended') {
      this.#media?.stop();
      this.#media = undefined;
      void this.#wakeLock?.release();
    }
    this.#render();
  }

  /** The path of a call may change while it lasts. */
  async #lookAtPath(): Promise<void> {
    try {
      this.#path = await this.#call?.path();
    } catch {
      // The connection was closed while it was asked.
      this.#path = undefined;
    }
    this.#render();
  }

  #mediaChanged(): void {
    const media = this.#media;
    if (media === undefined) return;
    const { microphone, camera } = media.state;
    this.#call?.setTracks(media.tracks, { microphone: microphone.state === 'on', camera: camera.state === 'on' });
    this.#render();
  }

  #render(): void {
    const nowMs = performance.now();
    const page = location.href;
    this.#view.render(
      {
        invited: this.#room !== undefined,
        call: this.#state,
        media: this.#media?.state,
        link: this.#room === undefined ? '' : linkTo(this.#room, page),
        copied: nowMs - this.#copiedAtMs < COPIED_MS,
        path: this.#path,
        remoteStream: this.#call?.remoteStream,
        localTrack: this.#media?.tracks.video ?? null,
        nowMs,
      },
      LANGUAGES[this.#language],
    );
  }

  #switchLanguage(): void {
    this.#language = nextLanguage(this.#language);
    remember('duet.language', this.#language);
    this.#view.translate(LANGUAGES[this.#language]);
    this.#render();
  }

  async #copy(): Promise<void> {
    const { link } = this.#view;
    try {
      await navigator.clipboard.writeText(link.value);
    } catch {
      // Without a secure context there is no clipboard object; the old way still works.
      link.select();
      if (!document.execCommand('copy')) return;
    }
    this.#copiedAtMs = performance.now();
    this.#render();
  }

  async #share(): Promise<void> {
    try {
      await navigator.share({ title: 'Duet', text: LANGUAGES[this.#language].shareText, url: this.#view.link.value });
    } catch {
      // The person closed the sheet.
    }
  }

  #playSound(): void {
    this.#view.play.hidden = true;
    void byId('remote', HTMLVideoElement).play();
  }

  /** M and V; leaving needs Shift+L, so that no slip of a finger ends a call. */
  #key(event: KeyboardEvent): void {
    if (this.#state.kind !== 'active' || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLInputElement) return;
    const key = event.key.toLowerCase();
    if (key === 'm' && !event.shiftKey) void this.#media?.toggleMicrophone();
    else if (key === 'v' && !event.shiftKey) void this.#media?.toggleCamera();
    else if (key === 'l' && event.shiftKey) this.#call?.leave();
  }

  /** The screen stays on during a call, where the browser can do that. */
  async #stayAwake(): Promise<void> {
    if (this.#state.kind !== 'active' || !('wakeLock' in navigator)) return;
    try {
      this.#wakeLock = await navigator.wakeLock.request('screen');
    } catch {
      // Low battery, or a page in the background.
    }
  }
}

new Page();
