/** The page's mind: it holds the call and what the person has done, and makes the model that is drawn. Knows no element. */
import type { Browser } from './browser.ts';
import type { Capabilities } from './capabilities.ts';
import type { PageCall } from './call-source.ts';
import type { Courtesy } from './courtesy.ts';
import { fileName, inputDevices, saveFile, shareLink } from './deeds.ts';
import type { FileTransfer, CallStats, Echo, Recording } from './sdk.ts';
import { isRelayOnly, linkTo, newRoom, socketAddress } from './room.ts';
import type { Settings } from './settings.ts';
import { textsIn } from './text/languages.ts';
import type { Texts } from './text/texts.ts';
import type { Device } from './text/texts.ts';
import { FRESH_UI, inRoom, SAID_MAX, screenOf } from './view-model.ts';
import type { Corner, EchoShown, Later, Model, Panel, Ui } from './view-model.ts';

const COPIED_MS = 2_000;
const CALM_MS = 4_000;

/** What the page is made of and whom it tells. */
export interface Surroundings {
  readonly browser: Browser;
  readonly can: Capabilities;
  readonly openCall: (options: { url: string; room: string; relayOnly: boolean }) => PageCall;
  readonly comesBack: (room: string) => boolean;
  /** The address of the server's page, whose links lead to its rooms. */
  readonly base: () => string;
  readonly courtesy: Courtesy;
  readonly remember: (key: string, value: string) => void;
  /** The room is another, or none. */
  readonly roomChanged: (room: string | undefined) => void;
  readonly changed: () => void;
}

export class Page {
  readonly #around: Surroundings;
  settings: Settings;
  #ui: Ui = FRESH_UI;
  #room: string | undefined;
  #call: PageCall | undefined;
  #stats: CallStats | undefined;
  #devices: readonly MediaDeviceInfo[] = [];
  #recording: Recording | undefined;
  #echo: (EchoShown & Echo) | undefined;
  #later: Later | undefined;
  #connectedAtMs: number | undefined;
  #stirredAtMs = 0;
  #copiedAtMs = -Infinity;

  constructor(settings: Settings, around: Surroundings) {
    this.settings = settings;
    this.#around = around;
  }

  get call(): PageCall | undefined {
    return this.#call;
  }

  /** The person came by the link of this room, or by none. */
  enter(room: string | undefined): void {
    this.#open(room);
    // A reload comes back to the call without a word; a link, or a tab restored much later, asks first.
    if (room === undefined || !this.#around.can.calls) return;
    if (this.#around.comesBack(room)) this.join();
    else this.#call?.look();
  }

  model(nowMs: number, window: { dark: boolean; secure: boolean; damaged: boolean; loaded: boolean }): Model {
    const { browser, can, base } = this.#around;
    const call = this.#call;
    const connected = call?.state.name === 'connected';
    const path = connected ? this.#stats?.path : undefined;
    return {
      t: this.#texts(),
      settings: this.settings,
      ...window,
      browser,
      can,
      call,
      link: this.#room === undefined ? '' : linkTo(this.#room, base()),
      devices: this.#devices,
      ...(path === undefined ? {} : { path }),
      ...(this.#stats === undefined ? {} : { stats: this.#stats }),
      ...(this.#later === undefined ? {} : { later: this.#later }),
      ...(this.#echo === undefined ? {} : { echo: this.#echo }),
      ui: {
        ...this.#ui,
        copied: nowMs - this.#copiedAtMs < COPIED_MS,
        calm: connected && nowMs - this.#stirredAtMs > CALM_MS && !this.#ui.menu && this.#ui.panel === undefined,
        mutedSpeaking: call !== undefined && this.#around.courtesy.isTalkingMuted(call, nowMs),
      },
      nowMs,
      ...(this.#connectedAtMs === undefined ? {} : { connectedAtMs: this.#connectedAtMs }),
    };
  }

  create(): void {
    this.#open(newRoom((count) => crypto.getRandomValues(new Uint8Array(count))));
    this.#around.roomChanged(this.#room);
    this.join();
  }

  join(): void {
    if (this.#call?.state.name !== 'lobby' && this.#call?.state.name !== 'idle') return;
    const name = this.settings.name.trim();
    this.set('name', name);
    this.#call.join(name);
    this.stir();
  }

  /** After the end: the same room once more, unless it is this person's own other tab that has the seat. */
  again(): void {
    const state = this.#call?.state;
    if (state?.name === 'ended' && state.reason === 'superseded') {
      this.startOver();
      return;
    }
    this.#open(this.#room);
    this.join();
  }

  /** Back to the first page, without the old room. */
  startOver(): void {
    this.#open(undefined);
    this.#around.roomChanged(undefined);
  }

  /** Shows the person themselves, where that was allowed before or they ask for it. */
  async preview(): Promise<void> {
    await this.#call?.preview();
    await this.lookForDevices();
  }

  /** A call with oneself begins, or is over. */
  async echo(): Promise<void> {
    const call = this.#call;
    if (this.#echo !== undefined) this.#endEcho();
    else if (call !== undefined) {
      await this.preview();
      const [echo, { echoView }] = await Promise.all([call.echo(), import('./views/later.ts')]);
      // The person may have gone in meanwhile, or have clicked twice.
      if (call !== this.#call || call.state.name !== 'lobby' || this.#echo !== undefined) echo.stop();
      else this.#echo = Object.assign(echo, { draw: echoView });
    }
    this.#around.changed();
  }

  #endEcho(): void {
    this.#echo?.stop();
    this.#echo = undefined;
  }

  pick(device: Device, deviceId: string): void {
    tried(this.#call?.[device === 'microphone' ? 'mic' : 'camera'].use(deviceId));
  }

  screen(): void {
    const screen = this.#call?.screen;
    if (!this.#around.can.screen || screen === undefined) return;
    this.#put({ screenFailed: false });
    if (screen.state.state === 'on') screen.stop();
    else screen.start().catch(() => this.#put({ screenFailed: true }));
  }

  copied(nowMs: number): void {
    this.#copiedAtMs = nowMs;
    this.#around.changed();
  }

  share(): void {
    const { t, link } = this.model(0, { dark: false, secure: true, damaged: false, loaded: true });
    void shareLink(t.shareText, link);
  }

  async notify(): Promise<void> {
    this.#put({ notify: await this.#around.courtesy.askToNotify() });
  }

  say(text: string): void {
    const said = text.trim();
    if (said === '' || this.#call?.others.length === 0) return;
    // What is too long stays as it was written: the view says how much that is. What cannot be said just now stays too.
    if (said.length > SAID_MAX) return;
    try {
      this.#call?.say(said);
      this.#put({ draft: '' });
    } catch {
      this.#around.changed();
    }
  }

  write(draft: string): void {
    this.#put({ draft });
  }

  sendFiles(files: Iterable<File>): void {
    this.#put({ dropping: false, ...(this.#around.can.files ? { panel: 'chat' } : {}) });
    if (!this.#around.can.files || this.#call?.others.length === 0) return;
    for (const file of files) this.#call?.sendFile(file);
  }

  save({ file }: FileTransfer): void {
    if (file !== undefined) saveFile(file, file.name);
  }

  async record(): Promise<void> {
    this.#put({ menu: false });
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording !== undefined) {
      const blob = await recording.stop();
      saveFile(blob, fileName(blob.type.includes('mp4') ? 'mp4' : 'webm', recording.startedAtMs));
      return;
    }
    try {
      this.#recording = await this.#call?.record();
      this.#saveRecorded();
    } catch {
      // The other has said no; the state of the call says so too.
    }
  }

  /** A recording ends by itself as well, when the other has gone. */
  #saveRecorded(): void {
    if (this.#recording !== undefined && (this.#call?.recording ?? 'none') === 'none') void this.record();
  }

  panel(panel: Panel | undefined): void {
    const { panel: before, ...rest } = this.#ui;
    this.#ui = { ...rest, menu: false, ...(panel === undefined || panel === before ? {} : { panel }) };
    // Who made the room has not been in its lobby, where they are looked for too.
    if (panel === 'settings') void this.lookForDevices();
    this.#seeMessages();
    this.stir();
  }

  menu(menu: boolean): void {
    this.#put({ menu });
    this.stir();
  }

  swap(): void {
    this.#put({ swapped: !this.#ui.swapped, menu: false });
  }

  turn(): void {
    this.#put({ turned: !this.#ui.turned, menu: false });
  }

  move(corner: Corner): void {
    this.#put({ corner });
  }

  stir(): void {
    this.#stirredAtMs = performance.now();
    this.#around.changed();
  }

  /** The controls may go: a tap on the picture. */
  settle(): void {
    this.#stirredAtMs = -Infinity;
    this.#around.changed();
  }

  drop(dropping: boolean): void {
    if (dropping !== this.#ui.dropping) this.#put({ dropping: dropping && this.#around.can.files });
  }

  soundBlocked(soundBlocked: boolean): void {
    if (soundBlocked !== this.#ui.soundBlocked) this.#put({ soundBlocked });
  }

  set<K extends keyof Settings>(key: K, value: Settings[K]): void {
    this.settings = { ...this.settings, [key]: value };
    this.#around.remember(key, String(value));
    this.#around.changed();
  }

  /** Statistics are asked for only while they are shown, or say which way the media takes. */
  async lookAtStats(): Promise<void> {
    try {
      this.#later ??= await import('./views/later.ts');
      this.#stats = await this.#call?.stats();
    } catch {
      // The connection was closed while it was asked.
      this.#stats = undefined;
    }
    this.#around.changed();
  }

  async lookForDevices(): Promise<void> {
    if (!this.#around.can.devices) return;
    this.#devices = await inputDevices();
    this.#around.changed();
  }

  callChanged(): void {
    const call = this.#call;
    if (call?.state.name !== 'lobby') this.#endEcho();
    const { sounds, language } = this.settings;
    const t = textsIn(language);
    if (t !== undefined) this.#around.courtesy.changed(call, { sounds, notify: this.#ui.notify, t });
    if (call?.state.name === 'connected') this.#connectedAtMs ??= performance.now();
    else if (!inRoom(screenOf(call)) || call?.other.state === 'none') this.#connectedAtMs = undefined;
    this.#saveRecorded();
    this.#seeMessages();
    this.#around.changed();
  }

  /** Nothing is drawn before the language is there. */
  #texts(): Texts {
    const texts = textsIn(this.settings.language);
    if (texts === undefined) throw new Error(`${this.settings.language} has not been learnt yet`);
    return texts;
  }

  #seeMessages(): void {
    if (this.#ui.panel === 'chat') this.#ui = { ...this.#ui, seenMessages: this.#call?.chat.length ?? 0 };
  }

  #open(room: string | undefined): void {
    const before = this.#call;
    if (before !== undefined && before.state.name !== 'ended') before.leave();
    this.#room = room;
    this.#stats = undefined;
    this.#connectedAtMs = undefined;
    const { notify, corner } = this.#ui;
    this.#ui = { ...FRESH_UI, notify, corner };
    const { openCall, base } = this.#around;
    this.#call =
      room === undefined ? undefined : openCall({ url: socketAddress(base()), room, relayOnly: isRelayOnly(base()) });
    // A call that was left behind has nothing to say any more.
    const opened = this.#call;
    opened?.on('changed', () => {
      if (this.#call === opened) this.callChanged();
    });
    this.callChanged();
  }

  #put(change: Partial<Ui>): void {
    this.#ui = { ...this.#ui, ...change };
    this.#around.changed();
  }
}

/** What does not come of it, the state of the device or the file says, and with it the page. */
export function tried(deed: Promise<unknown> | undefined): void {
  deed?.catch(() => undefined);
}
