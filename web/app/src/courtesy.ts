/** What a page does beside what it shows: sounds, notifications, a screen that stays on, a word to whoever talks muted. */
import { play } from './cues.ts';
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
  #present = false;
  #messages = 0;
  #wakeLock: WakeLockSentinel | undefined;
  #speakingSinceMs: number | undefined;
  #hintUntilMs = 0;

  changed(call: CallData | undefined, { sounds, notify, t }: Wishes): void {
    const present = call !== undefined && call.other.state !== 'none' && inRoom(screenOf(call));
    if (present !== this.#present) {
      this.#present = present;
      // One's own leaving needs no sound.
      if (sounds && (present || (call !== undefined && inRoom(screenOf(call))))) play(present ? 'arrived' : 'gone');
      const elsewhere = document.visibilityState === 'hidden';
      if (present && elsewhere && notify === 'on') announce(t.arrived(nameOf(call.other, t)));
    }
    const messages = call?.chat.filter(({ from }) => from === 'other').length ?? 0;
    if (sounds && messages > this.#messages) play('message');
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
