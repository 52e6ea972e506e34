/** Where the page's call comes from: the SDK. A page that is drawn from made-up calls has another. */
import { LiveCall, SeatStore } from '@duet/client';
import type { Features } from './capabilities.ts';
import type { Call } from './sdk.ts';

export interface CallOptions {
  /** The server, `wss://HOST/ws`. */
  readonly url: string;
  readonly room: string;
  readonly relayOnly: boolean;
}

/** A call that the page can also show the person themselves in before they go in. */
export interface PageCall extends Call {
  /** Asks for microphone and camera together, because people should be asked once. */
  preview(): Promise<void>;
  /** Sees who is there, and makes ready what can be. */
  look(): void;
}

export const FEATURES: Features = {
  lobby: true,
  devices: true,
  screen: true,
  chat: true,
  files: true,
  recording: true,
  quality: true,
  safety: true,
};

const seats = SeatStore.ofTab();

/** Whether this page was reloaded out of a call in this room a moment ago, and so comes back without a word. */
export function comesBack(room: string): boolean {
  return seats.takeOver(room, Date.now())?.fresh === true;
}

/** A call that has not begun: the person is before the door. */
export function openCall({ url, ...options }: CallOptions): PageCall {
  return new LiveCall(url, { ...options, seats });
}
