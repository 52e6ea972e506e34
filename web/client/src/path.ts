/** Which way the media takes, as the browser's statistics have it. Pure. */

/**
 * `relayed` says which side asked a relay to carry the media: `here` is this side, whether or not the other did as well.
 * `protocol` is how this side reaches its relay.
 */
export type MediaPath =
  | { readonly relayed: 'no' | 'there' }
  | { readonly relayed: 'here'; readonly protocol: RelayProtocol };

export type RelayProtocol = 'udp' | 'tcp' | 'tls';

type Fields = Readonly<Record<string, unknown>>;

/** The path of the selected pair of candidates; nothing while there is none. `remoteSdp` has the candidates the other side named. */
export function pathOf(stats: readonly Fields[], remoteSdp: string): MediaPath | undefined {
  const byId = (id: unknown) => stats.find((one) => one['id'] === id);
  const selected = stats.find((one) => one['type'] === 'transport')?.['selectedCandidatePairId'];
  // Where the transport does not say, the pair itself does.
  const pair = selected === undefined ? stats.find((one) => one['selected'] === true) : byId(selected);
  const local = byId(pair?.['localCandidateId']);
  const remote = byId(pair?.['remoteCandidateId']);
  if (local === undefined || remote === undefined) return undefined;
  if (local['candidateType'] === 'relay') {
    const protocol = local['relayProtocol'];
    return { relayed: 'here', protocol: protocol === 'tcp' || protocol === 'tls' ? protocol : 'udp' };
  }
  return { relayed: remote['candidateType'] === 'relay' || namesRelay(remoteSdp, remote) ? 'there' : 'no' };
}

/** A candidate that was met before the other side named it stays a reflexive one to Firefox; its name is in the description. */
function namesRelay(sdp: string, { address, port }: Fields): boolean {
  const at = ` ${String(address)} ${String(port)} typ relay`;
  return sdp.split(/\r?\n/).some((line) => line.startsWith('a=candidate:') && line.includes(at));
}
