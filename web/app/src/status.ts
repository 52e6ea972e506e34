/** From the state of the call to the words on the page. Pure. */
import type { ActiveCall, Call, DeviceState, EndedCall, LocalMediaState, MediaPath, Other } from '@duet/client';
import type { Device, Texts } from './text/texts.ts';

export interface Status {
  readonly text: string;
  /** Seconds that are being waited for. Not part of the text: it would be read aloud every second. */
  readonly countdown: string;
  readonly banner: string;
}

export function statusOf(call: Call, nowMs: number, t: Texts): Status {
  if (call.kind === 'idle') return { text: '', countdown: '', banner: '' };
  if (call.kind === 'ended') return { text: endOf(call, t).title, countdown: '', banner: '' };
  const { other, signaling } = call;
  if (signaling.state === 'delayed') {
    const text = signaling.why === 'full' ? t.fullRetry : t.unavailableRetry;
    return { text, countdown: secondsTo(signaling.untilMs, nowMs, t), banner: '' };
  }
  const countdown = other.state === 'away' && other.untilMs !== undefined ? secondsTo(other.untilMs, nowMs, t) : '';
  return { text: sentence(activeText(call, t)), countdown, banner: bannerOf(call, t) };
}

function activeText(call: ActiveCall, t: Texts): string {
  const { you, other, connection } = call;
  if (you === undefined) return t.reaching;
  if (other.state === 'none') return t.waiting;
  const name = nameOf(other, t);
  if (other.state === 'away') {
    if (other.reason === 'returning') return t.awayReturning(name);
    return connection.state === 'connected' ? t.awayButHere(name) : t.awayLost(name);
  }
  if (connection.state === 'connected') return t.connected(name);
  return connection.state !== 'none' && connection.everConnected ? t.interrupted(name) : t.connecting(name);
}

function bannerOf(call: ActiveCall, t: Texts): string {
  const { signaling } = call;
  if (signaling.state === 'joined') return '';
  if (call.you === undefined) return signaling.state === 'lost' ? t.notOpened[signaling.why ?? 'unreachable'] : '';
  return call.connection.state === 'connected' ? t.serverLostInCall : t.serverLost;
}

/** Whether a relay carries the media, in a few words. */
export function pathText(path: MediaPath | undefined, t: Texts): string {
  if (path === undefined) return '';
  return path.relayed === 'here' ? t.relayed(path.protocol.toUpperCase()) : t.path[path.relayed];
}

/** What the card says above the link. */
export function waitingTitle(call: ActiveCall, t: Texts): string {
  const departed = call.other.state === 'none' ? call.other.departed : undefined;
  if (departed === undefined) return t.waitingTitle;
  const name = departed.name ?? t.somebody;
  const left = departed.reason === 'left' || departed.reason === 'removed';
  return sentence(left ? t.leftTitle(name) : t.lostTitle(name));
}

export function nameOf(other: Other, t: Texts): string {
  return (other.state === 'none' ? undefined : other.participant.name) || t.somebody;
}

/** The letter that stands for somebody without a picture; nothing for somebody without a name. */
export function initialOf(other: Other): string {
  const name = other.state === 'none' ? undefined : other.participant.name;
  return [...(name ?? '')][0]?.toUpperCase() ?? '';
}

/** What the other does not send, if anything. */
export function otherMediaText(other: Other, t: Texts): string {
  if (other.state === 'none' || other.media === undefined) return '';
  const { microphone, camera } = other.media;
  const name = nameOf(other, t);
  const parts = [...(camera ? [] : [t.otherCameraOff(name)]), ...(microphone ? [] : [t.otherMuted(name)])];
  return parts.map(sentence).join(' · ');
}

/** Why something of this side's own media is not there. */
export function noticesOf(media: LocalMediaState, t: Texts): string[] {
  const { microphone, camera } = media;
  if (microphone.state === 'asking' && camera.state === 'asking') return [t.asking];
  if (microphone.state === 'missing' && camera.state === 'missing' && microphone.code === camera.code) {
    return [t.missing[camera.code].both];
  }
  return [
    ...(microphone.state === 'missing' ? [t.missing[microphone.code].microphone] : []),
    ...(camera.state === 'missing' ? [t.missing[camera.code].camera] : []),
  ];
}

export function deviceLabel(device: Device, state: DeviceState, t: Texts): string {
  switch (state.state) {
    case 'on':
      return t.device[device].on;
    case 'off':
      return t.device[device].off;
    case 'asking':
    case 'missing':
      return t.device[device].none;
    default:
      return state satisfies never;
  }
}

export interface End {
  readonly title: string;
  readonly text: string;
  readonly again: string;
  /** The server's own words, in English. */
  readonly detail: string;
  readonly callId: string;
}

export function endOf(call: EndedCall, t: Texts): End {
  const { title, text, again } = t.end[call.reason];
  const { error, participantId } = call;
  const known = error === undefined || !Object.hasOwn(t.endText, error.code) ? undefined : t.endText[error.code];
  const unfortunate = call.reason !== 'left' && call.reason !== 'superseded';
  return {
    title,
    text: known ?? text,
    again,
    detail: error === undefined ? '' : [error.code, error.message, error.fix].filter(Boolean).join(' · '),
    callId: unfortunate && participantId !== undefined ? t.callId(participantId.slice(0, 6)) : '',
  };
}

function secondsTo(untilMs: number, nowMs: number, t: Texts): string {
  return t.seconds(Math.max(0, Math.ceil((untilMs - nowMs) / 1_000)));
}

/** A sentence that begins with "the other person" begins with a capital letter. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
