/** Session descriptions as the RTCPeerConnection of fake-rtc.ts writes and reads them: what negotiation needs of SDP. */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export type Kind = 'audio' | 'video' | 'application';

export interface Section {
  readonly kind: Kind;
  readonly mid: string;
  readonly direction: Direction;
  readonly msid: string;
}

export interface Description {
  readonly type: 'offer' | 'answer';
  readonly version: number;
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  readonly sections: readonly Section[];
  /** The lines of those that are known so far. */
  readonly candidates: Set<string>;
}

export function written({ version, ufrag, pwd, fingerprint, sections, candidates }: Description): string {
  const ice = [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, `a=fingerprint:sha-256 ${fingerprint}`];
  const media = sections.flatMap(({ kind, mid, direction, msid }, i) => [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF 96`,
    ...(i === 0 ? ice : []),
    `a=mid:${mid}`,
    `a=${direction}`,
    `a=msid:${msid}`,
    ...(i === 0 ? [...candidates].map((line) => `a=${line}`) : []),
  ]);
  return ['v=0', `o=- ${fingerprint} ${version} IN IP4 0.0.0.0`, 's=-', 't=0 0', ...media].join('\r\n') + '\r\n';
}

/** What is not of this kind is a fault of who wrote it, so it throws. */
export function read(type: string, sdp: string): Description {
  if (type !== 'offer' && type !== 'answer') throw new TypeError(`unexpected ${type}`);
  const one = (name: RegExp, text = sdp) => {
    const value = name.exec(text)?.[1];
    if (value === undefined) throw new DOMException(`no ${name.source}`, 'OperationError');
    return value;
  };
  return {
    type,
    version: Number(one(/^o=- \S+ (\d+)/m)),
    ufrag: one(/^a=ice-ufrag:(\S+)/m),
    pwd: one(/^a=ice-pwd:(\S+)/m),
    fingerprint: one(/^a=fingerprint:sha-256 (\S+)/m),
    sections: sdp.split(/^(?=m=)/m).slice(1).map((section) => ({
      kind: one(/^m=(\w+)/, section) as Kind,
      mid: one(/^a=mid:(\S+)/m, section),
      direction: one(/^a=(sendrecv|sendonly|recvonly|inactive)/m, section) as Direction,
      msid: /^a=msid:(\S*)/m.exec(section)?.[1] ?? '',
    })),
    candidates: new Set([...sdp.matchAll(/^a=(candidate:.+?)\r?$/gm)].map((match) => match[1] ?? '')),
  };
}

export const sends = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'sendonly';
export const receives = (direction: Direction): boolean => direction === 'sendrecv' || direction === 'recvonly';

export function directionOf(send: boolean, receive: boolean): Direction {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}

export const reversed = (direction: Direction): Direction => directionOf(receives(direction), sends(direction));

export function both(one: Direction, other: Direction): Direction {
  return directionOf(sends(one) && sends(other), receives(one) && receives(other));
}
