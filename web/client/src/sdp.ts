/** The little that is read out of a session description. Pure. */

/**
 * Whether two descriptions of one participant come from two different RTCPeerConnections: a connection keeps its
 * certificate for life, so another fingerprint means that the other side has started over. Descriptions without any
 * fingerprint say nothing.
 */
export function startedOver(beforeSdp: string, sdp: string): boolean {
  const before = fingerprints(beforeSdp);
  const now = fingerprints(sdp);
  return before.size > 0 && now.size > 0 && ![...now].some((fingerprint) => before.has(fingerprint));
}

function fingerprints(sdp: string): Set<string> {
  return new Set([...sdp.matchAll(/^a=fingerprint:(.+?)\s*$/gim)].map((match) => (match[1] ?? '').toLowerCase()));
}

/** The ICE generation of a description. */
export function fragmentOf(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}

/** Whether a candidate with this fragment belongs to the description; one that names none does. */
export function isOf(sdp: string, ufrag: string | null | undefined): boolean {
  return ufrag === undefined || ufrag === null || ufrag === '' || sdp.split(/\r?\n/).includes(`a=ice-ufrag:${ufrag}`);
}
