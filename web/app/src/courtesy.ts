/** What a page does beside what it shows: sounds, notifications, a screen that stays on, a word to whoever talks muted. */
import type { Cue } from './cues.ts';
import { nameOf } from './status.ts';
import type { Texts } from './text/texts.ts';
import { inRoom, screenOf } from './view-model.ts';
import type { CallData, Notify } from './view-model.ts';

/** From this on it is speech and not breath. */
const SPEECH = 0.12;
const SPEECH_MS = 700;
const HINT_MS = 3_000;

export interface Wishes {
  readonly sounds: boolean;
  readonly notify: Notify;
  readonly t: Texts;
}

export interface Courtesy {
  /** Told after every change of the call. */
  changed(call: CallData | undefined, wishes: Wishes): void;
  /** Whether to say that the microphone is muted, because somebody talks into it. */
  isTalkingMuted(call: Pick<CallData, 'mic'>, nowMs: number): boolean;
  /** Asks whether this page may notify. */
  askToNotify(): Promise<Notify>;
}

export class BrowserCourtesy implements Courtesy {
  #present = 0;
  #messages = 0;
  #wakeLock: WakeLockSentinel | undefined;
  #speakingSinceMs: number | undefined;
  #hintUntilMs = 0;

  changed(call: CallData | undefined, { sounds, notify, t }: Wishes): void {
    const others = call !== undefined && inRoom(screenOf(call)) ? call.others : [];
    const present = others.length;
    const newest = others.at(-1);
    if (present !== this.#present) {
      const arrived = present > this.#present;
      this.#present = present;
      // One's own leaving needs no sound.
      if (sounds && call !== undefined && inRoom(screenOf(call))) void play(arrived ? 'arrived' : 'gone');
      const elsewhere = document.visibilityState === 'hidden';
      if (arrived && newest !== undefined && elsewhere && notify === 'on') announce(t.arrived(nameOf(newest.other, t)));
    }
    const messages = call?.chat.filter(({ from }) => from === 'other').length ?? 0;
    if (sounds && messages > this.#messages) void play('message');
    this.#messages = messages;
    void this.#stayAwake(call);
  }

  isTalkingMuted({ mic }: Pick<CallData, 'mic'>, nowMs: number): boolean {
    const talking = mic.state.state === 'off' && mic.level > SPEECH;
    if (!talking) this.#speakingSinceMs = undefined;
    else if (nowMs - (this.#speakingSinceMs ??= nowMs) >= SPEECH_MS) this.#hintUntilMs = nowMs + HINT_MS;
    return mic.state.state === 'off' && nowMs < this.#hintUntilMs;
  }

  async askToNotify(): Promise<Notify> {
    try {
      return (await Notification.requestPermission()) === 'granted' ? 'on' : 'denied';
    } catch {
      return 'denied';
    }
  }

  /** The screen stays on during a call, where the browser can do that; it lets go of it when the page is hidden. */
  async #stayAwake(call: CallData | undefined): Promise<void> {
    const wanted = inRoom(screenOf(call)) && document.visibilityState === 'visible';
    const lock = this.#wakeLock;
    if (!wanted) {
      this.#wakeLock = undefined;
      await lock?.release();
      return;
    }
    if ((lock !== undefined && !lock.released) || !('wakeLock' in navigator)) return;
    try {
      this.#wakeLock = await navigator.wakeLock.request('screen');
    } catch {
      // Low battery, or a page in the background.
    }
  }
}

/** The first one is loaded while somebody comes. */
async function play(cue: Cue): Promise<void> {
  (await import('./cues.ts')).play(cue);
}

function announce(text: string): void {
  try {
    const notification = new Notification('Duet', { body: text, tag: 'duet' });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Browsers of phones want a service worker for that.
  }
}
