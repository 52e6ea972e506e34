/** What an application is told of the call machine's state. Pure. */
import type { CallState, ServerState } from './api.ts';
import type { Call, Signaling } from './call-model.ts';
import { phaseOf } from './call-state.ts';

export function stateOf(call: Call): CallState {
  switch (call.kind) {
    case 'idle':
      return { name: 'idle' };
    case 'lobby': {
      const { here, full, signaling } = call;
      return { name: 'lobby', here, full, server: serverOf(signaling) };
    }
    case 'ended': {
      const { reason, error } = call;
      return { name: 'ended', reason, ...(error === undefined ? {} : { error }) };
    }
    case 'active': {
      const name = phaseOf(call) as 'waiting' | 'connecting' | 'connected' | 'reconnecting';
      const server = serverOf(call.signaling);
      if (name === 'reconnecting') return { name, server, mediaFlows: call.connection.state === 'connected' };
      return name === 'waiting' && call.visitors > 0 ? { name, server, visitors: call.visitors } : { name, server };
    }
    default:
      return call satisfies never;
  }
}

function serverOf(signaling: Signaling): ServerState {
  switch (signaling.state) {
    case 'lost':
      return { state: 'lost', ...(signaling.why === undefined ? {} : { why: signaling.why }) };
    case 'delayed':
      return { state: 'delayed', why: signaling.why, untilMs: signaling.untilMs };
    default:
      return { state: signaling.state };
  }
}
