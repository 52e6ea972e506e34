/**
 * Why a WebSocket did not open. The browser keeps the answer from the page, so the page asks the same address once more
 * by `fetch`: a plain GET of it is answered as the upgrade would be (docs/protocol.md, "Errors of the upgrade itself").
 */
export type OpenFailure =
  /** Nobody answers, or a proxy says that nobody is behind it. */
  | 'unreachable'
  /** 403: pages of this origin may not use the server. */
  | 'origin-refused'
  /** 421: the server does not go by the name in the address. */
  | 'host-refused'
  /** 429 */
  | 'too-many-connections'
  /** 503 */
  | 'stopping'
  /** 426: the server would take the upgrade, so something on the way does not pass it on. */
  | 'upgrade-lost'
  /** Somebody answers who is not Duet. */
  | 'not-duet';

/** What the answer to a plain GET of the WebSocket's address says; `undefined` for no answer. Pure. */
export function openFailureOf(httpStatus: number | undefined): OpenFailure {
  switch (httpStatus) {
    case undefined:
    case 502:
    case 504:
      return 'unreachable';
    case 403:
      return 'origin-refused';
    case 421:
      return 'host-refused';
    case 426:
      return 'upgrade-lost';
    case 429:
      return 'too-many-connections';
    case 503:
      return 'stopping';
    default:
      return 'not-duet';
  }
}

/** The address to ask, for a page of this origin. Pure. */
export function probeAddress(webSocketUrl: string, origin: string): string {
  const url = new URL(webSocketUrl);
  url.protocol = url.protocol === 'ws:' ? 'http:' : 'https:';
  url.searchParams.set('origin', origin);
  return url.href;
}

const PROBE_MS = 4_000;

/** Asks in a browser. */
export async function probe(webSocketUrl: string): Promise<OpenFailure> {
  try {
    const options = { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS) } as const;
    const { status } = await fetch(probeAddress(webSocketUrl, location.origin), options);
    return openFailureOf(status);
  } catch {
    return openFailureOf(undefined);
  }
}
