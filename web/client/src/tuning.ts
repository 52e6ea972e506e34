/** One connection's codecs, bitrates and priorities: asks the browser what preferences.ts wants to know, and tells it. */
import { notTaken } from './not-taken.ts';
import {
  inOrder,
  maxBitrate,
  startBitrateKbps,
  thisMachine,
  withContent,
  withPicture,
  withSpeechOptions,
  withStartBitrate,
} from './preferences.ts';
import type { Content, Machine, NetworkHint, Picture } from './preferences.ts';
import type { SessionDescription } from './protocol.ts';

/** Until the browser has answered, which no call waits for. */
let machine: Machine = { mobile: false, cores: 2, efficient: new Set() };
let asked: Promise<void> | undefined;

/** Asks once for each page. */
function knowMachine(): Promise<void> {
  asked ??= thisMachine().then((found) => void (machine = found));
  return asked;
}

/** What this side would like to receive; to be said before an offer or an answer is made. */
export function preferCodecs(transceiver: RTCRtpTransceiver, content: Content): void {
  const codecs = RTCRtpReceiver.getCapabilities(content === 'voice' ? 'audio' : 'video')?.codecs ?? [];
  try {
    transceiver.setCodecPreferences(inOrder(codecs, content, machine));
  } catch (error) {
    notTaken('codecs')(error);
  }
}

/** The other's description, with what this side reads into it about its own sending. */
export function tuned({ type, sdp }: SessionDescription, relayOnly: boolean): SessionDescription {
  const hint = (navigator as { connection?: NetworkHint }).connection;
  return { type, sdp: withSpeechOptions(withStartBitrate(sdp, startBitrateKbps(relayOnly, hint))) };
}

/** Bitrate, priority and what gives way first; a browser that cannot does what it thinks best. */
export async function tuneSender(sender: RTCRtpSender, content: Content, picture: Picture): Promise<void> {
  await knowMachine();
  const parameters = sender.getParameters();
  if (parameters.encodings.length === 0) return;
  try {
    const usual = withContent(parameters, content, machine);
    await sender.setParameters(
      content === 'camera' ? withPicture(usual, picture, maxBitrate(content, machine.mobile)) : usual,
    );
  } catch (error) {
    notTaken('parameters')(error);
  }
}
