/** What the browser does for the page: the clipboard, files, the window. Each says whether it worked; none throws. */

export async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without a secure context there is no clipboard object; the old way still works.
    field?.select();
    return document.execCommand('copy');
  }
}

export async function shareLink(text: string, url: string): Promise<void> {
  try {
    await navigator.share({ title: 'Duet', text, url });
  } catch {
    // The person closed the sheet.
  }
}

/** Offers a file to be kept. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Keeps the picture that a video shows now. */
export function saveSnapshot(video: HTMLVideoElement, atMs: number): void {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (canvas.width === 0) return;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  canvas.toBlob((blob) => {
    if (blob !== null) saveFile(blob, fileName('png', atMs));
  });
}

/** A name that sorts by time: `duet-2030-01-31-12-30-59.png`. */
export function fileName(extension: string, atMs: number): string {
  return `duet-${new Date(atMs).toISOString().slice(0, 19).replace(/[T:]/g, '-')}.${extension}`;
}

export async function togglePictureInPicture(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement === null) await video.requestPictureInPicture();
    else await document.exitPictureInPicture();
  } catch {
    // The video has no picture, or the browser wants a click that is more recent.
  }
}

export async function toggleFullscreen(element: Element): Promise<void> {
  try {
    if (document.fullscreenElement === null) await element.requestFullscreen();
    else await document.exitFullscreen();
  } catch {
    // The site the page is embedded in does not allow it.
  }
}

export async function inputDevices(): Promise<MediaDeviceInfo[]> {
  try {
    return await navigator.mediaDevices.enumerateDevices();
  } catch {
    return [];
  }
}
