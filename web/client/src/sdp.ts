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

/**
 * The description without any address: no candidate, and the places that name the first one (`m=`, `c=`, `a=rtcp`) name nothing, as
 * RFC 8840 section 4.1 has it for a description whose candidates come later.
 */
export function withoutAddresses(sdp: string): string {
  return withCandidates(sdp, () => undefined);
}

/** The same with the relayed candidates in it, which name no address that the relay was reached from: RFC 8839 section 5.1. */
export function onlyRelayed(sdp: string): string {
  return withCandidates(sdp, (line) =>
    isRelayed(line) ? line.replace(/ raddr \S+ rport \d+/, ' raddr 0.0.0.0 rport 9') : undefined,
  );
}

export function isRelayed(candidate: string): boolean {
  return / typ relay\b/.test(candidate);
}

function withCandidates(sdp: string, keep: (line: string) => string | undefined): string {
  return sdp
    .split(/\r\n|\r|\n/)
    .flatMap((line) => {
      if (/^\s*a=candidate/i.test(line)) return keep(line) ?? [];
      if (/^\s*c=/i.test(line)) return 'c=IN IP4 0.0.0.0';
      if (/^\s*a=rtcp:/i.test(line)) return 'a=rtcp:9 IN IP4 0.0.0.0';
      return line.replace(/^(\s*m=\S+ )[1-9]\d*/i, (_, head: string) => `${head}9`);
    })
    .join('\r\n');
}

/** The ICE generation of a description. */
export function fragmentOf(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}

/** Whether a candidate with this fragment belongs to the description; one that names none does. */
export function isOf(sdp: string, ufrag: string | null | undefined): boolean {
  return ufrag === undefined || ufrag === null || ufrag === '' || sdp.split(/\r?\n/).includes(`a=ice-ufrag:${ufrag}`);
}
