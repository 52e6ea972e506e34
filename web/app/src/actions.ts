/** What a person can do on the page. Views call these and know nothing of what comes of it. */
import type { FileTransfer } from './sdk.ts';
import type { Settings } from './settings.ts';
import type { Device } from './text/texts.ts';
import type { Corner, Panel } from './view-model.ts';

export interface Actions {
  create(): void;
  join(): void;
  again(): void;
  startOver(): void;
  leave(): void;
  preview(): void;
  /** Begins a call with oneself, or ends it. */
  echo(): void;

  microphone(): void;
  camera(): void;
  flip(): void;
  screen(): void;
  pick(device: Device, deviceId: string): void;

  copy(): void;
  share(): void;
  notify(): void;

  say(text: string): void;
  write(draft: string): void;
  sendFiles(files: Iterable<File>): void;
  accept(file: FileTransfer): void;
  cancel(file: FileTransfer): void;
  save(file: FileTransfer): void;
  record(): void;
  answerRecording(agree: boolean): void;

  panel(panel: Panel | undefined): void;
  menu(open: boolean): void;
  swap(): void;
  turn(): void;
  move(corner: Corner): void;
  fullscreen(): void;
  pictureInPicture(): void;
  snapshot(): void;
  playSound(): void;
  /** Something has moved: the controls are wanted. */
  stir(): void;
  /** The controls are not wanted. */
  settle(): void;
  /** A finger or a mouse has taken hold of a small picture. */
  grab(event: PointerEvent): void;
  drop(over: boolean): void;

  set<K extends keyof Settings>(key: K, value: Settings[K]): void;
}
