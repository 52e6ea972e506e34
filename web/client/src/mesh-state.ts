/** The state of a call of more than two, in one word: the seat's state, and what becomes of the calls with each. Pure. */
import type { CallState } from './api.ts';

/**
 * @param seat of who has the seat, and knows nobody else
 * @param links of the calls with each of the others
 */
export function stateOfAll(seat: CallState, links: readonly CallState[]): CallState {
  const flows = links.some(mediaFlows);
  if (seat.name === 'reconnecting') return { ...seat, mediaFlows: flows };
  if (seat.name !== 'waiting' || links.length === 0) return seat;
  const { server } = seat;
  if (flows) return { name: 'connected', server };
  if (links.some(({ name }) => name === 'connecting')) return { name: 'connecting', server };
  return { name: 'reconnecting', server, mediaFlows: false };
}

function mediaFlows(state: CallState): boolean {
  return state.name === 'connected' || (state.name === 'reconnecting' && state.mediaFlows);
}
