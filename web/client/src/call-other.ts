/**
 * The other participant and what is said to them: a part of the call machine of call-state.ts. Pure.
 */
import type { ActiveCall, Effect, MediaState, Other, Step } from './call-model.ts';
import { closing, discarded } from './call-standing.ts';
import { RESTART_PATIENCE_MS } from './call-path.ts';
import { stay } from './call-step.ts';
import type { AwayReason, LeftReason, Participant, SessionDescription, SignalBody } from './protocol.ts';
import type { Undelivered } from './streams.ts';

/** The room's whole state replaces what this side believed of the other. */
export function joinedOther(call: ActiveCall, other: Participant | undefined, recovered: boolean): Step {
  if (other === undefined) return otherMissing(call, 'lost');
  if (other.state === 'present') return otherPresent(call, other, recovered);
  const away = { state: 'away', participant: other, reason: 'connection-lost', seatGone: false } as const;
  // An offer to whoever comes is of no use to somebody who comes back, nor is a connection to somebody else.
  const next: ActiveCall = { ...discarded(call), other: away };
  if (call.connection.state === 'none' || call.connection.participant === other.id) {
    return stay({ ...next, other: { ...away, ...knownMedia(call) } }, closing(call));
  }
  return stay({ ...next, direct: false, connection: { state: 'none' } }, [
    ...closing(call),
    { type: 'close-connection' },
  ]);
}

/**
 * @param recovered whether every signal between the two is certain to arrive: then nothing has to be said again
 */
export function otherPresent(call: ActiveCall, participant: Participant, recovered: boolean): Step {
  const { you, connection } = call;
  if (you === undefined) return stay(call);
  const current = call.other;
  const offers = you.order < participant.order;
  const same =
    connection.state !== 'none' &&
    connection.participant === participant.id &&
    connection.instance === participant.instance;
  if (same && connection.state !== 'closed') {
    const next: ActiveCall = { ...call, unsaid: false, other: { state: 'present', participant, ...knownMedia(call) } };
    const broken = connection.state === 'failed' || connection.state === 'disconnected';
    // The one who restarts may have a path already, as far as it knows.
    const waits: Effect[] =
      broken && !offers ? [{ type: 'set-timer', timer: 'disconnected', afterMs: RESTART_PATIENCE_MS }] : [];
    if (goesOn(call, participant, recovered)) {
      // What was said over the connection itself, or with a seat that was not heard of, is in no stream.
      const unsure = connection.state !== 'connected';
      const refreshes: Effect[] = unsure
        ? [{ type: 'refresh-connection', resend: true, restartIce: offers && broken }]
        : [];
      return stay(next, [...refreshes, ...waits]);
    }
    const restartIce = offers && connection.state !== 'connected';
    return stay(next, [{ type: 'refresh-connection', resend: true, restartIce }, ...waits, ...mediaNews(next)]);
  }
  const returning = current.state !== 'none' && connection.state !== 'none' && connection.everConnected;
  const next: ActiveCall = {
    ...discarded(call),
    direct: false,
    unsaid: false,
    other: { state: 'present', participant },
    connection: { state: 'new', participant: participant.id, instance: participant.instance, everConnected: returning },
  };
  return stay(next, [
    { type: 'clear-timer', timer: 'disconnected' },
    ...closing(call),
    { type: 'open-connection', offers, polite: !offers, iceServers: call.iceServers },
    ...mediaNews(next),
  ]);
}

/** Somebody comes by the connection that was made for it: nothing is said of it that has not been said. */
export function otherAwaited(call: ActiveCall, participant: Participant): Step {
  const next: ActiveCall = { ...call, other: { state: 'present', participant } };
  return stay(next, mediaNews(next));
}

/** The streams between the two went on, and nothing was left out. */
function goesOn(call: ActiveCall, { id, epoch }: Participant, recovered: boolean): boolean {
  const before = call.other.state === 'none' ? undefined : call.other.participant;
  return recovered && !call.unsaid && epoch !== undefined && before?.id === id && before.epoch === epoch;
}

export function otherAway(call: ActiveCall, id: string, reason: AwayReason, untilMs: number): Step {
  if (call.other.state === 'none' || call.other.participant.id !== id) return stay(call);
  const { participant } = call.other;
  return stay({
    ...call,
    other: { state: 'away', participant, reason, untilMs, seatGone: false, ...knownMedia(call) },
  });
}

export function otherLeft(call: ActiveCall, id: string, reason: LeftReason): Step {
  if (call.other.state === 'none' || call.other.participant.id !== id) return stay(call);
  return reason === 'grace-ended' ? otherMissing(call, reason) : otherGone(call, reason);
}

/** The server was restarted, and the other may be on the way back to it. */
export function otherMayReturn(call: ActiveCall, afterMs: number, nowMs: number): Step {
  const { other } = call;
  if (other.state === 'none') return stay(call);
  const { participant } = other;
  const untilMs = nowMs + afterMs;
  return stay(
    {
      ...call,
      other: {
        state: 'away',
        participant,
        reason: 'connection-lost',
        untilMs,
        seatGone: false,
        mayReturn: true,
        ...knownMedia(call),
      },
    },
    [{ type: 'set-timer', timer: 'others-return', afterMs }],
  );
}

/** The other has no seat any more. While media flows it is only the signaling that was lost, so the call goes on. */
export function otherMissing(call: ActiveCall, reason: 'grace-ended' | 'lost'): Step {
  const { other, connection } = call;
  if (other.state === 'none') return stay(call);
  if (connection.state !== 'connected') return otherGone(call, reason);
  const { participant } = other;
  return stay({
    ...call,
    other: { state: 'away', participant, reason: 'connection-lost', seatGone: true, ...knownMedia(call) },
  });
}

function otherGone(call: ActiveCall, reason: LeftReason | 'lost'): Step {
  const name = call.other.state === 'none' ? undefined : call.other.participant.name;
  const departed = { reason, ...(name === undefined ? {} : { name }) };
  const other: Other = { state: 'none', departed };
  return stay({ ...call, direct: false, unsaid: false, other, connection: { state: 'none' } }, [
    { type: 'clear-timer', timer: 'disconnected' },
    { type: 'close-connection' },
  ]);
}

export function remoteSignal(call: ActiveCall, from: string, body: SignalBody): Step {
  const { other } = call;
  if (other.state === 'none' || other.participant.id !== from) return stay(call);
  if (!('data' in body)) return stay(call, [{ type: 'remote-signal', body }]);
  if ((body.data as { restart?: unknown } | null)?.restart === true) return mediaLost(call);
  const media = readMediaState(body.data);
  return stay(media === undefined ? call : { ...call, other: { ...other, media } });
}

/** What is not delivered is said again when the other is back; who refused it would refuse it again. */
export function unsaid(call: ActiveCall, { participant, why }: Undelivered): Step {
  const { other } = call;
  if (other.state === 'none' || other.participant.id !== participant || why === 'refused') return stay(call);
  return stay({ ...call, unsaid: true });
}

/**
 * What the other says comes from another RTCPeerConnection than before: a new one answers its offer, or offers afresh after its
 * answer. Who has no seat any more begins nothing.
 */
export function startedOver(call: ActiveCall, description: SessionDescription): Step {
  const { other, connection, you, iceServers } = call;
  if (connection.state === 'none' || other.state === 'none' || you === undefined) return stay(call);
  if (other.state === 'away' && other.seatGone) return otherGone(call, 'lost');
  const offers = description.type !== 'offer';
  const polite = you.order > other.participant.order;
  const next: ActiveCall = { ...call, direct: false, connection: { ...connection, state: 'new' } };
  return stay(next, [
    { type: 'clear-timer', timer: 'disconnected' },
    { type: 'open-connection', offers, polite, iceServers },
    ...(offers ? [] : [{ type: 'remote-signal', body: { description } } as const]),
  ]);
}

/**
 * The media path is broken, not only shaky. Who is not in the room any more is now really gone.
 *
 * @param here whether this side looks for a new one whoever's turn it is
 */
export function mediaLost(call: ActiveCall, here = false): Step {
  const { other, you } = call;
  if (other.state === 'away' && other.seatGone) return otherGone(call, 'lost');
  if (other.state !== 'present' || you === undefined || call.signaling.state !== 'joined') return stay(call);
  const restarts = here || you.order < other.participant.order;
  return stay(call, restarts ? [{ type: 'refresh-connection', resend: true, restartIce: true }] : []);
}

/**
 * A signal is said to somebody who hears it, or to whom it is kept for: streams.ts. Otherwise `refresh-connection` later
 * says again what was left out.
 */
export function toOther(call: ActiveCall, body: SignalBody): Effect[] {
  const { other, signaling } = call;
  if (other.state === 'none') return [];
  // While the server cannot pass it on, the connection itself may.
  const passes = other.state === 'present' && signaling.state === 'joined';
  if (!passes && call.direct && call.connection.state === 'connected' && !('data' in body)) {
    return [{ type: 'send-direct', message: { type: 'signal', body } }];
  }
  const kept = other.participant.epoch !== undefined && !(other.state === 'away' && other.seatGone);
  return passes || kept ? [{ type: 'send', message: { type: 'signal', to: other.participant.id, ...body } }] : [];
}

export function mediaNews(call: ActiveCall): Effect[] {
  if (call.media === undefined) return [];
  const { microphone, camera, screen = false, audioOnly = false } = call.media;
  return toOther(call, { data: { media: { microphone, camera, screen, audioOnly } } });
}

function readMediaState(data: unknown): MediaState | undefined {
  const media = (data as { media?: Partial<Record<keyof MediaState, unknown>> } | null)?.media;
  if (typeof media?.microphone !== 'boolean' || typeof media.camera !== 'boolean') return undefined;
  const { microphone, camera } = media;
  return { microphone, camera, screen: media.screen === true, audioOnly: media.audioOnly === true };
}

function knownMedia(call: ActiveCall): { media?: MediaState } {
  return call.other.state !== 'none' && call.other.media !== undefined ? { media: call.other.media } : {};
}

export function bodyOf(m: SignalBody): SignalBody {
  if ('description' in m) return { description: m.description };
  if ('candidate' in m) return { candidate: m.candidate };
  return { data: m.data };
}
