/** How a step of the call machine is written down. */
import type { Call, Effect, Step } from './call-model.ts';

export function stay(call: Call, effects: readonly Effect[] = []): Step {
  return { call, effects };
}

export function after(rest: Step, ...first: readonly Effect[]): Step {
  return { call: rest.call, effects: [...first, ...rest.effects] };
}

export function never(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
