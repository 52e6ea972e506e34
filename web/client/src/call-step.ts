/** How a step of the call machine is written down, and its last one. */
import type { ActiveCall, Call, Effect, EndedCall, EndReason, LobbyCall, Signaling, Step, TimerName } from './call-model.ts';
import type { CallError } from './errors.ts';

/** Every timer of the machine; complete by the compiler. */
const TIMERS: Readonly<Record<TimerName, true>> = {
  'retry-join': true,
  disconnected: true,
  'ice-servers': true,
  'others-return': true,
  look: true,
  park: true,
  preview: true,
};

export function stay(call: Call, effects: readonly Effect[] = []): Step {
  return { call, effects };
}

export function after(rest: Step, ...first: readonly Effect[]): Step {
  return { call: rest.call, effects: [...first, ...rest.effects] };
}

export function never(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** What was found out about an earlier try is kept until more is known: the words on the page do not flicker. */
export function lostSince(before: Signaling, nowMs: number): Signaling {
  return before.state === 'lost' ? before : { state: 'lost', sinceMs: nowMs };
}

/** The call is over, for good. */
export function end(
  call: ActiveCall | LobbyCall,
  reason: EndReason,
  error?: CallError,
  first: readonly Effect[] = [],
): Step {
  const you = call.kind === 'active' ? call.you : undefined;
  const ended: EndedCall = {
    kind: 'ended',
    reason,
    ...(error === undefined ? {} : { error }),
    ...(you === undefined ? {} : { participantId: you.id }),
  };
  return {
    call: ended,
    effects: [
      ...first,
      ...clearTimers(),
      { type: 'forget-seat' },
      { type: 'close-connection' },
      { type: 'close-connection', of: 'standing' },
      { type: 'close-connection', of: 'preview' },
      { type: 'close-signaling' },
    ],
  };
}

function clearTimers(): Effect[] {
  return Object.keys(TIMERS).map((timer) => ({ type: 'clear-timer', timer: timer as TimerName }));
}
