/**
 * How long ICE servers may be used, and asking for new ones in time. Credentials of a relay can begin a call for a while only;
 * what they began goes on. So before anything that looks for a path the machine asks for fresh ones, and the connection waits
 * for them, but never for long: old ones may still do, and a direct path needs none. Pure, a part of call-state.ts.
 */
import type { ActiveCall, Effect, Step } from './call-model.ts';
import type { IceServer } from './protocol.ts';

/** The request id; `join` has 1, pings have higher ones. */
export const ICE_SERVERS_ID = 0;
/** How long a connection waits for fresh ICE servers. */
export const ICE_SERVERS_PATIENCE_MS = 2_000;
/** The life they must have left, so that what begins now is through in time; at most half of all they have. */
const LIFE_LEFT_MS = 60_000;

interface Given {
  readonly iceServers: readonly IceServer[];
  readonly iceServersLifeMs?: number;
}

/** The call with these ICE servers in place of what it had, or asked for. */
export function withIceServers(call: ActiveCall, given: Given, nowMs: number): ActiveCall {
  const { iceServersFreshUntilMs: _, ...rest } = call;
  const lifeMs = given.iceServersLifeMs;
  return {
    ...rest,
    iceServers: given.iceServers,
    askedIceServers: false,
    ...(lifeMs === undefined
      ? {}
      : { iceServersFreshUntilMs: nowMs + lifeMs - Math.min(LIFE_LEFT_MS, lifeMs / 2) }),
  };
}

/** The answer, or that there is none: the connection goes on with what there is. */
export function iceServersSettled(call: ActiveCall): Step & { readonly call: ActiveCall } {
  return {
    call: { ...call, askedIceServers: false },
    effects: [
      { type: 'clear-timer', timer: 'ice-servers' },
      { type: 'use-ice-servers', iceServers: call.iceServers },
    ],
  };
}

/** The step, with what looks for a path held back until there are fresh ICE servers, if these are old. */
export function askFirst(step: Step, nowMs: number): Step {
  const { call, effects } = step;
  if (call.kind !== 'active' || call.signaling.state !== 'joined' || !effects.some(looksForPath)) return step;
  const old = call.iceServersFreshUntilMs !== undefined && nowMs >= call.iceServersFreshUntilMs;
  if (!old && !call.askedIceServers) return step;
  const ask: Effect[] = call.askedIceServers
    ? []
    : [
        { type: 'send', message: { type: 'ice-servers', id: ICE_SERVERS_ID } },
        { type: 'set-timer', timer: 'ice-servers', afterMs: ICE_SERVERS_PATIENCE_MS },
      ];
  const held = effects.flatMap((effect) => {
    if (!looksForPath(effect)) return [effect];
    const of = 'of' in effect && effect.of !== undefined ? { of: effect.of } : {};
    const hold: Effect = { type: 'hold-connection', ...of };
    return effect.type === 'open-connection' ? [effect, hold] : [hold, effect];
  });
  return { call: { ...call, askedIceServers: true }, effects: [...ask, ...held] };
}

function looksForPath(effect: Effect): boolean {
  switch (effect.type) {
    case 'open-connection':
      // A preview's has servers of its own.
      return effect.of !== 'preview';
    case 'name-connection':
      return effect.restartIce;
    case 'refresh-connection':
      return effect.restartIce;
    case 'remote-signal':
      return 'description' in effect.body;
    default:
      return false;
  }
}
