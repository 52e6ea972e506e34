/** What a video plays. Lit sets an object's property at every drawing, and a video begins anew whenever its stream is set. */
import { noChange } from 'lit';
import { Directive, directive } from 'lit/directive.js';
import type { ElementPart } from 'lit/directive.js';

class Playing extends Directive {
  render(_stream: MediaStream | null): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [stream]: [MediaStream | null]): unknown {
    const video = element as HTMLVideoElement;
    if (video.srcObject !== stream) video.srcObject = stream;
    return noChange;
  }
}

/** Stands inside the tag of a video. */
export const playing = directive(Playing);
