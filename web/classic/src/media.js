// Camera and microphone, or as much of them as there is.

const WISHES = [
  { audio: true, video: true },
  { audio: true, video: false },
  { audio: false, video: true },
];

/** Never fails: what could not be had is told in `note`, a key of the texts with its values. */
export async function openMedia() {
  // Browsers hide the devices from pages that could have been changed on their way: plain http, but for this very machine.
  if (navigator.mediaDevices === undefined) return { stream: new MediaStream(), note: { key: 'mediaInsecure', values: {} } };

  let first;
  for (const wish of WISHES) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wish);
      return { stream, note: first && { key: 'mediaPart', values: { text: first.name } } };
    } catch (error) {
      first ??= error;
      if (error.name === 'NotAllowedError') break; // asking again for less would only annoy
    }
  }
  const key = first.name === 'NotAllowedError' ? 'mediaDenied' : 'mediaNone';
  return { stream: new MediaStream(), note: { key, values: {} } };
}
