/**
 * In a room for three or four each two are a call of their own. This decides which of these calls of one side, its *links*, the
 * server's messages are for, so that each believes itself in a room of two. The seat is not theirs: whoever has it says `join`.
 * Pure: it owns its state, and knows no call.
 *
 * - A link is opened for every participant, and told `joined` with nobody else in the room.
 * - Whoever comes back with the `instance` of a link whose seat is gone has that link: the connection it has leads to them.
 * - A link whose participant has left is told so and decides itself when it is over: media may flow on. Then it is closed.
 * - A signal of a stranger is for nobody.
 */
import type { ClientMessage, JoinedMessage, Participant, ServerMessage } from './protocol.ts';
import type { Undelivered } from './streams.ts';

/** Three others, and as many who have lost their seats and are still seen. */
export const LINKS_MAX = 6;

export type RouterOutput =
  | { readonly type: 'open'; readonly link: number }
  /** The way to the server is there again, and this is the first thing it says. */
  | { readonly type: 'joined'; readonly link: number; readonly message: JoinedMessage }
  | { readonly type: 'message'; readonly link: number; readonly message: ServerMessage }
  | { readonly type: 'lost'; readonly link: number }
  | { readonly type: 'undelivered'; readonly link: number; readonly news: Undelivered }
  | { readonly type: 'close'; readonly link: number }
  | { readonly type: 'send'; readonly message: ClientMessage };

interface Known {
  readonly link: number;
  participant: Participant;
  seated: boolean;
}

export class Router {
  #known: Known[] = [];
  #next = 1;
  /** What every new link is told of the room; the ICE servers are the latest. */
  #joined: JoinedMessage | undefined;
  #iceServersUntilMs = Infinity;
  /** Links that wait for fresh ICE servers. */
  readonly #asking = new Set<number>();
  #askedWith: number | undefined = -1;

  /** From the server. */
  heard(m: ServerMessage, nowMs: number): RouterOutput[] {
    switch (m.type) {
      case 'joined':
        return this.#joinedRoom(m, nowMs);
      case 'participant-joined':
      case 'participant-back':
        return this.#came(m.participant, m, nowMs);
      case 'participant-left':
      case 'participant-away': {
        const known = this.#of(m.participant);
        if (known !== undefined && m.type === 'participant-left') known.seated = false;
        return said(known, m);
      }
      case 'signal':
        return said(this.#of(m.from), m);
      case 'ice-servers':
        this.#keepIceServers(m, nowMs);
        return this.#toAsking(m);
      case 'error':
        return m.id === this.#askedWith ? this.#toAsking(m) : [];
      default:
        return [];
    }
  }

  /** The way to the server. */
  lost(): RouterOutput[] {
    this.#asking.clear();
    return this.#known.map(({ link }) => ({ type: 'lost', link }));
  }

  undelivered(news: Undelivered): RouterOutput[] {
    const known = this.#of(news.participant);
    return known === undefined ? [] : [{ type: 'undelivered', link: known.link, news }];
  }

  /** From a link to the server; what is about the seat is not a link's to say. */
  says(link: number, message: ClientMessage): RouterOutput[] {
    if (message.type === 'signal') return [{ type: 'send', message }];
    if (message.type !== 'ice-servers') return [];
    const first = this.#asking.size === 0;
    this.#asking.add(link);
    this.#askedWith = message.id;
    return first ? [{ type: 'send', message }] : [];
  }

  /** The link is over. */
  closed(link: number): void {
    this.#known = this.#known.filter((known) => known.link !== link);
    this.#asking.delete(link);
  }

  #joinedRoom(m: JoinedMessage, nowMs: number): RouterOutput[] {
    this.#joined = m;
    this.#keepIceServers(m, nowMs);
    for (const known of this.#known) known.seated = m.participants.some(({ id }) => id === known.participant.id);
    const found = new Map(m.participants.map((participant) => [this.#leadsTo(participant), participant]));
    // In a room that is full again somebody else has the seat of who is missing.
    const { othersMayReturnMs: _, ...full } = m;
    const missing = m.participants.length + 1 < m.capacity ? m : full;
    const before = this.#known.flatMap((known): RouterOutput[] => {
      const participant = found.get(known);
      known.seated = participant !== undefined;
      if (participant === undefined) return [this.#told(known, missing, [])];
      known.participant = participant;
      return [this.#told(known, m, [participant])];
    });
    const fresh = m.participants.filter((participant) => this.#of(participant.id) === undefined);
    return [...before, ...fresh.flatMap((participant) => this.#open(participant, m))];
  }

  #came(participant: Participant, m: ServerMessage, nowMs: number): RouterOutput[] {
    const known = this.#leadsTo(participant);
    if (known !== undefined) {
      known.participant = participant;
      known.seated = true;
      return said(known, m);
    }
    if (this.#joined === undefined) return [];
    const { offer: _, from: _1, description: _2, othersMayReturnMs: _3, ...room } = this.#joined;
    const { iceServersLifeMs } = room;
    const leftMs = iceServersLifeMs === undefined ? {} : { iceServersLifeMs: this.#iceServersUntilMs - nowMs };
    return this.#open(participant, { ...room, ...leftMs, recovered: false });
  }

  #open(participant: Participant, m: JoinedMessage): RouterOutput[] {
    const full = this.#known.length >= LINKS_MAX;
    const oldest = full ? this.#known.find(({ seated }) => !seated) : undefined;
    if (oldest !== undefined) this.closed(oldest.link);
    else if (full) return [];
    const known = { link: this.#next++, participant, seated: true };
    this.#known.push(known);
    return [
      ...(oldest === undefined ? [] : [{ type: 'close', link: oldest.link } as const]),
      { type: 'open', link: known.link },
      this.#told(known, m, [participant]),
    ];
  }

  #told({ link }: Known, m: JoinedMessage, participants: readonly Participant[]): RouterOutput {
    const { offer, from, description, ...rest } = m;
    // Of what was parked only its author's link knows.
    const parked =
      offer === undefined || from === undefined || description === undefined || from !== participants[0]?.id
        ? {}
        : { offer, from, description };
    return { type: 'joined', link, message: { ...rest, ...parked, participants } };
  }

  #keepIceServers(m: Pick<JoinedMessage, 'iceServers' | 'iceServersLifeMs'>, nowMs: number): void {
    const { iceServers, iceServersLifeMs } = m;
    this.#iceServersUntilMs = nowMs + (iceServersLifeMs ?? Infinity);
    if (this.#joined === undefined) return;
    const { iceServersLifeMs: _, ...room } = this.#joined;
    this.#joined = { ...room, iceServers, ...(iceServersLifeMs === undefined ? {} : { iceServersLifeMs }) };
  }

  #toAsking(message: ServerMessage): RouterOutput[] {
    const asking = [...this.#asking];
    this.#asking.clear();
    return asking.map((link) => ({ type: 'message', link, message }));
  }

  #of(id: string): Known | undefined {
    return this.#known.find(({ participant }) => participant.id === id);
  }

  /** The link to this participant, or to the page that has come back as this participant. */
  #leadsTo({ id, instance }: Participant): Known | undefined {
    const samePage = ({ seated, participant }: Known) => !seated && participant.instance === instance;
    return this.#of(id) ?? (instance === undefined ? undefined : this.#known.find(samePage));
  }
}

function said(known: Known | undefined, message: ServerMessage): RouterOutput[] {
  return known === undefined ? [] : [{ type: 'message', link: known.link, message }];
}
