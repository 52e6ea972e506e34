/** A video call of two with a Duet server: {@link join}, or {@link prepare} for a call that begins at once. */
export type * from './api.ts';
export { join, LiveCall, prepare } from './call.ts';
export type { EndReason, MediaState, Other } from './call-model.ts';
export { DuetError } from './errors.ts';
export type { CallError, DeedErrorCode, MediaErrorCode, ServerErrorCode, SessionErrorCode } from './errors.ts';
export type { OpenFailure } from './open-failure.ts';
export type { MediaPath, RelayProtocol } from './path.ts';
export type { Participant } from './protocol.ts';
export type { Stage } from './timings.ts';
export { SeatStore } from './seat-store.ts';
