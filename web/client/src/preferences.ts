/**
 * What the connection is asked to prefer: codecs, bitrates, and what gives way first. Pure; where a browser has to be
 * asked, the function says so. Descriptions are changed only where they say exactly what is expected here.
 */

/** What is known of the machine this page runs on. */
export interface Machine {
  readonly mobile: boolean;
  readonly cores: number;
  /** Video types, in lower case, that it encodes without its processor. */
  readonly efficient: ReadonlySet<string>;
}

export type Content = 'voice' | 'camera' | 'screen';

const VIDEO = ['video/av1', 'video/vp9', 'video/h264', 'video/vp8'] as const;
/** With fewer cores the encoder of VP9 takes them from the rest of the page; a phone's are slow, and its battery small. */
const CORES_FOR_VP9 = 8;
const CORES_FOR_AV1_SCREEN = 4;

/** Asks the browser. */
export async function thisMachine(): Promise<Machine> {
  const efficient = new Set<string>();
  const video = { width: 1280, height: 720, bitrate: 1_500_000, framerate: 30 };
  await Promise.all(
    VIDEO.map(async (type) => {
      try {
        const info = await navigator.mediaCapabilities.encodingInfo({
          type: 'webrtc',
          video: { contentType: `video/${type.slice(6).toUpperCase()}`, ...video },
        });
        if (info.supported && info.smooth && info.powerEfficient) efficient.add(type);
      } catch {
        // A browser that does not know how to answer.
      }
    }),
  );
  // An iPad calls itself a Macintosh, none of which has a screen to touch.
  const { userAgent, maxTouchPoints } = navigator;
  const mobile = /Android|iPhone|iPad|Mobile/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return { mobile, cores: navigator.hardwareConcurrency ?? 2, efficient };
}

/**
 * Lower is better. What the hardware encodes comes first, the better codec before the worse. In software: VP8 costs least;
 * VP9 is better where there are cores for it; AV1 is for shared screens, which have few frames and much text.
 */
function rank(mimeType: string, content: Content, { mobile, cores, efficient }: Machine): number {
  const type = mimeType.toLowerCase();
  if (content === 'voice') return type === 'audio/red' ? 0 : type === 'audio/opus' ? 1 : 2;
  const index = (VIDEO as readonly string[]).indexOf(type);
  if (index < 0) return 100;
  if (efficient.has(type)) return index;
  const afterHardware = 10;
  if (!mobile && content === 'screen' && type === 'video/av1' && cores >= CORES_FOR_AV1_SCREEN) return afterHardware;
  if (!mobile && type === 'video/vp9' && cores >= CORES_FOR_VP9) return afterHardware + 1;
  return afterHardware + 10 - index;
}

/**
 * For `setCodecPreferences`, which says what this side would like to *receive*; what it sends is {@link codecToSend}.
 * Nothing is left out, and what is equal stays in the browser's order. RED, a second copy of each piece of speech, comes
 * first of the sound: it is used when both have it.
 */
export function inOrder<C extends { readonly mimeType: string }>(
  codecs: readonly C[],
  content: Content,
  machine: Machine,
): C[] {
  return [...codecs].sort((a, b) => rank(a.mimeType, content, machine) - rank(b.mimeType, content, machine));
}

/**
 * For `encodings[].codec`: of those agreed on the one this machine should send, whatever the other side put first; so a
 * phone does not encode VP9 because a laptop likes to receive it.
 */
export function codecToSend<C extends { readonly mimeType: string }>(
  agreed: readonly C[],
  content: 'camera' | 'screen',
  machine: Machine,
): C | undefined {
  const best = inOrder(agreed, content, machine)[0];
  return best !== undefined && rank(best.mimeType, content, machine) < 100 ? best : undefined;
}

/** The most that is sent, in bits per second; a phone's picture is small where it is seen. */
export function maxBitrate(content: Content, mobile: boolean): number {
  if (content === 'voice') return 64_000;
  return content === 'screen' ? 4_000_000 : mobile ? 1_500_000 : 2_500_000;
}

/** For `setParameters`: sound before everything, a face that moves before a sharp one, and text that can be read. */
export function withContent<P extends RTCRtpSendParameters>(parameters: P, content: Content, machine: Machine): P {
  const urgent = content === 'voice' ? 'high' : 'low';
  return {
    ...parameters,
    ...(content !== 'voice' && {
      degradationPreference: content === 'camera' ? 'maintain-framerate' : 'maintain-resolution',
    }),
    encodings: parameters.encodings.map((encoding) => ({
      ...encoding,
      priority: urgent,
      networkPriority: urgent,
      maxBitrate: maxBitrate(content, machine.mobile),
    })),
  };
}

/** How much of the camera's picture is sent; `fair`: all that is left of `full` where it goes to several. */
export type Picture = 'full' | 'fair' | 'small' | 'none';

/** At most so many bits and pictures per second, and by how much smaller. */
const SENT: Readonly<Record<Picture, readonly [number, number, number]>> = {
  full: [Infinity, 30, 1],
  fair: [800_000, 30, 2],
  small: [200_000, 15, 3],
  none: [Infinity, 30, 1],
};

/**
 * For `setParameters` of what sends the camera's picture; `maxBitrate` as when nothing is left out. While there is none the
 * other side has to be told so, or it takes that for a fault.
 */
export function withPicture<P extends RTCRtpSendParameters>(parameters: P, picture: Picture, maxBitrate: number): P {
  const [most, maxFramerate, scaleResolutionDownBy] = SENT[picture];
  return {
    ...parameters,
    encodings: parameters.encodings.map((encoding) => ({
      ...encoding,
      active: picture !== 'none',
      maxBitrate: Math.min(maxBitrate, most),
      maxFramerate,
      scaleResolutionDownBy,
    })),
  };
}

/** What is known of the network before the first packet: `navigator.connection` where there is one. */
export interface NetworkHint {
  readonly effectiveType?: string;
  readonly saveData?: boolean;
}

/**
 * What the first second is sent with, in kbit/s; a browser begins with 300, and needs seconds to find that there is
 * more. A way through a relay is often a narrow one; too much on a narrow one is a queue that delays the sound.
 */
export function startBitrateKbps(relayOnly: boolean, hint: NetworkHint = {}): number {
  if (hint.saveData === true || /^(slow-2g|2g|3g)$/.test(hint.effectiveType ?? '')) return 300;
  return relayOnly ? 1_000 : 1_800;
}

/** The remote description with this start bitrate for every video codec; only Chromium's family looks at it. */
export function withStartBitrate(sdp: string, kbps: number): string {
  return withFormat(sdp, 'video', /^(VP8|VP9|H264|H265|AV1)$/i, { 'x-google-start-bitrate': String(kbps) });
}

/** The remote description with what it asks of our Opus: to survive a lost packet, and to be silent in silence. */
export function withSpeechOptions(sdp: string): string {
  return withFormat(sdp, 'audio', /^opus$/i, { useinbandfec: '1', usedtx: '1' });
}

/** Adds parameters to the format of each codec of this name; those that are there stay as they are. */
function withFormat(
  sdp: string,
  kind: 'audio' | 'video',
  codec: RegExp,
  add: Readonly<Record<string, string>>,
): string {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => (section.startsWith(`m=${kind} `) ? formatted(section, codec, add) : section))
    .join('');
}

function formatted(section: string, codec: RegExp, add: Readonly<Record<string, string>>): string {
  let changed = section;
  for (const [line, type, name] of section.matchAll(/^a=rtpmap:(\d+) ([\w-]+)\/\d+.*$/gm)) {
    if (!codec.test(name ?? '')) continue;
    const before = new RegExp(`^a=fmtp:${type} ([^\\r\\n]*)`, 'm').exec(changed);
    const there = new Set(before?.[1]?.split(';').map((one) => one.split('=')[0]?.trim()));
    const missing = Object.entries(add).filter(([key]) => !there.has(key)).map(([key, value]) => `${key}=${value}`);
    if (missing.length === 0) continue;
    const text = missing.join(';');
    changed =
      before === null
        ? changed.replace(line, () => `${line.trimEnd()}\r\na=fmtp:${type} ${text}${line.endsWith('\r') ? '\r' : ''}`)
        : changed.replace(before[0], () => `${before[0]};${text}`);
  }
  return changed;
}
