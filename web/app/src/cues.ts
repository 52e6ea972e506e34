/** Short sounds, made and not loaded: somebody comes, somebody goes, a message. */

export type Cue = 'arrived' | 'gone' | 'message';

/** Hertz, one after the other. */
const NOTES: Readonly<Record<Cue, readonly number[]>> = {
  arrived: [523.25, 659.25],
  gone: [493.88, 369.99],
  message: [880],
};
const NOTE_S = 0.13;
const LOUDNESS = 0.07;

let context: AudioContext | undefined;

export function play(cue: Cue): void {
  try {
    context ??= new AudioContext();
    const { currentTime, destination } = context;
    NOTES[cue].forEach((hertz, i) => note(context as AudioContext, hertz, currentTime + i * NOTE_S, destination));
  } catch {
    // A machine without a sound card, or a page that has not been clicked: then there is no sound.
  }
}

function note(audio: AudioContext, hertz: number, atS: number, destination: AudioNode): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, atS);
  gain.gain.linearRampToValueAtTime(LOUDNESS, atS + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0005, atS + NOTE_S * 2.4);
  oscillator.connect(gain).connect(destination);
  oscillator.start(atS);
  oscillator.stop(atS + NOTE_S * 2.5);
}
