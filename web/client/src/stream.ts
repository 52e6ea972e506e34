/** The two streams between this participant and one other: a part of streams.ts. Pure. */
import type { SignalBody } from './protocol.ts';

const utf8 = new TextEncoder();

export interface Kept {
  seq: number;
  /** The request that said it last; 0 before. */
  id: number;
  readonly body: SignalBody;
  readonly sizeBytes: number;
}

/** Both directions between this participant and one other. */
export interface Stream {
  readonly epoch: number;
  /** Sent or to be sent, and not acknowledged; ascending. */
  outbox: Kept[];
  outboxBytes: number;
  nextSeq: number;
  /** Up to here it was said on this connection, or the server has it from an earlier one. */
  sent: number;
  acknowledged: number;
  /** Not before then is anything said; `Infinity`: not before the other is back. */
  pausedUntilMs: number;
  /** Errors about requests before this one are about what has been said again since. */
  errorsFromId: number;
  received: number;
  /** What the other has been told of `received`, and when it is told the rest. */
  told: number;
  ackDueMs: number;
  /** Not in the room of a restarted server; given up then. */
  goneAtMs: number;
}

/** Begins at 1, but after what the server has of somebody who had been given up here. */
export function newStream(epoch: number, accepted: number): Stream {
  return {
    epoch,
    outbox: [],
    outboxBytes: 0,
    nextSeq: accepted + 1,
    sent: accepted,
    acknowledged: accepted,
    pausedUntilMs: 0,
    errorsFromId: 0,
    received: 0,
    told: 0,
    ackDueMs: Infinity,
    goneAtMs: Infinity,
  };
}

export function remove(stream: Stream, index: number): Kept {
  const [kept] = stream.outbox.splice(index, 1) as [Kept];
  stream.outboxBytes -= kept.sizeBytes;
  return kept;
}

export function sizeOf(body: SignalBody): number {
  return utf8.encode(JSON.stringify(body)).length;
}

/** What is to be sent gets its number. */
export function append(stream: Stream, body: SignalBody, sizeBytes: number): void {
  stream.outbox.push({ seq: stream.nextSeq++, id: 0, body, sizeBytes });
  stream.outboxBytes += sizeBytes;
}

/** The other has everything up to this number; says whether that is news. */
export function acknowledge(stream: Stream, seq: number): boolean {
  if (seq <= stream.acknowledged || seq >= stream.nextSeq) return false;
  stream.acknowledged = seq;
  // More than was said since everything is being said again: the first time has arrived after all.
  stream.sent = Math.max(stream.sent, seq);
  while (stream.outbox[0] !== undefined && stream.outbox[0].seq <= seq) remove(stream, 0);
  return true;
}

/**
 * The server has everything up to `accepted`, and nothing after it: that is said again. What was refused has left a gap,
 * which closes, because no number after `accepted` is in use yet.
 *
 * @param errorsFromId the id of the next request: errors about earlier ones are settled by this
 */
export function goOnAfter(stream: Stream, accepted: number, errorsFromId: number): void {
  stream.nextSeq = accepted + 1;
  for (const kept of stream.outbox) if (kept.seq > accepted) kept.seq = stream.nextSeq++;
  stream.sent = accepted;
  stream.errorsFromId = errorsFromId;
}
