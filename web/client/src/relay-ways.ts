/** The ways to the relay that a list of ICE servers has. Pure. */
import type { RelayProtocol } from './path.ts';
import type { IceServer } from './protocol.ts';

export interface Way {
  readonly over: RelayProtocol;
  readonly server: IceServer;
}

/** The best one first, each with a single address: who waits, or looks in, has few allocations. */
export function waysOf(servers: readonly IceServer[]): readonly Way[] {
  const all = servers.flatMap((server) =>
    [server.urls].flat().flatMap((url): Way[] => {
      const over = relayProtocol(url);
      return over === undefined ? [] : [{ over, server: { ...server, urls: [url] } }];
    }),
  );
  return (['udp', 'tcp', 'tls'] as const).flatMap((over) => all.filter((way) => way.over === over).slice(0, 1));
}

function relayProtocol(url: string): RelayProtocol | undefined {
  if (/^turns:/i.test(url)) return /transport=udp/i.test(url) ? undefined : 'tls';
  if (!/^turn:/i.test(url)) return undefined;
  return /transport=tcp/i.test(url) ? 'tcp' : 'udp';
}

/**
 * For a connection that waits: one way to the relay, with whatever else there is that needs none. UDP first; where that does not lead
 * there, the way that passes most networks.
 *
 * @param tries how many ways were tried before
 */
export function oneWay(servers: readonly IceServer[], tries: number): readonly IceServer[] {
  const way = waysToTry(servers)[tries];
  return [...servers.filter((server) => relayUrls(server).length === 0), ...(way === undefined ? [] : [way.server])];
}

export function waysToTry(servers: readonly IceServer[]): readonly Way[] {
  const ways = waysOf(servers);
  return ways.length <= 2 ? ways : [ways[0], ways.at(-1)].flatMap((way) => way ?? []);
}

function relayUrls({ urls }: IceServer): readonly string[] {
  return [urls].flat().filter((url) => relayProtocol(url) !== undefined);
}
