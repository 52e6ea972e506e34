/** What comes of what a person does: most of it is the page's, the rest the element's and the browser's. */
import type { Actions } from './actions.ts';
import type { Capabilities } from './capabilities.ts';
import { saveSnapshot, toggleFullscreen, togglePictureInPicture } from './deeds.ts';
import { tried } from './page.ts';
import type { Page } from './page.ts';
import type { Panel } from './view-model.ts';

/** What only the element can do, because it has the elements. */
export interface Holder {
  /** Where the other is seen. */
  video(): HTMLVideoElement | null;
  play(video: HTMLVideoElement): void;
  copy(): Promise<void>;
  panel(panel: Panel | undefined): Promise<void>;
  menu(open: boolean): Promise<void>;
  grab(event: PointerEvent): void;
  readonly element: Element;
}

export function actionsOf(page: Page, can: Capabilities, holder: Holder): Actions {
  const seen = (run: (video: HTMLVideoElement) => void) => {
    const video = holder.video();
    page.menu(false);
    if (video !== null) run(video);
  };
  return {
    create: () => page.create(),
    join: () => page.join(),
    again: () => page.again(),
    startOver: () => page.startOver(),
    leave: () => page.call?.leave(),
    preview: () => void page.preview(),
    echo: () => tried(page.echo()),
    microphone: () => tried(page.call?.mic.toggle()),
    camera: () => tried(page.call?.camera.toggle()),
    flip: () => {
      page.menu(false);
      tried(page.call?.camera.flip());
    },
    screen: () => page.screen(),
    pick: (device, deviceId) => page.pick(device, deviceId),
    copy: () => void holder.copy(),
    share: () => page.share(),
    notify: () => void page.notify(),
    say: (text) => page.say(text),
    write: (draft) => page.write(draft),
    sendFiles: (files) => page.sendFiles(files),
    accept: (file) => tried(file.accept()),
    cancel: (file) => file.cancel(),
    save: (file) => page.save(file),
    record: () => void page.record(),
    answerRecording: (agree) => page.call?.answerRecording(agree),
    panel: (panel) => void holder.panel(panel),
    menu: (open) => void holder.menu(open),
    swap: () => page.swap(),
    turn: () => page.turn(),
    move: (corner) => page.move(corner),
    fullscreen: () => (can.fullscreen ? void toggleFullscreen(holder.element) : undefined),
    pictureInPicture: () => seen((video) => void togglePictureInPicture(video)),
    snapshot: () => seen((video) => saveSnapshot(video, Date.now())),
    playSound: () => seen((video) => holder.play(video)),
    stir: () => page.stir(),
    settle: () => page.settle(),
    grab: (event) => holder.grab(event),
    drop: (over) => page.drop(over),
    set: (key, value) => page.set(key, value),
  };
}
