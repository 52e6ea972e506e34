/**
 * `<duet-call room server lang>`: a whole call as one element, for this project's page and for any other site.
 *
 * `room` is the room to enter; without it the person makes one. `server` is the address of the server's page, where the
 * element is not on it itself. The element tells its host `duet-state` (`{ state, other, reason, text, language, dark }`) after
 * every change of these, `duet-room` (`{ room }`) when the person makes a room or gives it up, and `duet-ended` (`{ reason }`).
 */
import { LitElement, unsafeCSS } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { Actions } from './actions.ts';
import { browserOf } from './browser.ts';
import { comesBack, FEATURES, openCall } from './call-source.ts';
import { capabilitiesOf, factsOf } from './capabilities.ts';
import { copyText } from './deeds.ts';
import { BrowserCourtesy } from './courtesy.ts';
import type { drag } from './drag.ts';
import { commandOf } from './keys.ts';
import type { Command } from './keys.ts';
import { learn, textsIn } from './text/languages.ts';
import { Page, tried } from './page.ts';
import { remember, remembered, settingsFrom } from './settings.ts';
import { statusOf } from './status.ts';
import style from './styles/duet-call.css';
import { inRoom, screenOf } from './view-model.ts';
import type { Model } from './view-model.ts';
import { shell } from './views/shell.ts';
import { actionsOf } from './wiring.ts';

const TICK_MS = 500;
/** While a level is shown. */
const QUICK_TICK_MS = 100;
const STATS_MS = 1_000;

export class DuetCallElement extends LitElement {
  static override properties = { room: { type: String }, server: { type: String } };
  static override styles = unsafeCSS(style);

  declare room: string | null | undefined;
  declare server: string | null | undefined;

  readonly #dark = window.matchMedia('(prefers-color-scheme: dark)');
  readonly #can = capabilitiesOf(FEATURES, factsOf(window), browserOf(navigator.userAgent, navigator.maxTouchPoints));
  readonly #page = new Page(settingsFrom(remembered, []), {
    browser: browserOf(navigator.userAgent, navigator.maxTouchPoints),
    can: this.#can,
    openCall,
    comesBack,
    courtesy: new BrowserCourtesy(),
    base: () => this.server ?? location.href,
    remember,
    roomChanged: (room) => this.#tell('duet-room', { room }),
    changed: () => this.requestUpdate(),
  });
  readonly #actions = actionsOf(this.#page, this.#can, {
    video: () => this.#video(),
    play: (video) => this.#play(video),
    copy: () => this.#copy(),
    panel: (panel) => this.#panel(panel),
    menu: (open) => this.#menu(open),
    grab: (event) => this.#grab(event),
    element: this,
  });
  #away = new AbortController();
  #said = '';
  #screen = '';
  #playing: MediaProvider | null = null;
  #followed = 0;
  #speaker = '';
  #speaking: HTMLVideoElement | null = null;
  #asked = false;
  #gridded = false;
  /** There when there is something to move. */
  #drag: typeof drag | undefined;
  /** Where the keyboard goes if this drawing takes away what has it, and what had it before a panel or a question took it. */
  #heir: string | null = null;
  #cameFrom: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#away = new AbortController();
    const { signal } = this.#away;
    const page = this.#page;
    // Whoever parses a page makes an element first and gives it its attributes then.
    page.settings = settingsFrom(remembered, this.#languages());
    window.addEventListener('keydown', (event) => this.#key(event), { signal });
    window.addEventListener('load', () => this.requestUpdate(), { signal });
    document.addEventListener('visibilitychange', () => page.callChanged(), { signal });
    this.#dark.addEventListener('change', () => this.requestUpdate(), { signal });
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    devices?.addEventListener('devicechange', () => void page.lookForDevices(), { signal });
    // In the back-forward cache a call loses its connections, camera and microphone, and mostly its seat as well: a fresh
    // page resumes the seat if it is still there, and asks the person first if it is not. Without a call nothing was lost.
    window.addEventListener(
      'pageshow',
      (event) => {
        if (event.persisted && (inRoom(this.#state()) || page.call?.mic.track)) location.reload();
      },
      { signal },
    );
    const every = (ms: number, run: () => void) => {
      const timer = window.setInterval(run, ms);
      signal.addEventListener('abort', () => window.clearInterval(timer));
    };
    every(TICK_MS, () => this.requestUpdate());
    every(QUICK_TICK_MS, () => this.#can.devices && page.call?.mic.track && this.requestUpdate());
    every(STATS_MS, () => inRoom(this.#state()) && void page.lookAtStats());
    page.enter(this.room ?? undefined);
    void this.#previewWhereAllowed();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#away.abort();
    this.#page.call?.leave();
  }

  protected override render(): TemplateResult {
    return shell(this.#model(), this.#actions);
  }

  /** In the person's language or not yet. */
  protected override shouldUpdate(): boolean {
    const { language } = this.#page.settings;
    if (textsIn(language) !== undefined) return true;
    void learn(language).then(() => this.requestUpdate());
    return false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const active = this.#active();
    this.#heir = active && (active.role === 'menuitem' ? '#more' : active.closest('#panel') ? '#panel-title' : '');
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const model = this.#model();
    this.toggleAttribute('dark', model.dark);
    if (model.call?.capacity !== undefined && model.call.capacity > 2) void this.#dressGrid();
    this.#playRemote();
    this.#useSpeaker(model);
    this.#announce(model);
    const screen = this.#state();
    if (screen !== this.#screen) {
      this.#screen = screen;
      if (screen === 'connected') void import('./drag.ts').then(({ drag }) => (this.#drag = drag));
      if (inRoom(screen)) void this.#page.lookAtStats();
      // Where the page has changed under the keyboard, the keyboard goes along.
      if (screen === 'ended') this.#find('#end-title')?.focus();
    }
    if (this.#heir !== null && this.#active() === null) {
      this.#focusOn(this.#heir || null, this.#cameFrom, '#mic', '#door-title');
    }
    this.#follow(model);
  }

  /** What only rooms for more than two look like. */
  async #dressGrid(): Promise<void> {
    if (this.#gridded) return;
    this.#gridded = true;
    const { default: text } = await import('./styles/grid.css');
    const { styleSheet } = unsafeCSS(text);
    const root = this.renderRoot as ShadowRoot;
    if (styleSheet !== undefined) root.adoptedStyleSheets = [...root.adoptedStyleSheets, styleSheet];
  }

  /** To the first of these that is there. */
  #focusOn(...places: readonly (string | HTMLElement | null)[]): void {
    const there = places.map((place) => (typeof place === 'string' ? this.#find(place) : place));
    there.find((one) => one?.isConnected)?.focus();
  }

  #active(): HTMLElement | null {
    return this.shadowRoot?.activeElement as HTMLElement | null;
  }

  /** A new message is brought into sight, and a question under the keyboard. */
  #follow({ call, ui }: Model): void {
    const said = call === undefined || ui.panel !== 'chat' ? 0 : call.chat.length + call.files.length;
    if (said !== this.#followed && said > 0) this.#find('#messages')?.scrollTo({ top: 1e9 });
    this.#followed = said;
    const asked = call?.recording === 'asked';
    if (asked && !this.#asked) {
      this.#cameFrom = this.#active();
      this.#find('#consent-no')?.focus();
    }
    this.#asked = asked;
  }

  #model(): Model {
    const { theme } = this.#page.settings;
    return this.#page.model(performance.now(), {
      dark: theme === 'auto' ? this.#dark.matches : theme === 'dark',
      secure: window.isSecureContext,
      damaged: this.hasAttribute('damaged'),
      loaded: document.readyState === 'complete',
    });
  }

  #state(): ReturnType<typeof screenOf> {
    return screenOf(this.#page.call);
  }

  #languages(): readonly string[] {
    const wanted = this.getAttribute('lang');
    return wanted === null || wanted === '' ? navigator.languages : [wanted];
  }

  /** The camera light does not go on unasked for whoever has not said yes before. */
  async #previewWhereAllowed(): Promise<void> {
    try {
      const states = await Promise.all(
        ['camera', 'microphone'].map((name) => navigator.permissions.query({ name: name as PermissionName })),
      );
      if (states.every(({ state }) => state === 'granted') && this.#state() === 'invited') await this.#page.preview();
    } catch {
      // A browser that does not tell: the person presses the button.
    }
  }

  /** Plays what the other sends; some browsers want a click first, as for a page that was reloaded into its call. */
  #playRemote(): void {
    const video = this.#video();
    const stream = video?.srcObject ?? null;
    if (stream === this.#playing) return;
    this.#playing = stream;
    if (video === null || stream === null) this.#page.soundBlocked(false);
    else this.#play(video);
  }

  /** One that is not there any more leaves the sound where it was. */
  #useSpeaker({ can, settings: { speaker } }: Model): void {
    const video = this.#video();
    if (!can.speaker || video === null || (this.#speaker === speaker && this.#speaking === video)) return;
    [this.#speaking, this.#speaker] = [video, speaker];
    video.setSinkId(speaker === 'default' ? '' : speaker).catch(() => undefined);
  }

  #play(video: HTMLVideoElement): void {
    for (const one of this.renderRoot.querySelectorAll<HTMLVideoElement>('.heard')) tried(one.play());
    video.play().then(
      () => this.#page.soundBlocked(false),
      (error: unknown) => {
        if (error instanceof Error && error.name === 'NotAllowedError') this.#page.soundBlocked(true);
      },
    );
  }

  #announce({ call, t, nowMs, dark }: Model): void {
    const state = this.#state();
    const other = call === undefined || !inRoom(state) ? 'none' : call.other.state;
    const { text } = statusOf(call, nowMs, t);
    const reason = call?.state.name === 'ended' ? call.state.reason : undefined;
    const detail = { state, other, reason, text, language: t.tag, dark };
    const said = JSON.stringify(detail);
    if (said === this.#said) return;
    this.#said = said;
    this.#tell('duet-state', detail);
    if (reason !== undefined && state !== this.#screen) this.#tell('duet-ended', { reason });
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #key(event: KeyboardEvent): void {
    // On a site that has other things, keys are for this one while the person is in it.
    if (this.hasAttribute('embedded') && !event.composedPath().includes(this)) return;
    const from = event.composedPath()[0];
    const inText =
      (from instanceof HTMLInputElement && !['checkbox', 'radio', 'file'].includes(from.type)) ||
      from instanceof HTMLSelectElement ||
      (from instanceof HTMLElement && from.isContentEditable);
    const { key, shiftKey, ctrlKey, metaKey, altKey, repeat } = event;
    const command = commandOf({ key, shiftKey, ctrlKey, metaKey, altKey, repeat, inText });
    if (command === undefined || (command !== 'close' && !inRoom(this.#state()))) return;
    // The letter that opens the chat is not the first of a message.
    if (command !== 'close') event.preventDefault();
    this.#obey(command);
  }

  #obey(command: Command): void {
    const act = this.#actions;
    switch (command) {
      case 'mic':
        return act.microphone();
      case 'camera':
      case 'screen':
      case 'fullscreen':
      case 'leave':
        return act[command]();
      case 'chat':
        return this.#can.chat ? act.panel('chat') : undefined;
      case 'keys':
        return act.panel('keys');
      case 'close':
        return this.#close();
      default:
        return command satisfies never;
    }
  }

  #close(): void {
    const { menu, panel } = this.#model().ui;
    if (menu) {
      this.#actions.menu(false);
      this.#find('#more')?.focus();
    } else if (panel !== undefined) {
      this.#actions.panel(undefined);
    }
  }

  #find(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector);
  }

  #video(): HTMLVideoElement | null {
    return this.renderRoot.querySelector<HTMLVideoElement>('#remote');
  }

  async #copy(): Promise<void> {
    const { link } = this.#model();
    const field = this.renderRoot.querySelector<HTMLInputElement>('#link');
    if (await copyText(link === '' ? location.href : link, field)) this.#page.copied(performance.now());
  }

  async #panel(panel: Parameters<Actions['panel']>[0]): Promise<void> {
    const from = this.#active();
    if (from?.closest('#panel') == null) this.#cameFrom = from?.role === 'menuitem' ? this.#find('#more') : from;
    this.#page.panel(panel);
    await this.updateComplete;
    // On a phone the keyboard would cover what was written.
    this.#focusOn(this.#can.keyboard ? '#say' : null, '#panel-title', this.#cameFrom, '#more', '#settings');
  }

  async #menu(open: boolean): Promise<void> {
    this.#page.menu(open);
    await this.updateComplete;
    if (open) this.#find('[role=menuitem]')?.focus();
  }

  #grab(event: PointerEvent): void {
    const tile = event.currentTarget as HTMLElement;
    const stage = tile.closest<HTMLElement>('.stage');
    const page = this.#page;
    if (stage === null) return;
    this.#drag?.(event, tile, stage, { moved: (corner) => page.move(corner), pressed: () => page.swap() });
  }
}
