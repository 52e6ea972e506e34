/** One stream per track, so that a video whose track has not changed is left alone. */
import type { DirectiveResult } from 'lit/directive.js';
import { guard } from 'lit/directives/guard.js';

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

export function streamOf(track: MediaStreamTrack | null): MediaStream | null {
  if (track === null) return null;
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}

/** For `.srcObject`: the same stream is not set again, because a video begins anew with whatever is set. */
export function steady(stream: MediaStream | null): DirectiveResult {
  return guard([stream], () => stream);
}
