/** One stream per track, so that a video whose track has not changed is left alone. */

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

export function streamOf(track: MediaStreamTrack | null): MediaStream | null {
  if (track === null) return null;
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}
