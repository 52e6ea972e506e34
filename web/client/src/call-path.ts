/**
 * The media path of a call: what the connection says of it, and when another is looked for. A part of the call machine of
 * call-state.ts. Pure.
 */
import type { ActiveCall, Effect, Step } from './call-model.ts';
import { mediaLost, toOther } from './call-other.ts';
import { after, never, stay } from './call-step.ts';

/** How long `disconnected` may last before ICE is restarted. It is often gone by itself. */
export const DISCONNECTED_PATIENCE_MS = 1_500;
/** How much longer the one waits who is not the first to restart ICE, and how long a restart may take. */
export const RESTART_PATIENCE_MS = 3_000;

export function connectionChanged(call: ActiveCall, state: RTCPeerConnectionState): Step {
  const before = call.connection;
  if (before.state === 'none') return stay(call);
  const everConnected = before.everConnected || state === 'connected';
  const next: ActiveCall = { ...call, connection: { ...before, state, everConnected } };
  const clear: Effect = { type: 'clear-timer', timer: 'disconnected' };
  switch (state) {
    case 'disconnected':
      return stay(next, [patience(next, DISCONNECTED_PATIENCE_MS)]);
    case 'failed':
    case 'closed': {
      const lost = mediaLost(next);
      return next.other.state === 'present' ? after(lost, patience(next, 0)) : after(lost, clear);
    }
    case 'connecting':
      // A new path is looked for. Should that come to nothing, another is.
      return stay(next, [everConnected ? patience(next, RESTART_PATIENCE_MS) : clear]);
    case 'connected':
    case 'new':
      return stay(next, [clear]);
    default:
      return never(state);
  }
}

/** Who has the lower order looks for a new path first; the other one does when nothing comes of that. */
function patience(call: ActiveCall, afterMs: number): Effect {
  const { you, other } = call;
  const first = you !== undefined && other.state !== 'none' && you.order < other.participant.order;
  const moreMs = first && afterMs > 0 ? 0 : RESTART_PATIENCE_MS;
  return { type: 'set-timer', timer: 'disconnected', afterMs: afterMs + moreMs };
}

/**
 * Nothing comes any more. Who is not the first to restart ICE asks the other to: of two offers at once one would have to begin
 * anew.
 *
 * @param here it has been so for long, or this side has moved
 */
export function pathDoubtful(call: ActiveCall, here: boolean): Step {
  const { you, other, signaling } = call;
  const first = you !== undefined && other.state === 'present' && you.order < other.participant.order;
  const asks = here && !first && other.state === 'present' && signaling.state === 'joined';
  return asks ? stay(call, toOther(call, { data: { restart: true } })) : mediaLost(call);
}

export function noPath(call: ActiveCall): Step {
  const { connection } = call;
  if (connection.state === 'none' || connection.state === 'connected' || connection.state === 'new') return stay(call);
  const lost = mediaLost(call, true);
  return lost.call.kind === 'active' && lost.call.other.state === 'present'
    ? after(lost, patience(call, RESTART_PATIENCE_MS))
    : lost;
}
