/** From the state of the call to the words on the page. Pure. */
import type { Browser } from './browser.ts';
import type { CallError, CallState, DeviceState, EndReason, MediaPath, MediaState, Other, Participant } from './sdk.ts';
import type { Device, PermissionHelp, Texts } from './text/texts.ts';
import type { CallData, OtherData } from './view-model.ts';

export interface Status {
  readonly text: string;
  /** Seconds that are being waited for. Not part of the text: it would be read aloud every second. */
  readonly countdown: string;
  readonly banner: string;
}

const NOTHING: Status = { text: '', countdown: '', banner: '' };

type Known = Pick<CallData, 'state' | 'other'> & Partial<Pick<CallData, 'others'>>;

export function statusOf(call: Known | undefined, nowMs: number, t: Texts): Status {
  if (call === undefined || call.state.name === 'idle' || call.state.name === 'lobby') return NOTHING;
  const { state, other, others = [] } = call;
  if (state.name === 'ended') return { ...NOTHING, text: endOf(state, undefined, t).title };
  if (state.server.state === 'delayed') {
    const text = state.server.why === 'full' ? t.fullRetry : t.unavailableRetry;
    return { ...NOTHING, text, countdown: secondsTo(state.server.untilMs, nowMs, t) };
  }
  if (others.length > 1) return { ...NOTHING, text: gridText(others, state, t), banner: bannerOf(state, t) };
  const countdown = other.state === 'away' && other.untilMs !== undefined ? secondsTo(other.untilMs, nowMs, t) : '';
  return { text: sentence(activeText(state, other, t)), countdown, banner: bannerOf(state, t) };
}

type Active = Extract<CallState, { server: unknown }>;
type InRoom = Exclude<Active, { name: 'lobby' }>;

function activeText(state: InRoom, other: Other, t: Texts, name = nameOf(other, t)): string {
  if (state.name === 'waiting' && state.server.state !== 'joined') return t.reaching;
  if (other.state === 'none') return state.name === 'waiting' && state.visitors ? t.visited : t.waiting;
  const flows = mediaFlows(state);
  if (other.state === 'away') {
    if (flows && other.seatGone) return t.seatGone(name);
    if (other.reason === 'returning') return t.awayReturning(name);
    return flows ? t.awayButHere(name) : t.awayLost(name);
  }
  if (flows) return t.connected(name);
  return state.name === 'reconnecting' ? t.interrupted(name) : t.connecting(name);
}

/** Who is in the call; what is the matter with one of them stands in their place. */
function gridText(others: readonly OtherData[], state: InRoom, t: Texts): string {
  const all = namesOf(others.flatMap(({ other }) => (other.state === 'none' ? [] : other.participant)), t);
  return sentence(mediaFlows(state) ? t.connected(all) : t.connecting(all));
}

function mediaFlows(state: CallState): boolean {
  return state.name === 'connected' || (state.name === 'reconnecting' && state.mediaFlows);
}

/** What one of several others suffers from, if anything. */
export function plightOf({ state, other }: Pick<OtherData, 'state' | 'other'>, name: string, t: Texts): string {
  const returns = other.state === 'away' && other.reason === 'returning';
  return mediaFlows(state) && !returns ? '' : sentence(activeText(state as InRoom, other, t, name));
}

function bannerOf(state: InRoom, t: Texts): string {
  const { server } = state;
  if (state.name === 'waiting') return server.state === 'lost' ? t.notOpened[server.why ?? 'unreachable'] : '';
  if (state.name !== 'reconnecting' || server.state === 'joined') return '';
  return state.mediaFlows ? t.serverLostInCall : t.serverLost;
}

/** Whether a relay carries the media, in a few words. */
export function pathText(path: MediaPath | undefined, t: Texts): string {
  if (path === undefined) return '';
  return path.relayed === 'here' ? t.relayed(path.protocol.toUpperCase()) : t.path[path.relayed];
}

/** What the card says above the link. */
export function waitingTitle(other: Other, t: Texts): string {
  const departed = other.state === 'none' ? other.departed : undefined;
  if (departed === undefined) return t.waitingTitle;
  const name = departed.name ?? t.somebody;
  const left = departed.reason === 'left' || departed.reason === 'removed';
  return sentence(left ? t.leftTitle(name) : t.lostTitle(name));
}

export function nameOf(other: Other, t: Texts): string {
  return (other.state === 'none' ? undefined : other.participant.name) || t.somebody;
}

export function namesOf(people: readonly Participant[], t: Texts): string {
  if (people.length === 1) return people[0]?.name || t.somebody;
  return new Intl.ListFormat(t.tag).format(people.map(({ name }) => name || t.unnamed));
}

/** The letter that stands for somebody without a picture; nothing for somebody without a name. */
export function initialOf(name: string | undefined): string {
  return [...(name ?? '')][0]?.toUpperCase() ?? '';
}

/** What the other does not send, if anything. */
export function otherMediaText(other: Other, media: MediaState | undefined, t: Texts): string {
  if (other.state === 'none' || media === undefined) return '';
  const name = nameOf(other, t);
  const parts = [...(media.camera ? [] : [t.otherCameraOff(name)]), ...(media.microphone ? [] : [t.otherMuted(name)])];
  return parts.map(sentence).join(' · ');
}

/** Why something of this side's own media is not there, and what to do about it. */
export function noticesOf(mic: DeviceState, camera: DeviceState, browser: Browser, t: Texts): string[] {
  if (mic.state === 'asking' && camera.state === 'asking') return [t.asking];
  const help = [mic, camera].some((one) => one.state === 'missing' && one.code === 'permission-denied')
    ? [t.permissionHelp[helpFor(browser)]]
    : [];
  if (mic.state === 'missing' && camera.state === 'missing' && mic.code === camera.code) {
    return [t.missing[camera.code].both, ...help];
  }
  return [
    ...(mic.state === 'missing' ? [t.missing[mic.code].microphone] : []),
    ...(camera.state === 'missing' ? [t.missing[camera.code].camera] : []),
    ...help,
  ];
}

export function helpFor({ name, phone }: Browser): PermissionHelp {
  return phone ? 'phone' : name;
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

interface Ended {
  readonly reason: EndReason;
  readonly error?: CallError;
}

export function endOf({ reason, error }: Ended, id: string | undefined, t: Texts): End {
  const { title, text, again } = t.end[reason];
  const known = error === undefined || !Object.hasOwn(t.endText, error.code) ? undefined : t.endText[error.code];
  const unfortunate = reason !== 'left' && reason !== 'superseded';
  return {
    title,
    text: known ?? text,
    again,
    detail: error === undefined ? '' : [error.code, error.message, error.fix].filter(Boolean).join(' · '),
    callId: unfortunate && id !== undefined ? t.callId(id.slice(0, 6)) : '',
  };
}

/** A length of time as a clock shows it. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A number of bytes as people say it. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

function secondsTo(untilMs: number, nowMs: number, t: Texts): string {
  return t.seconds(Math.max(0, Math.ceil((untilMs - nowMs) / 1_000)));
}

/** A sentence that begins with "the other person" begins with a capital letter. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
